import * as React from 'react';
import type { Sort } from '../../../../tree-api/web/model/order.js';
import type { Column } from '../frame/columns.ts';
import { ResizeHandle, type SetWidth, widthByKey } from './ResizeHandle.tsx';
import type { TableStyles } from './styles.ts';

interface Props {
  columns: readonly Column[];
  sort: Sort;
  styles: TableStyles;
  onSort: (key: string) => void;
  onWidth: (key: string, ...width: Parameters<SetWidth>) => void;
}

/** The headings; a click sorts, and the line at their end makes the column wider. */
export function Header({ columns, sort, styles, onSort, onWidth }: Props) {
  return (
    <div role="rowgroup" className={styles.headers}>
      <div role="row" className={styles.header} aria-rowindex={1}>
        {columns.map((column, i) => (
          <div
            key={column.key}
            role="columnheader"
            className={styles.heading}
            aria-colindex={i + 1}
            aria-sort={sort.key !== column.key ? 'none' : sort.descending ? 'descending' : 'ascending'}
            data-number={column.isNumber || undefined}
          >
            <button type="button" className={styles.sort} title={hintOf(column)} onClick={() => onSort(column.key)} onKeyDown={(event) => widthByKey(event, (width) => onWidth(column.key, width))}>
              {column.title}
            </button>
            <ResizeHandle column={column.key} className={styles.handle} onWidth={(width) => onWidth(column.key, width)} />
          </div>
        ))}
      </div>
    </div>
  );
}

function hintOf({ title, field, isSummed }: Column): string {
  const parts = [field.config.description ?? title];
  if (isSummed) parts.push('A folded branch shows its sum.');
  parts.push('Drag the line at the end, or press Alt and an arrow key, to change the width.');
  return parts.join('\n');
}
