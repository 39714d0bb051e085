import { el } from './dom.js';
import { CPU_UNITS, formatCPU } from './cpu-unit.js';
import { formatBytes, formatCount, formatCPUTime } from './format.js';

/** @import { CpuContext } from './cpu-unit.js' */
/** @import { Thread } from './thread-rates.js' */

/**
 * One process in full: data.detail of GET /api/v1/processes/{pid}. What could not be read
 * is absent.
 * @typedef {object} Detail
 * @property {{name: string, unit?: string, soft?: number|null, hard?: number|null}[]} [limits] null is unlimited.
 * @property {{fd: number, target: string}[]} [descriptors]
 * @property {{fd: number, protocol: string, local?: string, remote?: string, state?: string}[]} [sockets]
 * @property {{tid: number, name: string, state: string, user_seconds?: number, system_seconds?: number, wait_channel?: string}[]} [threads]
 * @property {Record<string, number>} [memory] In bytes.
 * @property {Record<string, number>} [io]
 * @property {string[]} [cgroups]
 * @property {string} [cwd]
 * @property {string} [root]
 * @property {string} [wait_channel]
 * @property {string[]} [kernel_stack] The innermost function first.
 * @property {number} [oom_score]
 */

/** More lines than this are not put into the page. */
const MOST_LINES = 500;

/**
 * The sections below the main values. Those without data are left out.
 * @param {Detail} detail
 * @param {{threads: readonly Thread[]|undefined, context: CpuContext}} counted The threads with what they use.
 * @returns {HTMLElement[]}
 */
export function detailSections(detail, { threads: rated, context }) {
  return [
    section('places', 'Context', facts({
      'Working directory': detail.cwd, Root: detail.root, 'Control group': detail.cgroups,
      'Waits in': detail.kernel_stack?.length ? detail.kernel_stack : detail.wait_channel, 'OOM score': detail.oom_score?.toString(),
    })),
    section('memory', 'Memory', facts(mapValues(detail.memory, formatBytes))),
    section('io', 'Input and output', facts(mapValues(detail.io, ioMetric))),
    section('limits', 'Limits', limits(detail.limits)),
    section('sockets', `Sockets${counted(detail.sockets)}`, sockets(detail.sockets)),
    section('descriptors', `Open files${counted(detail.descriptors)}`, descriptors(detail.descriptors)),
    section('threads', `Threads${counted(detail.threads)}`, threads(rated, context)),
  ].filter((s) => s !== null);
}

/** @param {readonly unknown[]|undefined} list */
const counted = (list) => (list ? ` (${formatCount(list.length)})` : '');

/** @param {string} key @param {string} title @param {HTMLElement|null} content */
function section(key, title, content) {
  return content && el('details', { 'data-section': key }, el('summary', {}, title), content);
}

/**
 * A list of names and values; null if there is none.
 * @param {Record<string, string|readonly string[]|undefined>} values A list has one line each; undefined and "" are left out.
 */
export function facts(values) {
  const known = Object.entries(values).filter(([, value]) => value !== undefined && value.length > 0);
  if (known.length === 0) return null;
  return el('dl', { class: 'facts-list' }, ...known.flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, ...linesOf(value))]));
}

/** @param {string|readonly string[]|undefined} value @returns {(Node|string)[]} */
const linesOf = (value = '') => (typeof value === 'string' ? [value] : value.flatMap((line, i) => (i === 0 ? [line] : [el('br'), line])));

/** @param {Record<string, number>|undefined} values @param {(value: number, key: string) => string} format */
function mapValues(values, format) {
  return Object.fromEntries(Object.entries(values ?? {}).map(([key, value]) => [words(key), format(value, key)]));
}

/** "resident_anonymous" as a person writes it. @param {string} key */
function words(key) {
  const text = key.replaceAll('_', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** syscr and syscw of proc_pid_io(5) count calls; all else is bytes. @param {number} value @param {string} key */
const ioMetric = (value, key) => (key.startsWith('syscr') || key.startsWith('syscw') ? formatCount(value) : formatBytes(value));

/** @param {Detail['limits']} list */
function limits(list) {
  if (!list?.length) return null;
  /** @param {number|null|undefined} value @param {string|undefined} unit */
  const bound = (value, unit) => {
    if (value === null || value === undefined) return 'unlimited';
    return unit === 'bytes' ? formatBytes(value) : formatCount(value);
  };
  return table(['Limit', 'Soft', 'Hard'], list.map(({ name, unit, soft, hard }) => [words(name), bound(soft, unit), bound(hard, unit)]));
}

/** @param {Detail['descriptors']} list */
function descriptors(list) {
  return list?.length ? table(['Number', 'Target'], list.map(({ fd, target }) => [String(fd), target])) : null;
}

/** @param {Detail['sockets']} list */
function sockets(list) {
  return list?.length ? table(['Protocol', 'Local', 'Remote', 'State'], list.map(({ protocol, local = '', remote = '', state = '' }) => [protocol, local, remote, state])) : null;
}

/** @param {readonly Thread[]|undefined} list @param {CpuContext} context */
function threads(list, context) {
  if (!list?.length) return null;
  const waits = list.some(({ waitChannel }) => waitChannel);
  const heads = ['TID', 'Name', 'State', CPU_UNITS[context.cpuUnit ?? 'cores'].title, 'CPU time', ...(waits ? ['Waits in'] : [])];
  return table(heads, list.map(({ tid, name, state, cores, cpuSeconds, waitChannel }) => [
    String(tid), name, state, formatCPU(cores, context), formatCPUTime(cpuSeconds), ...(waits ? [waitChannel ?? ''] : []),
  ]));
}

/** @param {string[]} heads @param {string[][]} lines */
function table(heads, lines) {
  const rows = lines.slice(0, MOST_LINES).map((cells) => el('tr', {}, ...cells.map((cell) => el('td', {}, cell))));
  const rest = lines.length - rows.length;
  return el(
    'div', { class: 'detail-table', tabindex: 0 },
    el('table', {}, el('thead', {}, el('tr', {}, ...heads.map((h) => el('th', { scope: 'col' }, h)))), el('tbody', {}, ...rows)),
    rest > 0 && el('p', { class: 'muted' }, `and ${formatCount(rest)} more`),
  );
}
