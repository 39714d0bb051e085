import { el } from './dom.js';
import { cellOf } from './table-columns.js';

/** @import { TreeModel } from './tree-model.js' */
/** @import { CellContext, Column } from './table-columns.js' */

/** A column of spaces in front of a name, for each level. */
const INDENT = '\u2007\u2007';

/**
 * Puts all rows into the document while it is printed, as a plain table; the table on the
 * screen has only the rows in view.
 * @param {() => {model: TreeModel, columns: readonly Column[], context: CellContext, heading: string, table?: HTMLTableElement}} shown
 *   table is one that is printed instead of the rows.
 */
export function printAllRows(shown) {
  /** @type {HTMLElement|undefined} */
  let sheet;
  addEventListener('beforeprint', () => {
    sheet?.remove();
    sheet = sheetOf(shown());
    document.body.append(sheet);
  });
  addEventListener('afterprint', () => sheet?.remove());
}

/** @param {{model: TreeModel, columns: readonly Column[], context: CellContext, heading: string, table?: HTMLTableElement}} shown */
function sheetOf({ model, columns, context, heading, table }) {
  if (table) return el('section', { class: 'sheet' }, el('h2', {}, heading), table.cloneNode(true));
  const rows = model.rows();
  const body = el('tbody');
  for (let i = 0; i < rows.length; i++) {
    const slot = rows.slots[i];
    const folded = model.isExpandable(slot) && !model.isExpanded(slot);
    body.append(el('tr', {}, ...columns.map((column, at) => {
      const { text } = cellOf(model, column, { slot, folded }, context);
      return el('td', { class: column.number && 'number' }, at === 0 ? INDENT.repeat(rows.depths[i]) + (text || '?') : text);
    })));
  }
  return el(
    'section', { class: 'sheet' },
    el('h2', {}, heading),
    el('table', {}, el('thead', {}, el('tr', {}, ...columns.map(({ title, number }) => el('th', { scope: 'col', class: number && 'number' }, title)))), body),
  );
}
