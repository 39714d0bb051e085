/**
 * What the page shows, as it stands behind the # of its address: a link to the page is a
 * link to the view. The part behind # never reaches the server or its logs.
 */
import { formatWidths, parseWidths } from './column-widths.js';
import { cpuUnitOf } from './cpu-unit.js';
import { groupByOf } from './groups-view.js';
import { DEFAULT_INTERVAL, intervalOf } from './interval.js';
import { formatMoment, momentOf, parseMoment } from './moment.js';
import { parsePins, watchedOf } from './pins.js';
import { nestingOf } from './model/branches.js';
import { columnKey } from './model/columns.js';

/** @import { Widths } from './column-widths.js' */
/** @import { CpuUnit } from './cpu-unit.js' */
/** @import { GroupBy } from './groups-view.js' */
/** @import { WatchedKey } from './pins.js' */
/** @import { By } from './model/branches.js' */
/** @import { Filter } from './model/filter.js' */
/** @import { Sort } from './model/order.js' */
/** @import { Branches, Expansion } from './model/folding.js' */

/**
 * @typedef {object} ViewState
 * @property {Filter} filter
 * @property {Sort} sort
 * @property {'tree'|'list'|'groups'|'events'|'between'} shape
 * @property {{from: number, to: number}} [span] What the shape between is about, in Unix seconds.
 * @property {By} nesting What the rows of the shape tree stand below.
 * @property {GroupBy} groupBy What is summed up in the shape groups.
 * @property {string[]} [columns] The columns the person chose; the ones that fit if absent.
 * @property {Widths} [widths] Those the person gave to columns.
 * @property {Expansion} [expansion]
 * @property {string[]} [pins] The ids of the processes that are compared.
 * @property {WatchedKey} compare What is compared.
 * @property {number} [time] The moment that is shown, in Unix seconds; the present if absent.
 * @property {string} [selected] The id of the process in the drawer.
 * @property {number} interval Seconds between two updates.
 * @property {CpuUnit} cpuUnit
 * @property {boolean} overview Whether the overview of the host is shown.
 */

/** More folded branches than this do not go into the address. */
const MAX_EXCEPTIONS = 60;

/** @returns {ViewState} */
export function defaultState() {
  return { filter: {}, sort: { key: 'cpu', descending: true }, shape: 'tree', nesting: 'parent', groupBy: 'user', compare: 'cpu', interval: DEFAULT_INTERVAL, cpuUnit: 'cores', overview: true };
}

/**
 * Reads a view from an address; what makes no sense is left at its default.
 * @param {string} hash With or without the "#".
 * @returns {ViewState}
 */
export function parseState(hash) {
  const p = new URLSearchParams(hash.replace(/^#/, ''));
  const state = defaultState();
  state.filter = parseFilter(p);
  const [name, direction] = (p.get('sort') ?? '').split(':');
  const key = columnKey(name);
  if (key !== undefined) state.sort = { key, descending: direction === 'desc' };
  const shape = p.get('view');
  if (shape === 'list' || shape === 'groups' || shape === 'events') state.shape = shape;
  const [from, to] = ['from', 'to'].map((name) => parseMoment(p.get(name)));
  if (shape === 'between' && from !== undefined && to !== undefined && from < to) Object.assign(state, { shape, span: { from, to } });
  state.nesting = nestingOf(p.get('tree'));
  state.groupBy = groupByOf(p.get('by'));
  if (p.has('columns')) state.columns = list(p, 'columns').map((name) => columnKey(name) ?? name);
  const widths = parseWidths(p.get('widths'));
  if (widths) state.widths = widths;
  const filtered = parseBranches(p, 'matches-');
  const usually = parseBranches(p, '') ?? (filtered && { open: true, except: [] });
  if (usually) state.expansion = filtered ? { ...usually, filtered } : usually;
  const pins = parsePins(p.get('pins'));
  if (pins) state.pins = pins;
  state.compare = watchedOf(p.get('compare'));
  state.selected = p.get('process') ?? undefined;
  const time = momentOf(hash);
  if (time !== undefined) state.time = time;
  state.interval = intervalOf(hash);
  state.cpuUnit = cpuUnitOf(p.get('cpu-unit'));
  state.overview = p.get('overview') !== 'off';
  return state;
}

/** @param {URLSearchParams} p @returns {Filter} */
function parseFilter(p) {
  /** @type {Filter} */
  const filter = {};
  const text = p.get('q');
  if (text) filter.text = text;
  for (const key of /** @type {const} */ (['user', 'state', 'group'])) {
    if (p.has(key)) filter[key] = p.getAll(key);
  }
  for (const key of /** @type {const} */ (['cpu', 'memory'])) {
    const value = Number(p.get(key));
    if (p.get(key) && value > 0 && Number.isFinite(value)) filter[key] = value;
  }
  if (p.get('kernel') === 'off') filter.kernel = false;
  return filter;
}

/**
 * @param {URLSearchParams} p
 * @param {string} prefix Of the parameters' names.
 * @returns {Branches|undefined}
 */
function parseBranches(p, prefix) {
  if (!p.has(`${prefix}fold`)) return undefined;
  return { open: p.get(`${prefix}fold`) !== 'all', except: list(p, `${prefix}except`) };
}

/** @param {URLSearchParams} p @param {string} key */
const list = (p, key) => (p.get(key) ?? '').split(',').filter((part) => part !== '');

/**
 * @param {ViewState} state
 * @returns {string} What stands behind the "#"; "" for the view everybody starts with.
 */
export function formatState({ filter, sort, shape, span, nesting, groupBy, pins, compare, columns, widths, expansion, selected, time, interval, cpuUnit, overview }) {
  const p = new URLSearchParams();
  const usual = defaultState();
  if (filter.text) p.set('q', filter.text);
  for (const key of /** @type {const} */ (['user', 'state', 'group'])) {
    for (const value of filter[key] ?? []) p.append(key, value);
  }
  if (filter.cpu !== undefined) p.set('cpu', String(filter.cpu));
  if (filter.memory !== undefined) p.set('memory', String(filter.memory));
  if (filter.kernel === false) p.set('kernel', 'off');
  if (sort.key !== usual.sort.key || sort.descending !== usual.sort.descending) p.set('sort', `${sort.key}:${sort.descending ? 'desc' : 'asc'}`);
  if (shape !== usual.shape) p.set('view', shape);
  if (shape === 'between' && span) {
    p.set('from', formatMoment(span.from));
    p.set('to', formatMoment(span.to));
  }
  if (nesting !== usual.nesting) p.set('tree', nesting);
  if (groupBy !== usual.groupBy) p.set('by', groupBy);
  if (columns) p.set('columns', columns.join(','));
  if (widths) p.set('widths', formatWidths(widths));
  if (expansion) {
    setBranches(p, '', expansion);
    if (expansion.filtered) setBranches(p, 'matches-', expansion.filtered);
  }
  if (pins) p.set('pins', pins.join(','));
  if (compare !== usual.compare) p.set('compare', compare);
  if (selected) p.set('process', selected);
  if (time !== undefined) p.set('time', formatMoment(time));
  if (interval !== usual.interval) p.set('interval', String(interval));
  if (cpuUnit !== usual.cpuUnit) p.set('cpu-unit', cpuUnit);
  if (!overview) p.set('overview', 'off');
  return p.toString();
}

/** @param {URLSearchParams} p @param {string} prefix @param {Branches} branches */
function setBranches(p, prefix, { open, except }) {
  if (except.length > MAX_EXCEPTIONS) return;
  p.set(`${prefix}fold`, open ? 'none' : 'all');
  if (except.length > 0) p.set(`${prefix}except`, except.join(','));
}
