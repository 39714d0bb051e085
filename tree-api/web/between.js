/** What happened between two moments: GET /api/v1/report, with ways into the tree. */
import { get, apiURL } from './api.js';
import { button, el } from './dom.js';
import { formatBytes, formatCores, formatCount, formatPercent } from './format.js';
import { timeText } from './past-chart.js';
import { commandOf, cpuTimeOf, durationOf, endingOf, momentOfEntry, parentOf, pastTable, timeLink } from './past-links.js';
import { restartTimes } from './past-model.js';

/** @import { Entry, Go } from './past-links.js' */

/** @typedef {{from: number, to: number}} Span In Unix seconds. */
/** @typedef {{name?: string, process?: Entry, processes: number, value: number}} Share */
/** @typedef {{count: number, processes: Entry[]}} List */

const HEADS = ['Time', 'Process', 'PID', 'User', 'Parent', 'CPU time', 'End', 'Command line'];
/** The values of the host that are shares. @type {Record<string, string>} */
const PEAKS = { memory_used: 'memory', pressure_cpu: 'CPU pressure', pressure_memory: 'memory pressure', pressure_io: 'I/O pressure' };
/** More lines of a list than this are in the report alone. */
const MOST_LINES = 10;

export class Between {
  #on;
  /** @type {Span|undefined} */
  #span;
  #from = timeInput('From');
  #to = timeInput('To');
  #report = el('a', { class: 'tool', target: '_blank', rel: 'noopener' }, 'Report');
  #body = el('div', { class: 'between-body', tabindex: 0, role: 'region', 'aria-label': 'What happened' });

  /**
   * @param {HTMLElement} root
   * @param {{go: Go, change: (span: Span) => void, close: () => void, restarts: (times: number[]) => void}} on
   */
  constructor(root, on) {
    this.#on = on;
    const note = el('span', { class: 'muted' }, 'Drag along the strip to choose another time.');
    for (const input of [this.#from, this.#to]) input.addEventListener('change', () => this.#change());
    root.append(
      el('div', { class: 'groups-head' }, el('h2', {}, 'Between two moments'), el('label', { class: 'tools' }, 'from', this.#from), el('label', { class: 'tools' }, 'to', this.#to),
        this.#report, note, button('Close', { class: 'tool between-close' }, on.close)),
      this.#body,
    );
  }

  #change() {
    const [from, to] = [this.#from, this.#to].map((input) => Date.parse(input.value) / 1000);
    if (from < to) this.#on.change({ from, to });
  }

  /** @param {Span} span */
  show(span) {
    if (this.#span?.from === span.from && this.#span.to === span.to) return;
    this.#span = span;
    this.#from.value = localText(span.from);
    this.#to.value = localText(span.to);
    const query = `from=${span.from.toFixed(3)}&to=${span.to.toFixed(3)}`;
    this.#report.href = apiURL(`api/v1/report?${query}&format=html`);
    this.#body.replaceChildren(el('p', { class: 'muted' }, 'Reading the recording …'));
    this.#load(span, query);
  }

  /** @param {Span} span @param {string} query */
  async #load(span, query) {
    let content;
    try {
      const report = await get(`api/v1/report?${query}`);
      content = this.#content(report);
      this.#on.restarts(restartTimes(report));
    } catch (error) {
      content = [el('p', { class: 'notice bad' }, error instanceof Error ? error.message : String(error))];
    }
    if (this.#span === span) this.#body.replaceChildren(...content);
  }

  /** @param {any} report @returns {HTMLElement[]} */
  #content(report) {
    const span = { from: report.from, to: report.to };
    const lists = [
      this.#list('OOM kills', report.oom_kills, span, true),
      this.#list('Crashed', report.crashed, span, true),
      this.#shares('Most CPU time', report.top_cpu, span, (v) => durationOf(v)),
      this.#shares('Most memory', report.top_memory, span, formatBytes),
      this.#list('Ended with an error', report.failed, span, true),
      this.#list('Killed by a signal', report.killed, span, true),
      this.#shares('Most read', report.top_read, span, formatBytes),
      this.#shares('Most written', report.top_written, span, formatBytes),
      this.#storms(report.most_started ?? [], span),
      this.#list('Grew', report.grew, span, false),
      this.#list('Restarted', { count: report.restarted.length, processes: report.restarted.map((/** @type {{after: Entry}} */ r) => r.after) }, span, false),
      this.#list('Started', report.started, span, false),
      this.#list('Ended', report.ended, span, false),
    ];
    return [this.#peaks(report), ...lists].filter((part) => part !== null);
  }

  /** When the host was worst off. @param {any} report */
  #peaks({ peaks = [], tables, gaps = [] }) {
    const line = el('p', { class: 'peaks' }, el('span', { class: 'muted' }, `${formatCount(tables)} tables${gaps.length > 0 ? `, ${gaps.length} ${gaps.length === 1 ? 'gap' : 'gaps'}` : ''}. Highest values: `));
    for (const { what, value, time } of peaks) {
      if (value === 0) continue;
      const text = what === 'busy_cores' ? `${formatCores(value)} CPUs` : what === 'processes' ? `${formatCount(value)} processes` : `${PEAKS[what] ?? what.replaceAll('_', ' ')} ${formatPercent(value)}`;
      line.append(el('span', { class: 'peak' }, `${text} at `, timeLink(time, this.#on.go)));
    }
    return line;
  }

  /** @param {string} title @param {List|undefined} list @param {Span} span @param {boolean} bad */
  #list(title, list, span, bad) {
    if (!list?.count) return null;
    const shown = list.processes.slice(0, MOST_LINES);
    const rest = list.count - shown.reduce((sum, { processes = 1 }) => sum + processes, 0);
    return this.#section(title, list.count, HEADS, shown.map((entry) => this.#cells(entry, span, entry)), { bad, rest, numbers: [2, 5] });
  }

  /**
   * Which programs were started most often, each by one of its processes.
   * @param {{name: string, processes: number, example: Entry, cpu_seconds: number}[]} storms @param {Span} span
   */
  #storms(storms, span) {
    const processes = storms.map(({ name, processes: count, example, cpu_seconds: cpu }) => ({ ...example, name, pid: undefined, processes: count, cpu_seconds: cpu }));
    return this.#list('Most started', { count: storms.reduce((sum, { processes: count }) => sum + count, 0), processes }, span, false);
  }

  /** @param {string} title @param {Share[]|undefined} shares @param {Span} span @param {(value: number) => string} format */
  #shares(title, shares, span, format) {
    const shown = (shares ?? []).filter(({ value }) => value > 0).slice(0, MOST_LINES);
    if (shown.length === 0) return null;
    const [time, ...heads] = HEADS;
    return this.#section(title, undefined, [time, title.replace('Most ', ''), ...heads.filter((head) => head !== 'CPU time')], shown.map(({ process, name = '', processes, value }) => {
      const [first, ...cells] = this.#cells(process ?? { name, processes }, span);
      return [first, format(value), ...cells.filter((_, i) => i !== 4)];
    }), { bad: false, rest: 0, numbers: [1, 3] });
  }

  /** @param {Entry} entry @param {Span} span @param {any} [grown] With its memory before and after. @returns {(Node|string)[]} */
  #cells(entry, span, grown) {
    const growth = grown?.memory_after_bytes === undefined ? '' : `${formatBytes(grown.memory_before_bytes)} → ${formatBytes(grown.memory_after_bytes)}`;
    return [
      timeLink(momentOfEntry(entry, span), this.#on.go, entry.id), entry.name, entry.pid === undefined ? `${formatCount(entry.processes ?? 1)} ×` : String(entry.pid),
      entry.user ?? '', parentOf(entry), cpuTimeOf(entry), growth || endingOf(entry), commandOf(entry),
    ];
  }

  /**
   * @param {string} title @param {number|undefined} count @param {string[]} heads @param {(Node|string)[][]} rows
   * @param {{bad: boolean, rest: number, numbers: number[]}} options
   */
  #section(title, count, heads, rows, { bad, rest, numbers }) {
    return el('section', { class: bad ? 'between-part bad' : 'between-part' },
      el('h3', {}, count === undefined ? title : `${title}: ${formatCount(count)}`),
      pastTable(heads, rows, { numbers, label: title }),
      rest > 0 && el('p', { class: 'muted' }, `and ${formatCount(rest)} more`));
  }
}

/** @param {string} label */
const timeInput = (label) => el('input', { type: 'datetime-local', step: 1, 'aria-label': label, required: true });

/** As an input of a time has it. @param {number} seconds */
function localText(seconds) {
  const date = new Date(seconds * 1000);
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((n) => String(n).padStart(2, '0')).join('-');
  return `${day}T${timeText(seconds)}`;
}
