/**
 * What the table shows in each column: one row of this list is one column of the page.
 */
import { UNKNOWN, formatBytes, formatCPUTime, formatCores, formatCount, formatDuration, formatRate, formatTime } from './format.js';

/** @import { TreeModel } from './tree-model.js' */

/**
 * What the cells need besides the model.
 * @typedef {object} CellContext
 * @property {number} now The time of the last message, in Unix seconds.
 * @property {number|undefined} memoryTotal The host's memory in bytes.
 */

/**
 * @typedef {object} Column
 * @property {string} key The model's column.
 * @property {string} title
 * @property {string} hint What the figure is, shown at the heading.
 * @property {string} width The least width, a length of CSS.
 * @property {number} [grow] Its share of the room that is left.
 * @property {number} from The table's width in pixels from which the column is shown
 *   unless the person chose otherwise, which is where it fits; Infinity: never.
 * @property {boolean} [number] Whether it is aligned as a figure.
 * @property {boolean} [secret] Whether viewers do not get it.
 * @property {(value: number, context: CellContext) => string} [format] How a figure is
 *   written; absent for a text.
 * @property {(value: number, context: CellContext) => number} [heat] From 0 to 1.
 */

/**
 * Where a column stands in a row, as lengths of CSS.
 * @typedef {{marginLeft: string, width: string}} Place
 */

/** @type {readonly Column[]} */
export const TABLE_COLUMNS = [
  { key: 'name', title: 'Name', hint: 'Name of the process', width: 'var(--name-width)', grow: 1.3, from: 0 },
  { key: 'pid', title: 'PID', hint: 'Process ID', width: '72px', from: 560, number: true, format: plain },
  { key: 'user', title: 'User', hint: 'Effective user', width: '96px', from: 680 },
  { key: 'state', title: 'State', hint: 'What the process is doing', width: '92px', from: 950 },
  { key: 'cpu', title: 'CPU', hint: 'CPUs in use, 1 is one whole CPU; a folded branch shows its sum', width: '68px', from: 0, number: true, format: formatCores, heat: (v) => Math.sqrt(Math.min(1, v)) },
  { key: 'memory', title: 'Memory', hint: 'Resident memory; a folded branch shows its sum', width: '86px', from: 0, number: true, format: formatBytes, heat: (v, { memoryTotal }) => (memoryTotal ? Math.sqrt(Math.min(1, (v / memoryTotal) * 4)) : 0) },
  { key: 'read', title: 'Read', hint: 'Bytes read from storage per second', width: '92px', from: 1130, number: true, format: formatRate },
  { key: 'write', title: 'Write', hint: 'Bytes written to storage per second', width: '92px', from: 1130, number: true, format: formatRate },
  { key: 'threads', title: 'Threads', hint: 'Threads', width: '70px', from: 1264, number: true, format: formatCount },
  { key: 'fds', title: 'Files', hint: 'Open file descriptors', width: '64px', from: 1264, number: true, format: formatCount },
  { key: 'start', title: 'Age', hint: 'Time since the process started', width: '78px', from: 760, number: true, format: (v, { now }) => formatDuration(now - v) },
  { key: 'group', title: 'Group', hint: 'Group of the process in the metrics', width: '120px', from: 1384 },
  { key: 'cmdline', title: 'Command line', hint: 'Arguments, secrets masked', width: '200px', grow: 2, from: 860, secret: true },
  { key: 'ppid', title: 'Parent', hint: 'Process ID of the parent', width: '72px', from: Infinity, number: true, format: plain },
  { key: 'nice', title: 'Nice', hint: 'Nice value, -20 to 19; lower is served first', width: '56px', from: Infinity, number: true, format: plain },
  { key: 'user_seconds', title: 'User time', hint: 'CPU time in the program itself', width: '92px', from: Infinity, number: true, format: formatCPUTime },
  { key: 'system_seconds', title: 'System time', hint: 'CPU time in the kernel on its behalf', width: '92px', from: Infinity, number: true, format: formatCPUTime },
  { key: 'virtual', title: 'Virtual', hint: 'Virtual memory', width: '86px', from: Infinity, number: true, format: formatBytes },
  { key: 'swap', title: 'Swap', hint: 'Memory in swap', width: '80px', from: Infinity, number: true, format: formatBytes },
  { key: 'unit', title: 'Unit', hint: 'systemd unit', width: '170px', from: Infinity },
  { key: 'container', title: 'Container', hint: 'Container ID', width: '120px', from: Infinity },
  { key: 'exe', title: 'Executable', hint: 'Path of the executable', width: '180px', grow: 1, from: Infinity, secret: true },
];

/**
 * Where the columns stand: each has its least width, and those that grow share what is left
 * of the row. Blocks of known width and place cost the browser less than a grid, which it
 * would lay out anew with every figure that changes.
 * @param {readonly Column[]} columns
 * @returns {{places: Place[], least: string}} least is the sum of the least widths.
 */
export function columnPlaces(columns) {
  const least = sum(columns);
  const shares = columns.reduce((all, { grow = 0 }) => all + grow, 0);
  const length = (/** @type {readonly Column[]} */ some) => {
    const grow = some.reduce((all, column) => all + (column.grow ?? 0), 0);
    return grow === 0 ? `calc(${sum(some)})` : `calc(${sum(some)} + max(0px, 100% - (${least})) * ${grow / shares})`;
  };
  return {
    places: columns.map((column, i) => ({ marginLeft: length(columns.slice(0, i)), width: length([column]) })),
    least: `calc(${least})`,
  };
}

/** @param {readonly Column[]} columns */
const sum = (columns) => ['0px', ...columns.map(({ width }) => width)].join(' + ');

/**
 * The direction in which a column is sorted first: figures with the largest on top, as
 * the largest are looked for; names and numbers that only name in their order.
 * @param {string} key
 * @returns {'ascending'|'descending'}
 */
export function firstDirection(key) {
  const column = TABLE_COLUMNS.find((c) => c.key === key);
  return column?.format && column.format !== plain ? 'descending' : 'ascending';
}

export const HEAT_LEVELS = 9;
const MOST_LETTERS = 240;

/** @param {number} value */
function plain(value) {
  return Number.isNaN(value) ? UNKNOWN : String(value);
}

/**
 * The columns to show: those the person chose, else those that fit; the name always, and
 * nothing that the role does not get.
 * @param {{chosen: readonly string[]|undefined, width: number, viewer: boolean}} options
 */
export function columnsToShow({ chosen, width, viewer }) {
  return TABLE_COLUMNS.filter((c) => !(viewer && c.secret)
    && (c.key === 'name' || (chosen ? chosen.includes(c.key) : width >= c.from)));
}

/**
 * What stands in a cell. A folded branch shows its sum where there is one.
 * @param {TreeModel} model
 * @param {Column} column
 * @param {{slot: number, folded: boolean}} row
 * @param {CellContext} context
 * @returns {{text: string, heat: number}} heat is from 0 to HEAT_LEVELS.
 */
export function cellOf(model, column, { slot, folded }, context) {
  if (!column.format) return { text: shorten(model.text(slot, column.key)) || UNKNOWN, heat: 0 };
  const value = folded ? model.branchNumber(slot, column.key) : model.number(slot, column.key);
  const heat = column.heat && value > 0 ? Math.ceil(column.heat(value, context) * HEAT_LEVELS) : 0;
  return { text: column.format(value, context), heat };
}

/**
 * No cell is wide enough for more, and the browser would lay out every letter.
 * @param {string} text
 */
function shorten(text) {
  return text.length <= MOST_LETTERS ? text : `${text.slice(0, MOST_LETTERS)}…`;
}

/**
 * The text shown when the pointer rests on a cell, "" for none.
 * @param {TreeModel} model
 * @param {string} key
 * @param {number} slot
 */
export function cellTitle(model, key, slot) {
  if (key === 'start') return `Started ${formatTime(model.number(slot, 'start'))}`;
  const column = TABLE_COLUMNS.find((c) => c.key === key);
  return column && !column.format ? model.text(slot, key) : '';
}
