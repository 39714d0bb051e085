import * as React from 'react';
import { type Command, commandOf } from './keys.ts';
import type { Paint } from './paint.ts';
import { bringIntoView } from './pointer.ts';
import { HEADER_HEIGHT } from './styles.ts';

interface Table {
  scroller: React.RefObject<HTMLDivElement>;
  /** In pixels. */
  rowHeight: number;
  /** The row with the cursor, NONE if there is none. */
  cursorRow: number;
  /** How many ancestors are drawn above the rows. */
  stuck: number;
  keepsAncestors: boolean;
  elementId: (slot: number) => string;
  onCursor: (id: string) => void;
  onExpand: (ids: string[], open: boolean) => void;
}

/** The keys of a treegrid, and how to bring a row into view with the cursor on it. */
export function useKeyboard({ tree: { model } }: Paint, { scroller, rowHeight, cursorRow, stuck, keepsAncestors, elementId, onCursor, onExpand }: Table) {
  const rows = model.rows();
  const onMove = (wanted: number) => {
    const row = Math.max(0, Math.min(wanted, rows.length - 1));
    onCursor(model.idOf(rows.slots[row]));
    const covered = keepsAncestors ? Math.min(rows.depths[row], stuck) : 0;
    bringIntoView(scroller.current!, { top: row * rowHeight, height: rowHeight }, HEADER_HEIGHT, covered);
  };
  const run = (command: Command) => {
    if (command.do === 'move') onMove(command.row);
    else if (command.do === 'expand') onExpand(command.slots.map((slot) => model.idOf(slot)), command.open);
    else document.getElementById(elementId(command.slot))?.querySelector<HTMLElement>('a[data-link]')?.click();
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const seen = (scroller.current!.clientHeight - HEADER_HEIGHT) / rowHeight;
    const command = commandOf(event.key, model, { row: cursorRow, page: Math.max(1, Math.floor(seen) - stuck - 1) });
    if (!command) return;
    event.preventDefault();
    event.stopPropagation();
    run(command);
  };
  return { onMove, onKeyDown };
}
