import type { LinkModel } from '@grafana/data';
import type { MouseEvent } from 'react';
import type { Column } from '../frame/columns.ts';
import type { Paint } from './paint.ts';

/** Where in the table something happened. */
export interface Place {
  element: Element;
  cell: HTMLElement;
  row: HTMLElement;
  index: number;
  slot: number;
  column: Column;
  /** Whether it is the ancestor of a row, drawn once more above it. */
  isStuck: boolean;
}

/** The cell that an event came from; undefined outside of the rows. */
export function placeOf(target: EventTarget, paint: Paint): Place | undefined {
  const element = target as Element;
  const cell = element.closest<HTMLElement>('[data-column]');
  const row = element.closest<HTMLElement>('[data-slot]');
  const column = paint.columns.find(({ key }) => key === cell?.dataset.column);
  if (!cell || !row || !column) return undefined;
  return { element, cell, row, column, index: Number(row.dataset.row), slot: Number(row.dataset.slot), isStuck: row.hasAttribute('aria-hidden') };
}

export function setHref(anchor: HTMLAnchorElement, { href, target }: LinkModel): void {
  anchor.href = href;
  if (target) anchor.target = target;
}

/** Where a menu opens: at the pointer, or, when a key made the click, below what was clicked. */
export function pointOf(event: MouseEvent): { x: number; y: number } {
  if (event.detail > 0) return { x: event.clientX, y: event.clientY };
  const { left, bottom } = event.currentTarget.ownerDocument.activeElement?.querySelector('[aria-selected=true]')?.getBoundingClientRect()
    ?? (event.target as Element).getBoundingClientRect();
  return { x: left, y: bottom };
}

/**
 * Scrolls as little as brings a row into view.
 * @param covered How many rows its ancestors cover at the top.
 */
export function bringIntoView(scroller: HTMLElement, row: { top: number; height: number }, header: number, covered: number): void {
  const above = row.top - covered * row.height;
  const below = row.top + row.height - (scroller.clientHeight - header);
  if (above < scroller.scrollTop) scroller.scrollTop = above;
  else if (below > scroller.scrollTop) scroller.scrollTop = below;
}
