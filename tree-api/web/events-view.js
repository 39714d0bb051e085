/** The events in place of the table: GET /api/v1/events. */
import { get } from './api.js';
import { button, el, setAttribute, setText } from './dom.js';
import { howItEnded } from './ended-menu.js';
import { formatBytes, formatCount } from './format.js';
import { commandOf, cpuTimeOf, durationOf, parentOf, pastTable, timeLink } from './past-links.js';
import { timeText } from './past-chart.js';

/** @import { Entry, Go } from './past-links.js' */
/** @import { Filter } from './model/filter.js' */

/**
 * docs/events.md
 * @typedef {Entry & {kind: string, time: number, peak_bytes?: number, lost?: string, count?: number, action?: string, result?: string, who?: string, nice?: number}} HostEvent
 */

/** What can be chosen, with the parameters of the request. @type {Record<string, [string, string]>} */
export const EVENT_KINDS = {
  all: ['All', ''], abnormal: ['Abnormal exits', 'kind=exit&kind=oom_kill&status=abnormal'], exit: ['Exits', 'kind=exit&kind=oom_kill'], exec: ['Execs', 'kind=exec'],
  fork: ['Forks', 'kind=fork'], control: ['Control', 'kind=control'], lost: ['Lost', 'kind=lost'],
};

const REFRESH_MILLISECONDS = 2000;
const MOST_LINES = 300;
/** How much is looked at before a moment, and after it. */
const BEFORE_SECONDS = 600;
const AFTER_SECONDS = 30;
const SETTLE_MILLISECONDS = 250;

export class EventsView {
  #on;
  #kind = 'all';
  #choice = el('div', { class: 'segments', role: 'group', 'aria-label': 'Kinds' });
  #note = el('p', { class: 'muted', role: 'status' });
  #body = el('div', { class: 'between-body' });
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #timer;
  /** What was asked for last; '' while closed. */
  #wanted = '';
  #shown = '';
  /** @type {{filter: Filter, time: number|undefined, paused: boolean}} */
  #view = { filter: {}, time: undefined, paused: false };

  /** @param {HTMLElement} root @param {{go: Go|undefined}} on go is undefined where nothing is recorded. */
  constructor(root, on) {
    this.#on = on;
    for (const [kind, [title]] of Object.entries(EVENT_KINDS)) {
      this.#choice.append(button(title, { class: 'tool', 'data-kind': kind, 'aria-pressed': String(kind === 'all') }, () => this.#choose(kind)));
    }
    root.append(el('div', { class: 'groups-head' }, el('h2', {}, 'Events'), this.#choice, this.#note), this.#body);
  }

  /** Times lead to the tree from now on. @param {Go} go */
  setGo(go) {
    this.#on = { go };
    this.#shown = '';
  }

  /** @param {string} kind */
  #choose(kind) {
    this.#kind = kind;
    for (const choice of this.#choice.children) setAttribute(choice, 'aria-pressed', String(/** @type {HTMLElement} */ (choice).dataset.kind === kind));
    this.show(this.#view);
  }

  /** @param {{filter: Filter, time: number|undefined, paused: boolean}} view */
  show(view) {
    this.#view = view;
    const wanted = `${this.#kind} ${JSON.stringify(view)}`;
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#load(), SETTLE_MILLISECONDS);
  }

  close() {
    this.#wanted = '';
    clearTimeout(this.#timer);
  }

  /** The parameters of the request. */
  #query() {
    const { filter, time } = this.#view;
    const query = new URLSearchParams(EVENT_KINDS[this.#kind][1]);
    if (filter.text?.trim()) query.set('q', filter.text.trim());
    for (const key of /** @type {const} */ (['user', 'group'])) for (const value of filter[key] ?? []) query.append(key, value);
    if (time !== undefined) {
      query.set('from', (time - BEFORE_SECONDS).toFixed(3));
      query.set('to', (time + AFTER_SECONDS).toFixed(3));
    }
    query.set('limit', String(MOST_LINES));
    return query;
  }

  async #load() {
    const wanted = this.#wanted;
    if (!document.hidden) {
      try {
        const answer = await get(`api/v1/events?${this.#query()}`);
        if (wanted === this.#wanted) this.#fill(answer);
      } catch (error) {
        if (wanted !== this.#wanted) return;
        this.#shown = '';
        this.#body.replaceChildren(el('p', { class: 'notice bad' }, error instanceof Error ? error.message : String(error)));
      }
    }
    const { time, paused } = this.#view;
    if (wanted === this.#wanted && time === undefined && !paused) this.#timer = setTimeout(() => this.#load(), REFRESH_MILLISECONDS);
  }

  /** @param {{events: HostEvent[], matched: number, source?: string}} answer */
  #fill({ events, matched, source = '' }) {
    const { time } = this.#view;
    const scans = source === 'scans' ? ' They are found by scans: what starts and ends between two scans is missing (docs/events.md).' : '';
    setText(this.#note, `${formatCount(matched)} ${time === undefined ? 'in the last 10 minutes' : `from 10 minutes before ${timeText(time)}`}${matched > events.length ? `, the newest ${events.length} are shown` : ''}.${scans}`);
    const shown = `${matched} ${events[0]?.time} ${events[0]?.id} ${events.length} ${this.#wanted}`;
    if (shown === this.#shown) return;
    this.#shown = shown;
    if (events.length === 0) {
      this.#body.replaceChildren(el('p', { class: 'muted' }, 'No such events.'));
      return;
    }
    // Who has scrolled down to read stays there.
    const top = this.#body.firstElementChild?.scrollTop ?? 0;
    this.#body.replaceChildren(pastTable(['Time', 'Event', 'Process', 'PID', 'User', 'Parent', 'Ran', 'CPU time', 'Command line'], events.map((event) => this.#cells(event)), {
      numbers: [3, 6, 7], label: 'Events', bad: (row) => isBad(events[row]),
    }));
    if (this.#body.firstElementChild) this.#body.firstElementChild.scrollTop = top;
  }

  /** @param {HostEvent} event @returns {(Node|string)[]} */
  #cells(event) {
    const { time, id, name = '', pid, user = '', run_seconds: ran } = event;
    const { go } = this.#on;
    return [
      go ? timeLink(momentOfEvent(event), go, id) : timeText(time), eventText(event), name, pid === undefined ? '' : String(pid), user, event.ppid === undefined ? '' : parentOf(event),
      ran === undefined ? '' : durationOf(ran), event.cpu_seconds === undefined ? '' : cpuTimeOf(event), commandOf(event),
    ];
  }
}

/** When the tree shows the process of an event: an exit is seen in the table before it. @param {HostEvent} event */
export const momentOfEvent = ({ kind, time }) => (kind === 'exit' || kind === 'oom_kill' ? time - 0.001 : time);

/** @param {HostEvent} event */
const isBad = ({ kind, reason }) => kind === 'oom_kill' || kind === 'lost' || reason !== undefined && reason !== 'normal' && reason !== 'exit_code';

/** An event in words. @param {HostEvent} event */
export function eventText(event) {
  const { kind, count, lost, action, result, nice, who, peak_bytes: peak } = event;
  switch (kind) {
    case 'exit': return [count ? `${formatCount(count)} exits` : howItEnded(event), peak === undefined ? '' : `peak ${formatBytes(peak)}`].filter(Boolean).join(', ');
    case 'oom_kill': return 'killed: out of memory';
    case 'lost': return `${formatCount(count)} events lost: ${lost}`;
    case 'control': return `${action}${nice === undefined ? '' : ` ${nice}`}: ${result}${who ? `, by ${who}` : ''}`;
    default: return count ? `${formatCount(count)} ${kind}s` : kind;
  }
}
