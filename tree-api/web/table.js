import { el, setAttribute } from './dom.js';
import { TableHead } from './table-head.js';
import { rowElementId } from './table-row.js';
import { cellTitle, columnPlaces } from './table-columns.js';
import { handleKey } from './table-keys.js';
import { RowTip } from './row-tip.js';
import { RowViews } from './table-views.js';
import { TableWindow } from './table-window.js';
import { isMostlyUnknown } from './unknown.js';

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
  /** The processes whose rows are new, by id. @type {ReadonlyMap<string, unknown>} */
  fresh = new Map();
  #root;
  #model;
  #on;
  #head;
  #window;
  #body = el('div', { role: 'rowgroup', class: 'body' });
  #views;
  #tip;
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
   * @param {(key: string, width: number|undefined) => void} on.resize
   */
  constructor(root, model, on) {
    this.#root = root;
    this.#model = model;
    this.#on = on;
    this.#views = new RowViews(this.#body, model);
    this.#window = new TableWindow(root);
    this.#head = new TableHead({ sort: on.sort, resize: on.resize, size: () => this.#measure() });
    root.replaceChildren(el('div', { role: 'rowgroup', class: 'heads' }, this.#head.element), this.#body);
    this.#tip = new RowTip(root, model);
    root.addEventListener('scroll', () => this.#schedule(), { passive: true });
    root.addEventListener('keydown', (event) => handleKey(event, this, this.#model, on));
    this.#body.addEventListener('click', (event) => this.#click(event));
    this.#body.addEventListener('pointerover', (event) => this.#addTitle(event));
    new ResizeObserver(() => this.#measure()).observe(root);
  }

  /** @param {readonly Column[]} columns */
  setColumns(columns) {
    const isSame = signature(columns) === signature(this.#columns);
    if (!isSame || widthsOf(columns) !== widthsOf(this.#columns)) {
      this.#columns = columns;
      this.#root.setAttribute('aria-colcount', String(columns.length));
      const { places, least } = columnPlaces(columns);
      this.#places = places;
      this.#root.style.setProperty('--least-width', least);
      // A heading that is dragged has to stay.
      for (const part of [this.#head, this.#views]) {
        if (isSame) part.place(places);
        else part.setColumns(columns, places);
      }
    }
    this.#head.showSort(this.#model.sort);
    this.#head.explain(columns.filter(({ key }) => isMostlyUnknown(this.#model, key)), this.#context.os);
  }

  /** Paints the rows that can be seen. @param {CellContext} [context] */
  render(context) {
    if (context) this.#context = context;
    const rows = this.#model.rows();
    setAttribute(this.#root, 'aria-rowcount', String(rows.length + 1));
    const { rowHeight } = this.#window;
    const height = `${rows.length * rowHeight}px`;
    if (this.#body.style.height !== height) this.#body.style.height = height;
    const range = this.#window.range(rows.length);
    const paint = { model: this.#model, columns: this.#columns, widths: this.#head.widths, indent: this.#window.indent, words: this.words, context: this.#context, cursor: this.cursor, fresh: this.fresh };
    this.#views.show(range, (view, index) => view.paint(paint, { index, slot: rows.slots[index], depth: rows.depths[index], top: index * rowHeight }));
    this.#showCursor(range);
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
    this.#tellPath(this.cursor);
    this.#on.select(this.cursor);
  }

  focus() { this.#root.focus(); }

  /** Where a row with the cursor stands in the tree, if that cannot be seen. @param {string} id */
  #tellPath(id) {
    this.#tip.hide();
    const row = document.getElementById(rowElementId(id));
    if (row && this.#views.holding(row)?.isUnclear) this.#tip.showSoon(id);
  }

  /** Takes the focus, with the cursor in the first row that matches the filter: the one with exactly the PID, if it was a PID. */
  enterFirstMatch() {
    this.focus();
    const exact = this.#model.exactMatch;
    if (exact >= 0) {
      this.#model.reveal(this.#model.idOf(exact));
      this.moveTo(this.#model.rows().indexOf(exact));
      return;
    }
    this.cursor = undefined;
    this.#cursorIndex = -1;
    this.moveToMatch(1);
  }

  /**
   * Puts the cursor into the next row that matches the filter, or the one before, from the
   * last one to the first.
   * @param {1|-1} step
   */
  moveToMatch(step) {
    const rows = this.#model.rows();
    const from = this.cursor === undefined && step > 0 ? -1 : this.cursorIndex;
    for (let i = 1; i <= rows.length; i++) {
      const index = (from + step * i + 2 * rows.length) % rows.length;
      if (!this.#model.isContext(rows.slots[index]) && !this.#model.isBranch(rows.slots[index])) {
        this.moveTo(index);
        return;
      }
    }
  }

  /** @param {{first: number, last: number}} range */
  #showCursor({ first, last }) {
    const index = this.cursorIndex;
    const seen = this.cursor !== undefined && index >= first && index < last
      && this.#model.idOf(this.#model.rows().slots[index]) === this.cursor;
    setAttribute(this.#root, 'aria-activedescendant', seen ? rowElementId(/** @type {string} */ (this.cursor)) : null);
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const target = /** @type {Element} */ (event.target);
    const view = this.#views.holding(target);
    if (!view || getSelection()?.isCollapsed === false) return;
    this.focus();
    this.#tip.hide();
    const { id } = view;
    this.moveTo(view.index);
    const slot = this.#model.slotOf(id);
    if ((target.closest('.twist') || this.#model.isBranch(slot)) && this.#model.isExpandable(slot)) this.#on.expand(id, !this.#model.isExpanded(slot));
    else this.#on.open(id);
  }

  /** A title is made only when the pointer comes: most are never read. @param {Event} event */
  #addTitle(event) {
    const cell = /** @type {HTMLElement|null} */ (/** @type {Element} */ (event.target).closest('.cell'));
    const view = cell && this.#views.holding(cell);
    this.#tip.hide();
    if (!view) return;
    if (cell.dataset.column === 'name') this.#tip.showSoon(view.id);
    else setAttribute(cell, 'title', cellTitle(this.#model, cell.dataset.column ?? '', this.#model.slotOf(view.id), this.#context.os));
  }

  /** Called by the browser after a layout, when reading sizes costs nothing. */
  #measure() {
    if (this.#columns.length === 0) return;
    this.#window.measure(this.#head.height);
    this.#root.classList.toggle('scrolls-sideways', this.#root.scrollWidth > this.#root.clientWidth);
    this.#views.fit(this.#window.most, this.#columns, this.#places);
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

/** What the headings follow from. @param {readonly Column[]} columns */
const signature = (columns) => columns.map(({ key, title }) => `${key} ${title}`).join();

/** @param {readonly Column[]} columns */
const widthsOf = (columns) => columns.map(({ width, grow }) => `${width} ${grow}`).join();
