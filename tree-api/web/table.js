import { el, setAttribute } from './dom.js';
import { TableHead } from './table-head.js';
import { RowView, rowElementId } from './table-row.js';
import { cellTitle, columnPlaces } from './table-columns.js';
import { handleKey } from './table-keys.js';
import { TableWindow } from './table-window.js';

/** @import { TreeModel } from './tree-model.js' */
/** @import { CellContext, Column, Place } from './table-columns.js' */

/**
 * The tree as a table. Only the rows that can be seen are in the document. The focus is on
 * the table as a whole, and aria-activedescendant names the row with the cursor
 * (WAI-ARIA Authoring Practices, treegrid).
 */
export class TreeTable {
  /** @type {string|undefined} The id of the process with the cursor. */
  cursor;
  /** @type {readonly string[]} What to highlight, in lower case. */
  words = [];
  #root;
  #model;
  #on;
  #head;
  #window;
  #body = el('div', { role: 'rowgroup', class: 'body' });
  /** @type {RowView[]} */
  #views = [];
  /** By the id of the process it shows. @type {Map<string, RowView>} */
  #shown = new Map();
  /** @type {WeakMap<Element, RowView>} */
  #viewOf = new WeakMap();
  /** @type {readonly Column[]} */
  #columns = [];
  /** @type {readonly Place[]} */
  #places = [];
  /** @type {CellContext} */
  #context = { now: 0, memoryTotal: undefined };
  #cursorIndex = 0;
  #painting = false;

  /**
   * @param {HTMLElement} root
   * @param {TreeModel} model
   * @param {object} on What the table asks for; none of it changes the table by itself.
   * @param {(id: string) => void} on.select The cursor went to a process.
   * @param {(id: string) => void} on.open The person wants to see a process in full.
   * @param {(id: string, open: boolean) => void} on.expand
   * @param {(open: boolean) => void} on.expandAll
   * @param {(key: string) => void} on.sort
   */
  constructor(root, model, on) {
    this.#root = root;
    this.#model = model;
    this.#on = on;
    this.#window = new TableWindow(root);
    this.#head = new TableHead({ sort: on.sort, size: () => this.#measure() });
    root.replaceChildren(el('div', { role: 'rowgroup', class: 'heads' }, this.#head.element), this.#body);
    root.addEventListener('scroll', () => this.#schedule(), { passive: true });
    root.addEventListener('keydown', (event) => handleKey(event, this, this.#model, on));
    this.#body.addEventListener('click', (event) => this.#click(event));
    this.#body.addEventListener('pointerover', (event) => this.#addTitle(event));
    new ResizeObserver(() => this.#measure()).observe(root);
  }

  /** @param {readonly Column[]} columns */
  setColumns(columns) {
    if (columns.map((c) => c.key).join() !== this.#columns.map((c) => c.key).join()) {
      this.#columns = columns;
      this.#root.setAttribute('aria-colcount', String(columns.length));
      const { places, least } = columnPlaces(columns);
      this.#places = places;
      this.#root.style.setProperty('--least-width', least);
      this.#head.setColumns(columns, places);
      for (const view of this.#views) view.setColumns(columns, places);
    }
    this.#head.showSort(this.#model.sort);
  }

  /** Paints the rows that can be seen. @param {CellContext} [context] */
  render(context) {
    if (context) this.#context = context;
    const rows = this.#model.rows();
    setAttribute(this.#root, 'aria-rowcount', String(rows.length + 1));
    const { rowHeight } = this.#window;
    const height = `${rows.length * rowHeight}px`;
    if (this.#body.style.height !== height) this.#body.style.height = height;
    const { first, last } = this.#window.range(rows.length);
    const paint = { model: this.#model, columns: this.#columns, widths: this.#head.widths, words: this.words, context: this.#context, cursor: this.cursor };
    const free = this.#freeViews(first, last);
    const show = (/** @type {RowView} */ view, /** @type {number} */ index) => {
      view.paint(paint, { index, slot: rows.slots[index], depth: rows.depths[index], top: index * rowHeight });
      this.#shown.set(view.id, view);
    };
    const come = [];
    for (let index = first; index < last; index++) {
      const slot = rows.slots[index];
      const view = this.#shown.get(this.#model.idOf(slot)) ?? takeAlike(free, this.#model.text(slot, 'name'));
      if (view) show(view, index);
      else come.push(index);
    }
    for (const index of come) show(/** @type {RowView} */ (free.pop()), index);
    for (const view of free) view.hide();
    this.#showCursor(first, last);
  }

  /**
   * A process that is seen before and after keeps its elements: then little is to be written,
   * as most of a row never changes. This returns the elements that nobody keeps.
   * @param {number} first
   * @param {number} last
   */
  #freeViews(first, last) {
    const rows = this.#model.rows();
    const free = [];
    for (const view of this.#views) {
      const row = rows.indexOf(this.#model.slotOf(view.id));
      if (row >= first && row < last) continue;
      this.#shown.delete(view.id);
      free.push(view);
    }
    return free;
  }

  /** The row of the cursor, or where it was when its process has no row any more. */
  get cursorIndex() {
    const row = this.cursor === undefined ? -1 : this.#model.rows().indexOf(this.#model.slotOf(this.cursor));
    if (row >= 0) this.#cursorIndex = row;
    return Math.min(this.#cursorIndex, this.#model.rows().length - 1);
  }

  /** How many whole rows can be seen. */
  get pageLength() { return this.#window.pageLength; }

  /** Puts the cursor into a row and the row into view. @param {number} index */
  moveTo(index) {
    const rows = this.#model.rows();
    if (rows.length === 0) return;
    this.#cursorIndex = Math.max(0, Math.min(index, rows.length - 1));
    this.cursor = this.#model.idOf(rows.slots[this.#cursorIndex]);
    this.#window.show(this.#cursorIndex);
    this.render();
    this.#on.select(this.cursor);
  }

  focus() { this.#root.focus(); }

  /** Takes the focus, with the cursor in some row. */
  enter() {
    this.focus();
    this.moveTo(this.cursorIndex);
  }

  /** @param {number} first @param {number} last */
  #showCursor(first, last) {
    const index = this.cursorIndex;
    const seen = this.cursor !== undefined && index >= first && index < last
      && this.#model.idOf(this.#model.rows().slots[index]) === this.cursor;
    setAttribute(this.#root, 'aria-activedescendant', seen ? rowElementId(/** @type {string} */ (this.cursor)) : null);
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const target = /** @type {Element} */ (event.target);
    const view = this.#viewOf.get(/** @type {Element} */ (target.closest('.row')));
    if (!view || getSelection()?.isCollapsed === false) return;
    this.focus();
    const { id } = view;
    this.moveTo(view.index);
    const slot = this.#model.slotOf(id);
    if (target.closest('.twist') && this.#model.isExpandable(slot)) this.#on.expand(id, !this.#model.isExpanded(slot));
    else this.#on.open(id);
  }

  /** A title is made only when the pointer comes: most are never read. @param {Event} event */
  #addTitle(event) {
    const cell = /** @type {HTMLElement|null} */ (/** @type {Element} */ (event.target).closest('.cell'));
    const view = cell && this.#viewOf.get(/** @type {Element} */ (cell.parentElement));
    if (view) cell.title = cellTitle(this.#model, cell.dataset.column ?? '', this.#model.slotOf(view.id));
  }

  /** Called by the browser after a layout, when reading sizes costs nothing. */
  #measure() {
    if (this.#columns.length === 0) return;
    this.#window.measure(this.#head.height);
    this.#root.classList.toggle('scrolls-sideways', this.#root.scrollWidth > this.#root.clientWidth);
    while (this.#views.length < this.#window.most) {
      const view = new RowView();
      view.setColumns(this.#columns, this.#places);
      this.#views.push(view);
      this.#viewOf.set(view.element, view);
      this.#body.append(view.element);
    }
    this.render();
  }

  #schedule() {
    if (this.#painting) return;
    this.#painting = true;
    requestAnimationFrame(() => {
      this.#painting = false;
      this.render();
    });
  }
}

/**
 * Takes the elements of a process of that name out of those that are free: processes of one
 * name have more in common, and only what differs is written.
 * @param {RowView[]} free
 * @param {string} name
 */
function takeAlike(free, name) {
  const at = free.findIndex((view) => view.name === name);
  return at < 0 ? undefined : free.splice(at, 1)[0];
}
