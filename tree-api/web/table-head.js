import { answerKey, columnGrip } from './column-grip.js';
import { button, el, setAttribute } from './dom.js';
import { Menu } from './menu.js';
import { whyUnknown } from './unknown.js';

/** @import { Sort } from './model/order.js' */
/** @import { Column, Place } from './table-columns.js' */

/** The row of headings: a click on one sorts. */
export class TableHead {
  element = el('div', { role: 'row', class: 'head', 'aria-rowindex': 1 });
  /** How wide the columns came out, in pixels; empty before it is known. @type {readonly number[]} */
  widths = [];
  #on;
  #sizes = new ResizeObserver(() => this.#measure());

  /**
   * @param {object} on
   * @param {(key: string) => void} on.sort
   * @param {(key: string, width: number|undefined) => void} on.resize The person gives a column a width in pixels; undefined: its own.
   * @param {() => void} on.size The columns came out with other widths.
   */
  constructor(on) {
    this.#on = on;
  }

  /** In pixels. */
  get height() { return this.element.offsetHeight; }

  /** @param {readonly Column[]} columns @param {readonly Place[]} places */
  setColumns(columns, places) {
    for (const heading of this.element.children) this.#sizes.unobserve(heading);
    const headings = columns.map((column, i) => this.#heading(column, i, places[i]));
    this.element.replaceChildren(...headings);
    this.widths = [];
    for (const heading of headings) this.#sizes.observe(heading);
  }

  /** Gives the columns other places. @param {readonly Place[]} places */
  place(places) {
    [...this.element.children].forEach((heading, i) => Object.assign(/** @type {HTMLElement} */ (heading).style, places[i]));
  }

  /** Marks the column by which the rows are sorted. @param {Sort} sort */
  showSort({ key, descending }) {
    for (const heading of this.element.children) {
      const { column } = /** @type {HTMLElement} */ (heading).dataset;
      // The later something started, the lower its age.
      const falls = descending !== (key === 'start_time');
      setAttribute(heading, 'aria-sort', column !== key ? 'none' : falls ? 'descending' : 'ascending');
    }
  }

  /** Puts an explanation into the headings of columns that are mostly empty. @param {readonly Column[]} columns @param {string} [os] */
  explain(columns, os) {
    for (const heading of /** @type {Iterable<HTMLElement>} */ (this.element.children)) {
      const column = columns.find(({ key }) => key === heading.dataset.column);
      if (heading.classList.contains('explained') === (column !== undefined)) continue;
      heading.classList.toggle('explained', column !== undefined);
      if (column) heading.querySelector('.sort')?.after(...explanation(column, os));
      else for (const part of heading.querySelectorAll('.why, .menu')) part.remove();
    }
  }

  /** @param {Column} column @param {number} i @param {Place} place */
  #heading(column, i, place) {
    const sort = button(column.title, { title: column.hint, class: 'sort', 'aria-keyshortcuts': 'Shift+ArrowLeft Shift+ArrowRight Shift+Home' }, () => this.#on.sort(column.key));
    const size = { width: () => heading.offsetWidth, resize: (/** @type {number|undefined} */ width) => this.#on.resize(column.key, width) };
    // Alt as well, as in the Grafana panel.
    sort.addEventListener('keydown', (event) => { if (event.shiftKey || event.altKey) answerKey(event, size); });
    const heading = el('div', {
      role: 'columnheader', class: `heading ${column.key}-cell${column.number ? ' number' : ''}`, 'aria-colindex': i + 1, 'data-column': column.key,
    }, sort, columnGrip(column, size));
    Object.assign(heading.style, place);
    return heading;
  }

  #measure() {
    this.widths = [...this.element.children].map((heading) => /** @type {HTMLElement} */ (heading).offsetWidth);
    this.element.querySelectorAll('.grip').forEach((grip, i) => setAttribute(grip, 'aria-valuenow', String(this.widths[i])));
    this.#on.size();
  }
}

/** @param {Column} column @param {string} [os] */
function explanation({ key, title }, os) {
  const { button: why, panel } = new Menu('?', {
    id: `why-${key}`, class: 'why', title: `Why ${title} is not known`, onOpen: (menu) => menu.replaceChildren(el('p', { tabindex: -1 }, whyUnknown(key, os))),
  });
  return [why, panel];
}
