/** What the table shows in each column. The columns follow from the table of metrics. */
import { whyUnknown } from './unknown.js';
import { CPU_UNITS, formatCPU } from './cpu-unit.js';
import { UNKNOWN, formatBytes, formatCPUTime, formatCores, formatCount, formatDuration, formatPercent, formatRate, formatTime } from './format.js';
import { METRICS } from './model/columns.gen.js';
import { PROCESS_COLUMNS } from './model/columns.js';
import { DERIVED } from './model/derived.js';
import { threadsWaiting, waitTitle } from './waiting.js';

/** @import { Metric } from './model/columns.gen.js' */
/** @import { CpuContext, CpuUnit } from './cpu-unit.js' */
/** @import { TreeModel } from './tree-model.js' */

/**
 * What the cells need besides the model.
 * @typedef {CpuContext & Cells} CellContext
 */

/**
 * @typedef {object} Cells
 * @property {number} now The time of the last message, in Unix seconds.
 * @property {number|undefined} memoryTotal The host's memory in bytes.
 * @property {ReadonlySet<string>} [ending] The ids of the processes that were told to end.
 * @property {string} [os] The system of the host.
 */

/**
 * @typedef {object} Column
 * @property {string} key The model's column.
 * @property {string} title
 * @property {string} hint What the metric is, shown at the heading.
 * @property {string} width The least width, a length of CSS.
 * @property {number} [grow] Its share of the room that is left.
 * @property {number} from The table's width in pixels from which the column is shown
 *   unless the person chose otherwise, which is where it fits; Infinity: never.
 * @property {boolean} [number] Whether it is aligned as a number.
 * @property {boolean} [secret] Whether viewers do not get it.
 * @property {(value: number, context: CellContext) => string} [format] How a number is
 *   written; absent for a text.
 * @property {(value: number, context: CellContext) => number} [heat] From 0 to 1.
 * @property {(model: TreeModel, row: {slot: number, folded: boolean}) => number} [bar] How long the bar under a text is, from 0 to 1.
 */

/**
 * Where a column stands in a row, as lengths of CSS.
 * @typedef {{marginLeft: string, width: string}} Place
 */

/**
 * What this page adds to the table of metrics. Columns are in this order, and then come those that
 * are not here: they are shown when somebody asks for them, and look as their unit wants.
 * @type {Record<string, Partial<Column>>}
 */
const LAYOUT = {
  name: { width: 'var(--name-width)', grow: 1.3, from: 0 },
  pid: { width: '72px', from: 560 },
  user: { width: '96px', from: 700 },
  state: { width: '92px', from: 990 },
  cpu: { width: 'var(--cpu-width)', from: 0, format: formatCPU, heat: (v) => Math.sqrt(Math.min(1, v)) },
  memory: { from: 0, heat: (v, { memoryTotal }) => (memoryTotal ? Math.sqrt(Math.min(1, (v / memoryTotal) * 4)) : 0) },
  waiting: { width: '92px', from: 1080, bar: (model, row) => Math.min(1, threadsWaiting(model, row)) },
  io: { from: 1170 },
  cpu_seconds: { from: 1260 },
  read: {},
  written: {},
  network: {},
  network_received: {},
  network_transmitted: {},
  threads: { width: '70px', from: 1330 },
  open_fds: { width: '90px', from: 1420 },
  start_time: { title: 'Age', hint: 'Time since the process started', width: '78px', from: 790 },
  group: { from: 1540 },
  cmdline: { width: '200px', grow: 2, from: 900 },
  block_io_delay: { width: '84px', format: formatCores },
  swap_in_delay: { width: '84px', format: formatCores },
  reclaim_delay: { width: '104px', format: formatCores },
  thrashing_delay: { width: '112px', format: formatCores },
  ppid: { width: '92px' },
  nice: { width: '56px' },
  unit: { width: '170px' },
  exe: { width: '180px', grow: 1 },
};

/**
 * How the values of a unit look, and how wide their column is at least.
 * @type {Record<string, {width: string, format: (value: number, context: CellContext) => string}>}
 */
const UNITS = {
  bytes: { width: '86px', format: formatBytes },
  'bytes/s': { width: '92px', format: formatRate },
  seconds: { width: '92px', format: formatCPUTime },
  cores: { width: '68px', format: formatCPU },
  ratio: { width: '68px', format: formatPercent },
  count: { width: '80px', format: formatCount },
  identifier: { width: '72px', format: plain },
  moment: { width: '78px', format: (v, { now }) => formatDuration(now - v) },
};

const TEXT_WIDTH = '120px';

/** @param {Metric} metric @returns {Column} */
function columnOf({ key, kind, unit, sum, secret, title, help }) {
  const number = PROCESS_COLUMNS.numbers.includes(key);
  const shape = number ? UNITS[kind in UNITS ? kind : unit ?? 'count'] : { width: TEXT_WIDTH };
  const hint = key === 'memory' ? `${help}; a folded row shows the sum of its subtree: of PSS where that is known, otherwise of RSS, which counts shared pages once for each process`
    : sum ? `${help}; a folded row shows the sum of its subtree` : help;
  return { key, title, hint, number, secret, from: Infinity, ...shape, ...LAYOUT[key] };
}

/** @type {readonly Metric[]} */
const SHOWN = [...METRICS, ...DERIVED];

/** @type {readonly Column[]} */
export const TABLE_COLUMNS = [
  ...Object.keys(LAYOUT).flatMap((key) => SHOWN.filter((m) => m.key === key)),
  ...SHOWN.filter(({ key }) => !(key in LAYOUT)),
].map(columnOf);

/**
 * Where the columns stand: each has its least width, and those that grow share what is left
 * of the row. Blocks of known width and place cost the browser less than a grid, which it
 * would lay out again with every value that changes.
 * @param {readonly Column[]} columns
 * @returns {{places: Place[], least: string}} least is the sum of the least widths.
 */
export function columnPlaces(columns) {
  const least = sum(columns);
  const shares = columns.reduce((all, { grow = 0 }) => all + grow, 0);
  const length = (/** @type {readonly Column[]} */ some) => {
    const grow = some.reduce((all, column) => all + (column.grow ?? 0), 0);
    return grow === 0 || shares === 0 ? `calc(${sum(some)})` : `calc(${sum(some)} + max(0px, 100% - (${least})) * ${grow / shares})`;
  };
  return {
    places: columns.map((column, i) => ({ marginLeft: length(columns.slice(0, i)), width: length([column]) })),
    least: `calc(${least})`,
  };
}

/** @param {readonly Column[]} columns */
const sum = (columns) => ['0px', ...columns.map(({ width }) => width)].join(' + ');

/**
 * The direction in which a column is sorted first: numbers with the largest on top, as the largest
 * are looked for; texts, identifiers and times in their order.
 * @param {string} key
 * @returns {'ascending'|'descending'}
 */
export function firstDirection(key) {
  return METRICS.find((m) => m.key === key)?.ascending ? 'ascending' : 'descending';
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
 * @param {{chosen: readonly string[]|undefined, width: number, viewer: boolean, cpuUnit?: CpuUnit, widths?: Readonly<Record<string, number>>}} options
 *   widths are those that the person gave to columns, in pixels.
 */
export function columnsToShow({ chosen, width, viewer, cpuUnit = 'cores', widths = {} }) {
  return TABLE_COLUMNS.filter((c) => !(viewer && c.secret)
    && (c.key === 'name' || (chosen ? chosen.includes(c.key) : width >= c.from)))
    .map((c) => (c.key === 'cpu' ? { ...c, title: CPU_UNITS[cpuUnit].title, hint: `${c.hint}. Press c for another unit` } : c))
    .map((c) => (widths[c.key] ? { ...c, width: `${widths[c.key]}px`, grow: 0 } : c));
}

/**
 * What stands in a cell. A folded row shows its sum where there is one, and what processes have in common always.
 * @param {TreeModel} model
 * @param {Column} column
 * @param {{slot: number, folded: boolean}} row
 * @param {CellContext} context
 * @returns {{text: string, heat: number}} heat is from 0 to HEAT_LEVELS.
 */
export function cellOf(model, column, { slot, folded }, context) {
  if (model.isBranch(slot)) return branchCell(model, column, slot, context);
  if (!column.format) {
    const text = shorten(model.text(slot, column.key)) || UNKNOWN;
    return { text, heat: column.bar ? Math.round(column.bar(model, { slot, folded }) * HEAT_LEVELS) : 0 };
  }
  const value = folded ? model.branchNumber(slot, column.key) : model.number(slot, column.key);
  return { text: column.format(value, context), heat: heatOf(column, value, context) };
}

/** It has a name and sums, and is empty where a process alone can have a value. @param {TreeModel} model @param {Column} column @param {number} slot @param {CellContext} context */
function branchCell(model, column, slot, context) {
  if (!column.format) return { text: shorten(model.text(slot, column.key)), heat: column.bar ? Math.round(column.bar(model, { slot, folded: true }) * HEAT_LEVELS) : 0 };
  if (!PROCESS_COLUMNS.sums.includes(column.key)) return { text: '', heat: 0 };
  const value = model.branchNumber(slot, column.key);
  return { text: column.format(value, context), heat: heatOf(column, value, context) };
}

/** @param {Column} column @param {number} value @param {CellContext} context */
const heatOf = ({ heat }, value, context) => (heat && value > 0 ? Math.ceil(heat(value, context) * HEAT_LEVELS) : 0);

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
 * @param {string} [os] The system of the host.
 */
export function cellTitle(model, key, slot, os) {
  if (model.isBranch(slot)) return key === 'memory' ? subtreeMemory(model, slot) : '';
  if (key === 'start_time') return `Started ${formatTime(model.number(slot, key))}`;
  if (key === 'waiting') return waitTitle(model, slot) || whyUnknown(key, os);
  const column = TABLE_COLUMNS.find((c) => c.key === key);
  if (!column) return '';
  if (!column.format) return model.text(slot, key) || whyUnknown(key, os);
  const folded = model.isExpandable(slot) && !model.isExpanded(slot);
  if (Number.isNaN(folded ? model.branchNumber(slot, key) : model.number(slot, key))) return model.isKernel(slot) ? '' : whyUnknown(key, os);
  return folded && key === 'memory' ? subtreeMemory(model, slot) : '';
}

/**
 * The memory of what is shown as a subtree, and what was added up.
 * @param {TreeModel} model
 * @param {number} slot
 */
const subtreeMemory = (model, slot) => memoryOf(model.branchSize(slot), (key) => model.branchNumber(slot, key));

/** @param {number} processes How many were added up. @param {(key: string) => number} sumOf */
export function memoryOf(processes, sumOf) {
  const sum = formatBytes(sumOf('memory'));
  const size = formatCount(processes);
  return Number.isNaN(sumOf('pss')) ? `${sum}: sum of RSS; shared pages counted up to ${size} times`
    : `${sum}: sum of PSS, which divides shared pages; RSS where PSS is not known`;
}
