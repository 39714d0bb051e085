import * as React from 'react';
import type { OpenLinks } from './LinkMenu.tsx';
import { linkedColumns, linksOf } from './links.ts';
import { type Paint, titleOf } from './paint.ts';
import { type Place, placeOf, pointOf, setHref } from './pointer.ts';

interface Actions {
  onCursor: (id: string) => void;
  onExpand: (ids: string[], open: boolean) => void;
  /** Brings a row into view. */
  onMove: (row: number) => void;
  onLinks: (links: OpenLinks) => void;
}

/** The pointer's events, caught once for all rows. */
export function useRowEvents(paint: Paint, { onCursor, onExpand, onMove, onLinks }: Actions) {
  const { tree, columns } = paint;
  const { model } = tree;
  const toggle = ({ slot }: Place) => {
    if (model.isExpandable(slot)) onExpand([model.idOf(slot)], !model.isExpanded(slot));
  };
  const follow = (event: React.MouseEvent, { slot, column, element }: Place) => {
    const found = linksOf(tree, linkedColumns(columns, column), slot);
    const link = found.find((l) => l.oneClick) ?? (found.length === 1 ? found[0] : undefined);
    if (link && !link.onClick) {
      // From here on the browser follows the anchor, or Grafana does.
      setHref(element.closest('a')!, link);
      return;
    }
    event.preventDefault();
    if (link?.onClick) link.onClick(event);
    else if (found.length > 0) onLinks({ links: found, ...pointOf(event) });
  };
  return {
    onClick(event: React.MouseEvent) {
      const at = placeOf(event.target, paint);
      if (!at) return;
      if (at.isStuck) {
        onMove(at.index);
        return;
      }
      onCursor(model.idOf(at.slot));
      if (at.element.closest('a[data-link]')) follow(event, at);
      else if (at.element.closest('[data-twist]')) toggle(at);
    },
    onDoubleClick(event: React.MouseEvent) {
      const at = placeOf(event.target, paint);
      if (at && !at.isStuck && !at.element.closest('a, [data-twist]')) toggle(at);
    },
    /** Titles and addresses are made when the pointer comes: most are never read. */
    onPointerOver(event: React.PointerEvent) {
      const at = placeOf(event.target, paint);
      if (!at) return;
      at.cell.title = titleOf(paint, at.column, at.slot);
      const anchor = at.element.closest('a');
      if (!anchor) return;
      const found = linksOf(tree, linkedColumns(columns, at.column), at.slot);
      if (found.length === 1 && !found[0].onClick) setHref(anchor, found[0]);
    },
  };
}
