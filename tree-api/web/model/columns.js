/**
 * The columns of the process table: the one list that says where each figure stands in
 * the JSON and which of them may be added up over a branch.
 */

/**
 * A figure. It is kept in a Float64Array in which NaN means "not known", never 0.
 * @typedef {object} NumberColumn
 * @property {string} key The column's name in this model and in the page's address.
 * @property {string} [within] The JSON object that holds the field; the node itself if absent.
 * @property {string} field The JSON field.
 * @property {boolean} [sum] Whether the sum over a branch means something.
 */

/**
 * A text. It is kept in an array in which "" means "not known".
 * @typedef {object} TextColumn
 * @property {string} key
 * @property {string} field
 * @property {boolean} [searched] Whether a text search looks into it.
 */

/** @type {readonly NumberColumn[]} */
export const NUMBER_COLUMNS = [
  { key: 'pid', field: 'pid' },
  { key: 'ppid', field: 'ppid' },
  { key: 'start', field: 'start_time' },
  { key: 'threads', field: 'threads', sum: true },
  { key: 'nice', field: 'nice' },
  { key: 'fds', field: 'open_fds', sum: true },
  { key: 'cpu', within: 'cpu', field: 'cores', sum: true },
  { key: 'user_seconds', within: 'cpu', field: 'user_seconds', sum: true },
  { key: 'system_seconds', within: 'cpu', field: 'system_seconds', sum: true },
  { key: 'memory', within: 'memory', field: 'resident_bytes', sum: true },
  { key: 'virtual', within: 'memory', field: 'virtual_bytes' },
  { key: 'swap', within: 'memory', field: 'swap_bytes', sum: true },
  { key: 'read', within: 'io', field: 'read_bytes_per_second', sum: true },
  { key: 'write', within: 'io', field: 'written_bytes_per_second', sum: true },
];

/** @type {readonly TextColumn[]} */
export const TEXT_COLUMNS = [
  { key: 'name', field: 'name', searched: true },
  { key: 'user', field: 'user', searched: true },
  { key: 'state', field: 'state' },
  { key: 'group', field: 'group', searched: true },
  { key: 'unit', field: 'unit', searched: true },
  { key: 'container', field: 'container', searched: true },
  { key: 'exe', field: 'exe', searched: true },
  { key: 'cmdline', field: 'cmdline', searched: true },
];

/**
 * The columns of a table by their keys, each of which is a number or a text, never both.
 * @typedef {object} Columns
 * @property {readonly string[]} numbers
 * @property {readonly string[]} texts
 * @property {readonly string[]} sums The numbers that are added up over a branch.
 * @property {readonly string[]} searched What a text search looks into.
 */

/** @type {Columns} */
export const PROCESS_COLUMNS = {
  numbers: NUMBER_COLUMNS.map((c) => c.key),
  texts: TEXT_COLUMNS.map((c) => c.key),
  sums: NUMBER_COLUMNS.filter((c) => c.sum).map((c) => c.key),
  searched: ['pid', ...TEXT_COLUMNS.filter((c) => c.searched).map((c) => c.key)],
};

const numberKeys = new Set(NUMBER_COLUMNS.map((c) => c.key));
const textKeys = new Set(TEXT_COLUMNS.map((c) => c.key));

/** @param {string} key */
export const isNumberKey = (key) => numberKeys.has(key);

/** @param {string} key */
export const isTextKey = (key) => textKeys.has(key);
