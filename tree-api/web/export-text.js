/** Writes the rows of the table for other programs: values as the API has them, under the names of the metrics. */

import { PROCESS_COLUMNS } from './model/columns.js';

/** @import { TreeModel } from './tree-model.js' */
/** @import { Column } from './table-columns.js' */

/**
 * What the table shows.
 * @typedef {object} Shown
 * @property {TreeModel} model
 * @property {readonly Column[]} columns
 * @property {string} [host] The host's name.
 * @property {number} time The time of the last message, in Unix seconds.
 * @property {string} [search]
 * @property {'tree'|'list'} shape
 */

/** The PID belongs to each row: without it no other tool can find the process. */
const ALWAYS = ['name', 'pid'];

/** @param {Shown} shown @returns {string[]} The names of the metrics. */
function keysOf({ columns }) {
  const keys = columns.map(({ key }) => key);
  return [...ALWAYS, ...keys.filter((key) => !ALWAYS.includes(key))];
}

/**
 * The values of a row; undefined is not known. A folded row has the sums of its branch, as in the
 * table, and `processes` says over how many.
 * @param {Shown} shown @param {readonly string[]} keys @param {number} at
 * @returns {Record<string, string|number|boolean|undefined>}
 */
function rowOf({ model, shape }, keys, at) {
  const { slots, depths } = model.rows();
  const slot = slots[at];
  const branch = model.branchOf(slot);
  const folded = branch !== undefined || shape === 'tree' && model.isExpandable(slot) && !model.isExpanded(slot);
  /** @type {Record<string, string|number|boolean|undefined>} */
  const row = {};
  if (shape === 'tree') {
    row.depth = depths[at];
    row.context = model.isContext(slot) || undefined;
    row.processes = folded ? model.branchSize(slot) : 1;
  }
  if (branch) row.branch = branch.kind;
  for (const key of keys) row[key] = valueOf(model, key, slot, folded);
  return row;
}

/** @param {TreeModel} model @param {string} key @param {number} slot @param {boolean} folded */
function valueOf(model, key, slot, folded) {
  if (PROCESS_COLUMNS.texts.includes(key)) return model.text(slot, key) || undefined;
  const value = folded ? model.branchNumber(slot, key) : model.number(slot, key);
  return Number.isNaN(value) ? undefined : value;
}

/** @param {Shown} shown @param {readonly string[]} keys */
const rowsOf = (shown, keys) => Array.from({ length: shown.model.rows().length }, (_, at) => rowOf(shown, keys, at));

/** @param {Shown} shown */
export function toCSV(shown) {
  const keys = keysOf(shown);
  const nested = shown.model.nesting === 'parent' ? [] : ['branch'];
  const heads = shown.shape === 'tree' ? ['depth', 'context', 'processes', ...nested, ...keys] : keys;
  const lines = rowsOf(shown, keys).map((row) => heads.map((head) => field(row[head])).join(','));
  return [heads.join(','), ...lines, ''].join('\r\n');
}

/** What no table needs and a terminal acts on: all control characters but tab and line ends. */
const CONTROL = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]/g;

/**
 * A field of RFC 4180. A spreadsheet takes a text that begins with one of these characters for a
 * formula, and any local user can choose the name of a process: an apostrophe makes it a text.
 * @param {string|number|boolean|undefined} value
 */
function field(value) {
  if (typeof value !== 'string') return value === undefined ? '' : String(value);
  const plain = value.replace(CONTROL, '\uFFFD');
  const text = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/.test(plain) ? `'${plain}` : plain;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** @param {Shown} shown */
export function toJSON(shown) {
  const { host, time, search, shape } = shown;
  return JSON.stringify({ host, time, search: search || undefined, layout: shape, processes: rowsOf(shown, keysOf(shown)) }, null, 1) + '\n';
}
