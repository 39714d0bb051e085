/** @import { Table } from './store.js' */

/** Stands for "no slot" wherever a slot is expected. */
export const NONE = -1;

/** Where more than this share of a table has changed, all of it is linked again. */
const MOST_CHANGED = 1 / 8;

/** What has changed since a table was linked last: its slots count, not who stands in them. */
export class LinkChange {
  /** Slots that were not in use. @type {number[]} */
  came = [];
  /** Slots whose parent is another one. @type {number[]} */
  moved = [];
  /** Where each slot stands in the order; for whom amends it. */
  at = new Int32Array(0);
  #parents = new Int32Array(0);

  /**
   * Writes the parents that slots have now, and takes those that are free from the placed.
   * @param {Table<any>} store
   * @param {Int32Array} parent As it was, by slot.
   * @param {Uint8Array} placed 1 for slots that were in use, all of them with their parents.
   * @returns {boolean} false where so much has changed that it is not told.
   */
  find(store, parent, placed) {
    if (this.#parents.length < store.capacity) {
      this.#parents = new Int32Array(store.capacity);
      this.at = new Int32Array(store.capacity);
    }
    store.findParents(this.#parents);
    this.came = [];
    this.moved = [];
    for (let slot = 0; slot < store.size; slot++) {
      const now = this.#parents[slot];
      if (store.ids[slot] === '') placed[slot] = 0;
      else if (placed[slot] === 0) this.came.push(slot);
      else if (now !== parent[slot]) this.moved.push(slot);
      parent[slot] = now;
    }
    placed.fill(0, store.size);
    return this.came.length + this.moved.length <= store.size * MOST_CHANGED;
  }
}
