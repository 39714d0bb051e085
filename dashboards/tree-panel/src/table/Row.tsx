import * as React from 'react';
import type { Column } from '../frame/columns.ts';
import { Highlighted } from './Highlighted.tsx';
import { linkedColumns } from './links.ts';
import { type Cell, type Paint, cellOf } from './paint.ts';
import type { TableStyles } from './styles.ts';

interface Props {
  paint: Paint;
  styles: TableStyles;
  slot: number;
  /** From 0. */
  index: number;
  depth: number;
  /** In pixels. */
  top: number;
  isCursor: boolean;
  elementId: string;
  /** Drawn once more above its children, for the eye alone. */
  stuck?: 'stuck' | 'last';
}

/** One row. It is drawn anew only when the paint or its place is another. */
export const Row = React.memo(function Row({ paint, styles, slot, index, depth, top, isCursor, elementId, stuck }: Props) {
  const { model } = paint.tree;
  const isExpandable = model.isExpandable(slot);
  const isOpen = isExpandable && model.isExpanded(slot);
  const aria = stuck
    ? { 'aria-hidden': true, 'data-last': stuck === 'last' || undefined }
    : { id: elementId, role: 'row', 'aria-rowindex': index + 2, 'aria-level': depth + 1, 'aria-selected': isCursor };
  return (
    <div
      {...aria}
      className={stuck ? `${styles.row} ${styles.stuck}` : styles.row}
      style={{ top }}
      aria-expanded={isExpandable ? isOpen : undefined}
      data-row={index}
      data-slot={slot}
      data-context={model.isContext(slot) || undefined}
    >
      {paint.columns.map((column) => (column.isLabel
        ? labelCell({ paint, styles, column, slot, role: stuck ? undefined : 'rowheader', isFolded: isExpandable && !isOpen }, depth)
        : plainCell({ paint, styles, column, slot, role: stuck ? undefined : 'gridcell', isFolded: isExpandable && !isOpen })))}
    </div>
  );
});

interface CellPlace {
  paint: Paint;
  styles: TableStyles;
  column: Column;
  slot: number;
  role: 'rowheader' | 'gridcell' | undefined;
  isFolded: boolean;
}

// Cells are plain functions, not components: there are hundreds, and React would keep a record of each.
function labelCell({ paint, styles, column, slot, role, isFolded }: CellPlace, depth: number) {
  const cell = cellOf(paint, column, slot, isFolded);
  const size = isFolded ? paint.tree.model.branchSize(slot) : 0;
  return (
    <div key={column.key} role={role} className={`${styles.cell} ${styles.label}`} data-column={column.key} style={colorStyle(cell)}>
      {depth > 0 && <span className={styles.indent} style={{ '--depth': depth } as React.CSSProperties} />}
      <span className={styles.twist} data-twist="" aria-hidden="true" />
      {content(paint, styles, column, cell)}
      {isFolded && <span className={styles.badge} title={`${size - 1} below; the figures are sums`}>{size}</span>}
    </div>
  );
}

function plainCell({ paint, styles, column, slot, role, isFolded }: CellPlace) {
  const cell = cellOf(paint, column, slot, isFolded);
  const attributes = { role, 'data-column': column.key, 'data-number': column.isNumber || undefined, 'data-faint': cell.isFaint || undefined };
  if (cell.bar !== undefined) {
    return (
      <div key={column.key} {...attributes} className={`${styles.cell} ${styles.gauge}`}>
        <span className={styles.bar}><span style={{ width: `${cell.bar * 100}%`, background: cell.background }} /></span>
        {content(paint, styles, column, cell)}
      </div>
    );
  }
  return <div key={column.key} {...attributes} className={styles.cell} style={colorStyle(cell)}>{content(paint, styles, column, cell)}</div>;
}

const colorStyle = ({ color, background }: Cell): React.CSSProperties | undefined => (color || background ? { color, background } : undefined);

function content(paint: Paint, styles: TableStyles, column: Column, { text }: Cell): React.ReactNode {
  const shown = paint.words.length > 0 ? <Highlighted text={text} words={paint.words} className={styles.mark} /> : text;
  if (linkedColumns(paint.columns, column).length > 0) {
    return <a className={`${styles.text} ${styles.link}`} tabIndex={-1} data-link={column.key}>{shown}</a>;
  }
  return column.isLabel ? <span className={styles.text}>{shown}</span> : shown;
}
