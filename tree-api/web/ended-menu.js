import { get } from './api.js';
import { el } from './dom.js';
import { UNKNOWN, formatCPUTime, formatClock, formatCount, formatDuration } from './format.js';
import { Menu, checkLine } from './menu.js';

/**
 * A process that ended, or several alike: GET /api/v1/exits. What is not known is absent.
 * @typedef {object} Exit
 * @property {number} [pid]
 * @property {number} [processes]
 * @property {string} name
 * @property {number} time
 * @property {number} [run_seconds]
 * @property {number} [ppid]
 * @property {string} [parent]
 * @property {string} [user]
 * @property {string} [reason]
 * @property {number} [exit_code]
 * @property {number} [cpu_seconds]
 */

const REFRESH_MILLISECONDS = 3000;
/** More lines than this are not put into the page. */
const MOST_LINES = 300;

/** The button that lists what ended in the last minutes. */
export class EndedMenu {
  menu;
  #list = el('div', { class: 'ended-list', role: 'status' }, 'Loading …');
  /** @type {ReturnType<typeof setInterval>|undefined} */
  #timer;

  /** @param {{on: boolean}} marks Whether rows that come and go are marked; the menu can change it. */
  constructor(marks) {
    this.menu = new Menu('Ended', { id: 'ended', title: 'Processes that ended in the last 10 minutes', onOpen: (panel) => {
      panel.replaceChildren(el('h2', {}, 'Ended in the last 10 minutes'), this.#list, el('hr'),
        checkLine('Mark new rows, fade ended rows', marks.on, (checked) => { marks.on = checked; }));
      this.#follow();
    } });
    this.menu.panel.addEventListener('toggle', (event) => {
      if (/** @type {ToggleEvent} */ (event).newState === 'closed') clearInterval(this.#timer);
    });
  }

  #follow() {
    clearInterval(this.#timer);
    this.#load();
    this.#timer = setInterval(() => this.#load(), REFRESH_MILLISECONDS);
  }

  async #load() {
    try {
      const { exits, source } = await get('api/v1/exits');
      this.#list.replaceChildren(...content(exits, source));
    } catch (error) {
      this.#list.replaceChildren(el('p', { class: 'muted' }, error instanceof Error ? error.message : String(error)));
    }
  }
}

/** @param {Exit[]} exits @param {string|undefined} source */
function content(exits, source) {
  const note = source === 'bpf' || source === 'taskstats' ? null
    : el('p', { class: 'muted' }, 'The exporter gets no exit records: how a process ended is not known, and processes that lived between two scans are missing. See docs/privileges.md.');
  if (exits.length === 0) return [note, el('p', { class: 'muted' }, 'Nothing ended.')].filter((e) => e !== null);
  const heads = ['Time', 'Name', 'PID', 'How', 'Ran', 'CPU time', 'Parent', 'User'];
  const rows = exits.slice(0, MOST_LINES).map((exit) => el('tr', { class: isCrash(exit) ? 'crash' : undefined }, ...cells(exit).map((cell) => el('td', {}, cell))));
  const rest = exits.length - rows.length;
  return [
    note,
    el('table', { class: 'ended-table' }, el('thead', {}, el('tr', {}, ...heads.map((h) => el('th', { scope: 'col' }, h)))), el('tbody', {}, ...rows)),
    rest > 0 ? el('p', { class: 'muted' }, `and ${formatCount(rest)} more`) : null,
  ].filter((e) => e !== null);
}

/** @param {Exit} exit */
function cells(exit) {
  const { pid, processes = 1, name, time, run_seconds: ran, parent, ppid, user = '', cpu_seconds: cpu } = exit;
  return [
    formatClock(time), name, pid === undefined ? `${formatCount(processes)} ×` : String(pid), howItEnded(exit),
    ran === undefined ? UNKNOWN : ran < 1 ? `${Math.round(ran * 1000)} ms` : formatDuration(ran), formatCPUTime(cpu),
    parent ? `${parent} (${ppid})` : String(ppid ?? UNKNOWN), user,
  ];
}

/** How a process ended, in words. @param {Pick<Exit, 'reason'|'exit_code'>} exit */
export function howItEnded({ reason, exit_code: code }) {
  switch (reason) {
    case undefined: return UNKNOWN;
    case 'normal': return 'exit 0';
    case 'exit_code': return code === undefined ? 'exit code not 0' : `exit ${code}`;
    case 'oom_kill': return 'killed: out of memory';
    default: return reason;
  }
}

/** @param {Exit} exit */
const isCrash = ({ reason }) => reason !== undefined && reason !== 'normal' && reason !== 'exit_code';
