import { button, el, setAttribute, setHidden, setText } from './dom.js';
import { CPU_UNITS, formatCPU } from './cpu-unit.js';
import { formatBytes, formatCount, formatRate } from './format.js';
import { addUp, memoryKind } from './model/totals.js';
import { memoryNote } from './totals-bar.js';

/** @import { CpuContext } from './cpu-unit.js' */
/** @import { SummedKey, Total } from './model/totals.js' */
/** @import { TreeModel } from './tree-model.js' */
/** @import { Filter } from './model/filter.js' */

/** By what processes can be grouped. @typedef {'user'|'group'|'unit'|'container'} GroupBy */

/** @type {Record<GroupBy, string>} */
export const GROUPINGS = { user: 'User', group: 'Group', unit: 'Unit', container: 'Container' };

/** @param {string|null} text @returns {GroupBy} */
export const groupByOf = (text) => (text !== null && Object.hasOwn(GROUPINGS, text) ? /** @type {GroupBy} */ (text) : 'user');

/** @typedef {SummedKey|'name'|'processes'} SortKey */

/** @type {[SortKey, string, (value: number, context: CpuContext) => string][]} */
const COLUMNS = [
  ['name', '', String],
  ['processes', 'Processes', formatCount],
  ['cpu', 'CPU (cores)', formatCPU],
  ['memory', 'Memory', formatBytes],
  ['read', 'Read', formatRate],
  ['written', 'Written', formatRate],
  ['threads', 'Threads', formatCount],
  ['open_fds', 'Open FDs', formatCount],
];

/** More lines than this are not put into the page. */
const MOST_GROUPS = 500;

/** The processes that pass the filters, summed by what they have in common, in place of the table. */
export class GroupsView {
  #root;
  #on;
  /** @type {{key: SortKey, descending: boolean}} */
  #sort = { key: 'cpu', descending: true };
  #choice = el('div', { class: 'segments', role: 'group', 'aria-label': 'Sum by' });
  #head = el('tr');
  #body = el('tbody');
  #note = el('p', { class: 'muted' });
  /** By the name of the group. @type {Map<string, GroupLine>} */
  #lines = new Map();
  /** @type {GroupBy} */
  #by = 'user';

  /**
   * @param {HTMLElement} root
   * @param {{by: (by: GroupBy) => void, choose: (by: GroupBy, name: string) => void, redraw: () => void}} on
   */
  constructor(root, on) {
    this.#root = root;
    this.#on = on;
    for (const by of /** @type {GroupBy[]} */ (Object.keys(GROUPINGS))) {
      this.#choice.append(button(GROUPINGS[by], { class: 'tool', 'data-by': by, 'aria-pressed': 'false' }, () => on.by(by)));
    }
    for (const [key, title] of COLUMNS) {
      const sort = button(title, { class: 'sort' }, () => this.#sortBy(key));
      this.#head.append(el('th', { scope: 'col', 'data-column': key, class: key === 'name' ? '' : 'number' }, sort));
    }
    root.append(
      el('div', { class: 'groups-head' }, el('span', { class: 'muted' }, 'Sum by'), this.#choice, this.#note),
      el('div', { class: 'groups-table', tabindex: 0, role: 'region', 'aria-label': 'Sums' }, el('table', {}, el('thead', {}, this.#head), this.#body)),
    );
  }

  /** The table, for print. */
  get table() { return /** @type {HTMLTableElement} */ (this.#root.querySelector('table')); }

  /** @param {SortKey} key */
  #sortBy(key) {
    const descending = this.#sort.key === key ? !this.#sort.descending : key !== 'name';
    this.#sort = { key, descending };
    this.#on.redraw();
  }

  /** @param {TreeModel} model @param {{by: GroupBy, context: CpuContext}} view */
  show(model, { by, context }) {
    if (by !== this.#by) this.#lines.clear();
    this.#by = by;
    const totals = addUp(model, model.matchSlots(), (slot) => model.text(slot, by));
    const groups = [...totals].sort(this.#order());
    this.#showHead(by, context);
    setText(this.#note, `${formatCount(groups.length)} ${groups.length === 1 ? by : `${by}s`}${groups.length > MOST_GROUPS ? `, the first ${MOST_GROUPS} are shown` : ''}`);
    for (const name of this.#lines.keys()) if (!totals.has(name)) this.#lines.delete(name);
    this.#place(groups.slice(0, MOST_GROUPS).map(([name, total]) => {
      const line = this.#lines.get(name) ?? new GroupLine(name, () => this.#on.choose(this.#by, name));
      this.#lines.set(name, line);
      line.show(total, context);
      return line.element;
    }));
  }

  /** @returns {(a: [string, Total], b: [string, Total]) => number} What is not known comes last. */
  #order() {
    const { key, descending } = this.#sort;
    const sign = descending ? -1 : 1;
    return ([a, m], [b, n]) => {
      const byName = a < b ? -1 : Number(a > b);
      if (key === 'name') return sign * byName;
      const [x, y] = [m[key], n[key]];
      if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y)) || byName;
      return sign * (x - y) || byName;
    };
  }

  /** @param {GroupBy} by @param {CpuContext} context */
  #showHead(by, { cpuUnit = 'cores' }) {
    for (const choice of this.#choice.children) setAttribute(choice, 'aria-pressed', String(/** @type {HTMLElement} */ (choice).dataset.by === by));
    for (const th of /** @type {Iterable<HTMLElement>} */ (this.#head.children)) {
      const { column } = th.dataset;
      setAttribute(th, 'aria-sort', column !== this.#sort.key ? 'none' : this.#sort.descending ? 'descending' : 'ascending');
      if (column === 'name') setText(/** @type {Element} */ (th.firstElementChild), GROUPINGS[by]);
      if (column === 'cpu') setText(/** @type {Element} */ (th.firstElementChild), CPU_UNITS[cpuUnit].title);
    }
  }

  /** Puts the lines in order; the one with the focus keeps it. @param {readonly HTMLElement[]} lines */
  #place(lines) {
    const focused = /** @type {HTMLElement|null} */ (this.#body.querySelector(':focus'));
    lines.forEach((line, i) => {
      if (this.#body.children[i] !== line) this.#body.insertBefore(line, this.#body.children[i] ?? null);
    });
    while (this.#body.children.length > lines.length) this.#body.lastElementChild?.remove();
    if (focused && document.activeElement !== focused) focused.focus({ preventScroll: true });
  }
}

/** One group. */
class GroupLine {
  element;
  #cells = new Map(COLUMNS.slice(1).map(([key]) => [key, el('td', { class: 'number', 'data-column': key })]));
  #kind = el('span', { class: 'muted kind' });
  #value = el('span');

  /** @param {string} name @param {() => void} onChoose */
  constructor(name, onChoose) {
    const choose = button(name || '(none)', { class: 'link', title: 'Show these processes' }, onChoose);
    this.#cells.get('memory')?.append(this.#kind, this.#value);
    this.element = el('tr', {}, el('th', { scope: 'row' }, choose), ...this.#cells.values());
    this.element.addEventListener('click', (event) => { if (event.target !== choose) onChoose(); });
  }

  /** @param {Total} total @param {CpuContext} context */
  show(total, context) {
    for (const [key, , format] of COLUMNS.slice(1)) {
      const cell = /** @type {HTMLElement} */ (this.#cells.get(key));
      const text = format(total[/** @type {SummedKey} */ (key)], context);
      if (key !== 'memory') {
        setText(cell, text);
        continue;
      }
      setText(this.#value, text);
      setText(this.#kind, memoryKind(total));
      setHidden(this.#kind, total.memory !== total.memory);
      setAttribute(cell, 'title', memoryNote(total));
    }
  }
}

/**
 * The filter that leaves the processes of one group.
 * @param {Filter} filter @param {GroupBy} by @param {string} name "" for those without.
 * @returns {Filter}
 */
export function filterTo(filter, by, name) {
  if (name !== '' && (by === 'user' || by === 'group')) return { ...filter, [by]: [name] };
  const term = `${by}="${name.replaceAll('"', '\\"')}"`;
  const text = filter.text?.trim() ?? '';
  return { ...filter, text: text.includes(term) ? text : `${text} ${term}`.trim() };
}
