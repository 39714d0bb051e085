import { button, el } from './dom.js';
import { howItEnded } from './ended-menu.js';
import { UNKNOWN, formatCPUTime, formatDuration } from './format.js';
import { dayText, timeText } from './past-chart.js';
import { quotePosix } from './quote.js';

/**
 * A process of a span, or several alike: docs/api.md. What is not known is absent.
 * @typedef {object} Entry
 * @property {string} [id]
 * @property {number} [pid]
 * @property {number} [processes]
 * @property {string} name
 * @property {string[]} [cmdline]
 * @property {string} [user]
 * @property {string} [parent]
 * @property {number} [ppid]
 * @property {number} [start_time]
 * @property {number} [end_time]
 * @property {number} [run_seconds]
 * @property {string} [reason]
 * @property {number} [exit_code]
 * @property {number} [cpu_seconds]
 */

/** Where the tree shows a process. @typedef {(time: number, id: string|undefined) => void} Go */

/** Shortly before something: the table in which a process ran that had ended by then. */
const BEFORE_SECONDS = 0.001;
/** Of a command line in a table. */
const MOST_LETTERS = 400;

/**
 * The moment at which the tree shows a process: before its end, otherwise after its start.
 * @param {Entry} entry
 * @param {{from: number, to: number}} span In which it was seen.
 */
export function momentOfEntry({ start_time: start, end_time: end }, { from, to }) {
  if (end !== undefined && end <= to + 1) return end - BEFORE_SECONDS;
  return Math.max(from, Math.min(to, start === undefined ? to : Math.max(start + 1, to)));
}

/**
 * A time that leads to the tree of that second.
 * @param {number} time @param {Go} go @param {string} [id] The process to show there.
 */
export function timeLink(time, go, id) {
  return button(timeText(time), { class: 'link', title: `The tree of ${dayText(time)}, ${timeText(time)}` }, () => go(time, id));
}

/** @param {Entry} entry */
export const commandOf = ({ cmdline }) => (cmdline ? quotePosix(cmdline).slice(0, MOST_LETTERS) : '');

/** @param {Entry} entry */
export const parentOf = ({ parent, ppid }) => (parent ? `${parent} (${ppid})` : String(ppid ?? UNKNOWN));

/** @param {Entry} entry */
export function endingOf(entry) {
  const { end_time: end, reason, run_seconds: ran } = entry;
  if (end === undefined && reason === undefined) return '';
  return [howItEnded(entry), ran === undefined ? '' : `after ${durationOf(ran)}`].filter((text) => text && text !== UNKNOWN).join(', ') || 'ended';
}

/** @param {number|undefined} seconds */
export const durationOf = (seconds) => (seconds !== undefined && seconds < 1 ? `${Math.round(seconds * 1000)} ms` : formatDuration(seconds));

export const cpuTimeOf = (/** @type {Entry} */ { cpu_seconds: seconds }) => formatCPUTime(seconds);

/**
 * A table of the past.
 * @param {readonly string[]} heads
 * @param {readonly (readonly (Node|string)[])[]} rows
 * @param {{numbers?: readonly number[], label: string, bad?: (row: number) => boolean}} options numbers are the columns that are set to the right.
 */
export function pastTable(heads, rows, { numbers = [], label, bad }) {
  const kind = (/** @type {number} */ i) => (numbers.includes(i) ? 'number' : i === heads.length - 1 ? 'command-cell' : undefined);
  return el('div', { class: 'past-table', tabindex: 0, role: 'region', 'aria-label': label }, el('table', {},
    el('thead', {}, el('tr', {}, ...heads.map((head, i) => el('th', { scope: 'col', class: kind(i) }, head)))),
    el('tbody', {}, ...rows.map((cells, row) => el('tr', { class: bad?.(row) ? 'bad' : undefined }, ...cells.map((cell, i) => el('td', { class: kind(i), title: typeof cell === 'string' && kind(i) === 'command-cell' ? cell : undefined }, cell)))))));
}
