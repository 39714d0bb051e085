import { button, el } from './dom.js';
import { Menu, checkLine } from './menu.js';
import { formatBytes, formatCores, formatCount } from './format.js';
import { isActive } from './model/filter.js';

/** @import { TreeModel } from './tree-model.js' */
/** @import { Filter } from './model/filter.js' */

const MIB = 1024 * 1024;
/** What may be chosen from a list of this length is searched by eye; beyond it by typing. */
const SEARCH_FROM = 12;

/** The three columns of which some values can be chosen. */
const CHOICES = /** @type {const} */ ([['user', 'User'], ['state', 'State'], ['group', 'Group']]);

/** The controls beside the search: each opens a menu, and shows what is chosen in it. */
export class Filters {
  /** @type {Filter} */
  #filter = {};
  #model;
  #onChange;
  /** @type {Record<string, Menu>} */
  #menus = {};
  #clear;

  /**
   * @param {HTMLElement} root
   * @param {TreeModel} model
   * @param {(filter: Filter) => void} onChange
   */
  constructor(root, model, onChange) {
    this.#model = model;
    this.#onChange = onChange;
    for (const [key, title] of CHOICES) {
      this.#menus[key] = new Menu(title, { id: `filter-${key}`, class: 'drop', title: `Filter by ${key}`, onOpen: (panel) => this.#fillChoices(panel, key) });
    }
    this.#menus.cpu = new Menu('CPU', { id: 'filter-cpu', class: 'drop', title: 'Filter by CPU', onOpen: (panel) => this.#fillThreshold(panel, 'cpu') });
    this.#menus.memory = new Menu('Memory', { id: 'filter-memory', class: 'drop', title: 'Filter by memory', onOpen: (panel) => this.#fillThreshold(panel, 'memory') });
    this.#clear = button('Clear', { id: 'filter-clear', class: 'tool quiet', title: 'Remove all filters' }, () => onChange({}));
    root.append(...Object.values(this.#menus).flatMap((menu) => [menu.button, menu.panel]), this.#clear);
  }

  /** Shows the filter that is in force. @param {Filter} filter */
  show(filter) {
    this.#filter = filter;
    for (const [key, title] of CHOICES) this.#label(key, title, summary(filter[key]));
    this.#label('cpu', 'CPU', filter.cpu === undefined ? '' : `≥ ${formatCores(filter.cpu)}`);
    this.#label('memory', 'Memory', filter.memory === undefined ? '' : `≥ ${formatBytes(filter.memory)}`);
    // It keeps its place, so that nothing below moves when it appears.
    this.#clear.style.visibility = isActive(filter) ? 'visible' : 'hidden';
  }

  /** @param {string} key @param {string} title @param {string} value */
  #label(key, title, value) {
    const b = this.#menus[key].button;
    if (b.textContent === title + value) return;
    b.replaceChildren(title, ...(value ? [el('span', { class: 'chosen' }, value)] : []));
    b.classList.toggle('active', value !== '');
  }

  /** @param {HTMLElement} panel @param {'user'|'state'|'group'} key */
  #fillChoices(panel, key) {
    const counts = this.#model.countBy(key);
    const chosen = new Set(this.#filter[key]);
    for (const value of chosen) if (!counts.has(value)) counts.set(value, 0);
    const values = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
    const lines = values.map(([value, count]) => checkLine(value || '(unknown)', chosen.has(value), (checked) => {
      if (checked) chosen.add(value);
      else chosen.delete(value);
      this.#onChange({ ...this.#filter, [key]: chosen.size > 0 ? [...chosen] : undefined });
    }, formatCount(count)));
    panel.replaceChildren(...(lines.length > SEARCH_FROM ? [searchOf(lines)] : []), ...lines);
    if (key === 'user') panel.append(el('hr'), this.#kernelLine());
  }

  #kernelLine() {
    return checkLine('Kernel threads', this.#filter.kernel !== false, (checked) => {
      this.#onChange({ ...this.#filter, kernel: checked ? undefined : false });
    });
  }

  /** @param {HTMLElement} panel @param {'cpu'|'memory'} key */
  #fillThreshold(panel, key) {
    const unit = key === 'cpu' ? { title: 'Minimum, cores', step: '0.05', factor: 1, presets: [0.01, 0.1, 0.5, 1] }
      : { title: 'Minimum, MiB', step: '10', factor: MIB, presets: [10, 100, 500, 1024] };
    const current = this.#filter[key];
    const input = el('input', { type: 'number', min: '0', step: 'any', value: current === undefined ? '' : current / unit.factor, inputmode: 'decimal' });
    const set = (/** @type {number} */ value) => this.#onChange({ ...this.#filter, [key]: value > 0 ? value * unit.factor : undefined });
    input.addEventListener('input', () => set(input.valueAsNumber));
    const format = (/** @type {number} */ v) => (key === 'cpu' ? String(v) : formatBytes(v * MIB));
    const presets = unit.presets.map((value) => button(format(value), { class: 'tool' }, () => {
      input.value = String(value);
      set(value);
    }));
    panel.replaceChildren(el('label', { class: 'field' }, unit.title, input), el('div', { class: 'presets' }, ...presets));
  }
}

/** @param {readonly string[]|undefined} values */
function summary(values) {
  if (!values?.length) return '';
  return values.length === 1 ? values[0] || '(unknown)' : String(values.length);
}

/** A field that hides the lines without the text typed. @param {HTMLElement[]} lines */
function searchOf(lines) {
  const input = el('input', { type: 'search', placeholder: 'Find', 'aria-label': 'Find in this list', class: 'menu-search' });
  input.addEventListener('input', () => {
    const wanted = input.value.toLowerCase();
    for (const line of lines) line.hidden = !line.textContent?.toLowerCase().includes(wanted);
  });
  return input;
}
