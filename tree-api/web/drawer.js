import { APIError, get } from './api.js';
import { button, el, setText } from './dom.js';
import { withIcon } from './icons.js';
import { ChartLine } from './drawer-chart.js';
import { commandLine } from './command-line.js';
import { detailSections, facts } from './drawer-detail.js';
import { CPU_UNITS, formatCPU, formatCPUInFull } from './cpu-unit.js';
import { UNKNOWN, formatBytes, formatCount, formatDuration, formatTime } from './format.js';
import { TABLE_COLUMNS, cellOf, memoryOf } from './table-columns.js';
import { ThreadRates } from './thread-rates.js';
import { isGuarded, whyUnknown } from './unknown.js';

/** @import { TreeModel } from './tree-model.js' */
/** @import { History } from './history.js' */
/** @import { CellContext, Column } from './table-columns.js' */

/** The columns that are not among the values: they are above them, or below. */
const SHOWN_ELSEWHERE = new Set(['name', 'pid', 'ppid', 'user', 'state', 'cpu', 'memory', 'start_time', 'exe', 'cmdline']);
const REFRESH_MILLISECONDS = 5000;
/** Moving over rows with the arrows must not ask the server for each of them. */
const SETTLE_MILLISECONDS = 200;

/** The panel that shows one process in full. */
export class Drawer {
  /** @type {string|undefined} The process shown; undefined while closed. */
  id;
  viewer = false;
  /** Whether the host runs Windows, which quotes arguments in its own way. */
  windows = false;
  #root;
  #model;
  #history;
  #onSelect;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #timer;
  #title = el('h2', { tabindex: '-1' });
  #state = el('p', { class: 'muted' });
  #ancestors = el('nav', { class: 'ancestors', 'aria-label': 'Ancestors' });
  #who = el('div');
  #cpu = new ChartLine('CPU', 'cpu');
  #memory = new ChartLine('Memory', 'memory');
  #figures = el('div', { class: 'figures' });
  #command = el('div');
  #threads = new ThreadRates();
  /** @type {CellContext} Of the last drawing. */
  #context = { now: 0, memoryTotal: undefined };
  #detail = el('div', { class: 'detail' });
  /** The moment of the past that the page shows; undefined is the present. @type {number|undefined} */
  #moment;
  /** Whether the details are to be asked for once the process is in the table: a link can name it before that has come. */
  #waiting = false;

  /**
   * @param {HTMLElement} root
   * @param {{model: TreeModel, history: History, onSelect: (id: string) => void, onClose: () => void}} options
   */
  constructor(root, { model, history, onSelect, onClose }) {
    this.#root = root;
    this.#model = model;
    this.#history = history;
    this.#onSelect = onSelect;
    const close = withIcon('close', button('', { class: 'tool quiet', 'aria-label': 'Close', title: 'Close (Esc)', 'aria-keyshortcuts': 'Escape' }, onClose));
    root.append(
      el('div', { class: 'drawer-head' }, el('div', { class: 'drawer-title' }, this.#title, this.#state), close),
      el('div', { class: 'drawer-body' }, this.#ancestors, this.#who, this.#command, this.#cpu.element, this.#memory.element, this.#figures, this.#detail),
    );
    root.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') onClose();
    });
    // A hidden page does not ask; the first question after that is asked here.
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden && this.id !== undefined) this.#askSoon(0);
    });
  }

  /** @param {string} id @param {CellContext} context */
  open(id, context) {
    if (this.id !== id) {
      this.id = id;
      this.#detail.replaceChildren(el('p', { class: 'muted' }, 'Reading…'));
      // What is not in the table has nothing of the process before it.
      setText(this.#title, '');
      delete this.#ancestors.dataset.ids;
      for (const part of [this.#ancestors, this.#who, this.#figures, this.#command]) part.replaceChildren();
      this.#askSoon(SETTLE_MILLISECONDS);
    }
    this.#root.hidden = false;
    this.render(context);
  }

  /** @param {number|undefined} time The moment that the page shows; undefined is the present. */
  setMoment(time) {
    if (time === this.#moment) return;
    const wasPast = this.#moment !== undefined;
    this.#moment = time;
    for (const chart of [this.#cpu, this.#memory]) chart.element.hidden = time !== undefined;
    if (this.id === undefined) return;
    if (wasPast !== (time !== undefined)) this.#detail.replaceChildren();
    this.#askSoon(SETTLE_MILLISECONDS);
  }

  close() {
    this.id = undefined;
    this.#root.hidden = true;
    clearTimeout(this.#timer);
  }

  /** Puts a button below the name. @param {HTMLElement} tool */
  addTool(tool) {
    this.#title.parentElement?.append(tool);
  }

  /** Puts a section below the charts. @param {HTMLElement} section */
  addSection(section) { this.#figures.before(section); }

  focus() {
    this.#title.focus();
  }

  /** Shows what the stream tells. @param {CellContext} context */
  render(context) {
    if (this.id === undefined) return;
    this.#context = context;
    const slot = this.#model.slotOf(this.id);
    if (slot < 0) {
      setText(this.#state, this.#moment === undefined ? 'This process has ended. The values below are the last ones.' : 'This process did not run at this moment.');
      this.#root.classList.add('ended');
      if (!this.#title.textContent) setText(this.#title, `PID ${this.id.split('-')[0]}`);
      return;
    }
    this.#root.classList.remove('ended');
    if (this.#waiting) {
      this.#waiting = false;
      this.#askSoon(0);
    }
    setText(this.#title, this.#model.text(slot, 'name') || '?');
    setText(this.#state, `PID ${this.#model.number(slot, 'pid')} · ${this.#model.text(slot, 'state') || 'unknown state'}`);
    this.#showAncestors(slot);
    this.#who.replaceChildren(facts({ User: this.#model.text(slot, 'user') }) ?? '');
    this.#cpu.show(this.#model, this.#history, slot, { title: CPU_UNITS[context.cpuUnit ?? 'cores'].title, format: (v) => formatCPU(v, context) });
    this.#memory.show(this.#model, this.#history, slot, { title: 'Memory (RSS)', format: formatBytes });
    this.#figures.replaceChildren(facts(this.#mainValues(slot, context)) ?? '');
  }

  /** @param {number} slot @param {CellContext} context */
  #mainValues(slot, context) {
    const model = this.#model;
    const { now, os } = context;
    /** @type {Column[]} What the system does not show of this process. */
    const refused = [];
    /** @type {Record<string, string|undefined>} */
    const values = {};
    for (const column of TABLE_COLUMNS) {
      if (SHOWN_ELSEWHERE.has(column.key)) continue;
      const { text } = cellOf(model, column, { slot, folded: false }, context);
      values[column.title] = text === UNKNOWN ? undefined : text;
      if (text === UNKNOWN && isGuarded(column.key) && !model.isKernel(slot)) refused.push(column);
    }
    const start = model.number(slot, 'start_time');
    values.Started = Number.isNaN(start) ? undefined : `${formatTime(start)}, ${formatDuration(now - start)} ago`;
    const { sizeOf, sumOf } = model.family;
    const size = sizeOf(slot);
    if (size > 1) {
      values.Subtree = `${formatCount(size)} processes, CPU: ${formatCPUInFull(sumOf(slot, 'cpu'), context)}`;
      values['Subtree memory'] = memoryOf(size, (key) => sumOf(slot, key));
    }
    if (refused.length > 0) values['Not known'] = `${refused.map(({ title }) => title).join(', ')}. ${whyUnknown(refused[0].key, os)}`;
    return values;
  }

  /** @param {number} slot */
  #showAncestors(slot) {
    const ids = [];
    const { parentOf } = this.#model.family;
    for (let s = parentOf(slot); s >= 0; s = parentOf(s)) ids.unshift(this.#model.idOf(s));
    const key = ids.join(' ');
    if (this.#ancestors.dataset.ids === key) return;
    this.#ancestors.dataset.ids = key;
    this.#ancestors.replaceChildren(...ids.map((id) => {
      const name = this.#model.text(this.#model.slotOf(id), 'name') || '?';
      return button(name, { class: 'link', title: `PID ${id.split('-')[0]}` }, () => this.#onSelect(id));
    }));
  }

  /** @param {number} delay */
  #askSoon(delay) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), delay);
  }

  async #ask() {
    const { id } = this;
    if (id === undefined) return;
    this.#waiting = this.#model.slotOf(id) < 0;
    if (this.#waiting) return;
    /** @type {any} */
    let answer;
    try {
      const time = this.#moment === undefined ? '' : `?time=${this.#moment.toFixed(3)}`;
      answer = await get(`api/v1/processes/${id.split('-')[0]}${time}`);
    } catch (error) {
      if (this.id === id && !(error instanceof APIError && error.status === 404)) this.#showProblem(error);
    }
    if (this.id !== id) return;
    // The PID may belong to another process by now.
    if (answer?.id === id) this.#showAnswer(answer);
    if (!document.hidden && this.#moment === undefined) this.#askSoon(REFRESH_MILLISECONDS);
  }

  /** @param {unknown} error */
  #showProblem(error) {
    this.#detail.replaceChildren(el('p', { class: 'muted' }, `No details: ${error instanceof Error ? error.message : error}`));
  }

  /** @param {any} answer */
  #showAnswer({ id, exe, cmdline, detail }) {
    if (this.viewer) {
      this.#command.replaceChildren(el('p', { class: 'notice' }, 'You are signed in as a viewer. Command lines, paths and descriptors are shown only to operators.'));
    } else if (this.#command.dataset.shown !== JSON.stringify([exe, cmdline]) || !this.#command.hasChildNodes()) {
      this.#command.dataset.shown = JSON.stringify([exe, cmdline]);
      this.#command.replaceChildren(...commandLine(cmdline, this.windows), facts({ Executable: exe }) ?? '');
    }
    if (this.#moment !== undefined) {
      this.#detail.replaceChildren(el('p', { class: 'muted' }, 'Limits, sockets, open files and threads are not recorded.'));
      return;
    }
    const open = new Set([...this.#detail.querySelectorAll('details[open]')].map((d) => /** @type {HTMLElement} */ (d).dataset.section));
    const threads = detail?.threads && this.#threads.take(id, detail.threads, performance.now() / 1000);
    const sections = detailSections(detail ?? {}, { threads, context: this.#context });
    for (const s of sections) /** @type {HTMLDetailsElement} */ (s).open = open.has(s.dataset.section);
    this.#detail.replaceChildren(...sections);
  }
}
