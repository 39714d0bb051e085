import { linkedColumns } from './links.ts';
import { type Cell, type Paint, cellOf } from './paint.ts';
import type { TableStyles } from './styles.ts';

/** What is the same for all rows, and stays the same object until it changes. */
export interface Look {
  styles: TableStyles;
  columns: readonly ColumnLook[];
  /** How many levels are indented; what is deeper says its level as a number. */
  levels: number;
}

/** All that a row has to know of a column: less than a Column, which each frame brings again. */
interface ColumnLook {
  key: string;
  isLabel: boolean;
  isNumber: boolean;
  /** Whether a click leads somewhere. */
  isLinked: boolean;
}

/** The look of a drawing: the last one, if that still serves. */
export function lookOf({ columns }: Paint, styles: TableStyles, levels: number, last: Look | undefined): Look {
  const look = {
    styles,
    levels,
    columns: columns.map((column) => ({ key: column.key, isLabel: column.isLabel, isNumber: column.isNumber, isLinked: linkedColumns(columns, column).length > 0 })),
  };
  return last && last.styles === styles && last.levels === levels && JSON.stringify(last.columns) === JSON.stringify(look.columns) ? last : look;
}

/** All that a row shows; what differs in it is drawn again. */
export interface RowContent {
  /** In the order of the columns. */
  cells: readonly Cell[];
  /** undefined for a row with nothing below it. */
  isOpen: boolean | undefined;
  /** How many rows a folded branch has, its top included; else 0. */
  folded: number;
  /** Whether it is what rows have in common, and no row of the frame. */
  isBranch: boolean;
  /** Whether it is there only because something below it matches. */
  isContext: boolean;
}

export function contentOf(paint: Paint, slot: number): RowContent {
  const { model } = paint.tree;
  const isOpen = model.isExpandable(slot) ? model.isExpanded(slot) : undefined;
  return {
    cells: paint.columns.map((column) => cellOf(paint, column, slot, isOpen === false)),
    isOpen,
    folded: isOpen === false || model.isBranch(slot) ? model.branchSize(slot) : 0,
    isBranch: model.isBranch(slot),
    isContext: model.isContext(slot) && !model.isBranch(slot),
  };
}

export function isSameContent(a: RowContent, b: RowContent): boolean {
  return a.isOpen === b.isOpen && a.folded === b.folded && a.isBranch === b.isBranch && a.isContext === b.isContext
    && a.cells.length === b.cells.length && a.cells.every((cell, i) => isSameCell(cell, b.cells[i]));
}

export const isSameCell = (a: Cell, b: Cell): boolean => a.text === b.text && a.background === b.background
  && a.color === b.color && a.bar === b.bar && a.isFaint === b.isFaint && (a.marks === b.marks || String(a.marks) === String(b.marks));
