import * as React from 'react';
import type { Sort } from '../../../../tree-api/web/model/order.js';
import type { Column } from '../frame/columns.ts';
import type { TableStyles } from './styles.ts';

interface Props {
  columns: readonly Column[];
  sort: Sort;
  styles: TableStyles;
  onSort: (key: string) => void;
}

/** The headings; a click sorts. */
export function Header({ columns, sort, styles, onSort }: Props) {
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
            <button type="button" className={styles.sort} title={hintOf(column)} onClick={() => onSort(column.key)}>{column.title}</button>
          </div>
        ))}
      </div>
    </div>
  );
}

function hintOf({ title, field, isSummed }: Column): string {
  const parts = [field.config.description ?? title];
  if (isSummed) parts.push('A folded branch shows its sum.');
  return parts.join('\n');
}
