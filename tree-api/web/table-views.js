import { RowView } from './table-row.js';

/** @import { TreeModel } from './tree-model.js' */
/** @import { Column, Place } from './table-columns.js' */

/**
 * The elements of the rows that can be seen. A process that is seen before and after an
 * update keeps its own: then little is to be written, as most of a row never changes.
 */
export class RowViews {
  #body;
  #model;
  /** @type {RowView[]} */
  #views = [];
  /** By the id of the process it shows. @type {Map<string, RowView>} */
  #shown = new Map();
  /** @type {WeakMap<Element, RowView>} */
  #viewOf = new WeakMap();

  /** @param {HTMLElement} body Where the rows are. @param {TreeModel} model */
  constructor(body, model) {
    this.#body = body;
    this.#model = model;
  }

  /** Makes elements until there are so many. @param {number} count @param {readonly Column[]} columns @param {readonly Place[]} places */
  fit(count, columns, places) {
    while (this.#views.length < count) {
      const view = new RowView();
      view.setColumns(columns, places);
      this.#views.push(view);
      this.#viewOf.set(view.element, view);
      this.#body.append(view.element);
    }
  }

  /** @param {readonly Column[]} columns @param {readonly Place[]} places */
  setColumns(columns, places) {
    for (const view of this.#views) view.setColumns(columns, places);
  }

  /** Gives the columns other places. @param {readonly Place[]} places */
  place(places) {
    for (const view of this.#views) view.place(places);
  }

  /** The row that an element is in. @param {Element} element */
  holding(element) {
    const row = element.closest('.row');
    return row ? this.#viewOf.get(row) : undefined;
  }

  /**
   * Paints some rows, and hides what is left of the elements.
   * @param {{first: number, last: number}} range last is the one after.
   * @param {(view: RowView, row: number) => void} paint
   */
  show({ first, last }, paint) {
    const free = this.#free(first, last);
    const rows = this.#model.rows();
    const show = (/** @type {RowView} */ view, /** @type {number} */ row) => {
      paint(view, row);
      this.#shown.set(view.id, view);
    };
    const come = [];
    for (let row = first; row < last; row++) {
      const slot = rows.slots[row];
      const view = this.#shown.get(this.#model.idOf(slot)) ?? takeAlike(free, this.#model.text(slot, 'name'));
      if (view) show(view, row);
      else come.push(row);
    }
    for (const row of come) show(/** @type {RowView} */ (free.pop()), row);
    for (const view of free) view.hide();
  }

  /** Those whose process is not in the rows any longer. @param {number} first @param {number} last */
  #free(first, last) {
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
