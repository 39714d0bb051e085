import * as React from 'react';
import type { Cell } from './paint.ts';
import { type Look, type RowContent, isSameCell, isSameContent } from './row-content.ts';

interface Props {
  look: Look;
  content: RowContent;
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
  /** Not seen, and kept for a row that comes. */
  isSpare: boolean;
}

/** Above the table, to where nobody can scroll; in pixels. */
const OUT_OF_SIGHT = -100;

/** One row. It is drawn again only when it shows something else, or elsewhere. */
export const Row = React.memo(function Row({ look, content, slot, index, depth, top, isCursor, elementId, stuck, isSpare }: Props) {
  const { styles } = look;
  const drawn = React.useRef<Drawn>(undefined);
  const cells = cellsOf({ look, content, depth, isStuck: stuck !== undefined }, drawn.current);
  drawn.current = { look, content, depth, cells };
  const aria = stuck || isSpare
    ? { 'aria-hidden': true, 'data-last': stuck === 'last' || undefined, 'data-spare': isSpare || undefined }
    : { id: elementId, role: 'row', 'aria-rowindex': index + 2, 'aria-level': depth + 1, 'aria-selected': isCursor };
  return (
    <div
      {...aria}
      className={stuck ? `${styles.row} ${styles.stuck}` : styles.row}
      style={{ transform: `translateY(${isSpare ? OUT_OF_SIGHT : top}px)` }}
      aria-expanded={content.isOpen}
      data-row={index}
      data-slot={slot}
      data-context={content.isContext || undefined}
      data-branch={content.isBranch || undefined}
    >
      {cells}
    </div>
  );
}, isSame);

function isSame({ content, ...props }: Props, { content: other, ...others }: Props): boolean {
  return (Object.keys(others) as Array<keyof typeof others>).every((key) => props[key] === others[key]) && isSameContent(content, other);
}

/** What a row drew last. */
interface Drawn {
  look: Look;
  content: RowContent;
  depth: number;
  cells: React.ReactElement[];
}

/** The cells; those that show the same as before are the same elements, which React passes over. */
function cellsOf({ look, content, depth, isStuck }: Omit<Drawn, 'cells'> & { isStuck: boolean }, last: Drawn | undefined): React.ReactElement[] {
  const isSameLabel = last?.depth === depth && last.content.folded === content.folded && last.content.isBranch === content.isBranch;
  return look.columns.map((column, i) => {
    const cell = content.cells[i];
    if (last?.look === look && isSameCell(last.content.cells[i], cell) && (isSameLabel || !column.isLabel)) return last.cells[i];
    return column.isLabel
      ? labelCell({ look, column, cell, role: isStuck ? undefined : 'rowheader' }, depth, content)
      : plainCell({ look, column, cell, role: isStuck ? undefined : 'gridcell' });
  });
}

interface CellPlace {
  look: Look;
  column: Look['columns'][number];
  cell: Cell;
  role: 'rowheader' | 'gridcell' | undefined;
}

// Cells are plain functions, not components: there are hundreds, and React would keep a record of each.
function labelCell({ look, column, cell, role }: CellPlace, depth: number, { folded, isBranch }: RowContent) {
  const { styles } = look;
  return (
    <div key={column.key} role={role} className={`${styles.cell} ${styles.label}`} data-column={column.key} style={colorStyle(cell)}>
      {depth > 0 && <span className={styles.indent} style={{ '--depth': depth } as React.CSSProperties} />}
      {depth > look.levels && <span className={styles.level} title={`Level ${depth + 1}`} aria-hidden="true">{depth + 1}</span>}
      <span className={styles.twist} data-twist="" aria-hidden="true" />
      {textOf(look, isBranch ? { ...column, isLinked: false } : column, cell)}
      {folded > 0 && <span className={styles.badge} title={`${isBranch ? folded : folded - 1} below; the values are sums`}>{folded}</span>}
    </div>
  );
}

function plainCell({ look, column, cell, role }: CellPlace) {
  const { styles } = look;
  const attributes = { role, 'data-column': column.key, 'data-number': column.isNumber || undefined, 'data-faint': cell.isFaint || undefined };
  if (cell.bar !== undefined) {
    return (
      <div key={column.key} {...attributes} className={`${styles.cell} ${styles.gauge}`}>
        <span className={styles.bar}><span style={{ width: `${cell.bar * 100}%`, background: cell.background }} /></span>
        {textOf(look, column, cell)}
      </div>
    );
  }
  return <div key={column.key} {...attributes} className={styles.cell} style={colorStyle(cell)}>{textOf(look, column, cell)}</div>;
}

const colorStyle = ({ color, background }: Cell): React.CSSProperties | undefined => (color || background ? { color, backgroundColor: background } : undefined);

function textOf({ styles }: Look, { key, isLabel, isLinked }: CellPlace['column'], cell: Cell): React.ReactNode {
  const shown = cell.marks ? markedText(cell.text, cell.marks, styles.mark) : cell.text;
  if (isLinked) return <a className={`${styles.text} ${styles.link}`} tabIndex={-1} data-link={key}>{shown}</a>;
  return isLabel ? <span className={styles.text}>{shown}</span> : shown;
}

function markedText(text: string, marks: NonNullable<Cell['marks']>, className: string): React.ReactNode[] {
  const ends = [0, ...marks.map(([, to]) => to)];
  return [
    ...marks.flatMap(([from, to], i) => [text.slice(ends[i], from), <mark key={i} className={className}>{text.slice(from, to)}</mark>]),
    text.slice(ends[marks.length]),
  ];
}
