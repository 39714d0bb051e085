import * as React from 'react';

interface Props {
  column: string;
  className: string;
  onWidth: SetWidth;
}

/** @param width In pixels; undefined gives the column the width it had at first. */
export type SetWidth = (width: number | undefined) => void;

/** The width that a column keeps, so that there is something left to drag; in pixels. */
const LEAST_WIDTH = 40;
const KEY_STEP = 16;

const atLeast = (width: number): number => Math.max(LEAST_WIDTH, Math.round(width));
const widthOf = (heading: HTMLElement): number => heading.parentElement!.getBoundingClientRect().width;

/**
 * The line at the end of a heading: dragged, it makes the column wider; a double click gives
 * the width back. It is for the pointer alone: keys do the same on the heading (widthByKey).
 */
export function ResizeHandle({ column, className, onWidth }: Props) {
  const from = React.useRef<{ x: number; width: number }>(undefined);
  return (
    <div
      aria-hidden="true"
      className={className}
      data-resize={column}
      onPointerDown={(event) => {
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
        from.current = { x: event.clientX, width: widthOf(event.currentTarget) };
      }}
      onPointerMove={(event) => { if (from.current) onWidth(atLeast(from.current.width + event.clientX - from.current.x)); }}
      onPointerUp={() => { from.current = undefined; }}
      onPointerCancel={() => { from.current = undefined; }}
      onDoubleClick={() => onWidth(undefined)}
    />
  );
}

/** Alt with an arrow key makes the column of the heading narrower or wider. */
export function widthByKey(event: React.KeyboardEvent<HTMLElement>, onWidth: SetWidth): void {
  const step = { ArrowLeft: -KEY_STEP, ArrowRight: KEY_STEP }[event.key];
  if (step === undefined || !event.altKey) return;
  event.preventDefault();
  event.stopPropagation();
  onWidth(atLeast(widthOf(event.currentTarget) + step));
}
