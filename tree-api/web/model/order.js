/** @import { Table } from './store.js' */
/** @import { Links } from './links.js' */

/**
 * The order in which siblings stand.
 * @typedef {object} Sort
 * @property {string} key A column.
 * @property {boolean} descending
 */

/**
 * Sorts the slots by one column. What is not known comes last in either direction, and
 * equals stand in the table's own order, of processes that by PID. Two habits of process
 * tables keep it cheap: between two updates little moves, so that the engine's merge sort
 * starts from the last order; and of most figures most are 0, so that those are not
 * compared at all.
 */
export class Sorter {
  /** @type {number[]} All slots in use. */
  slots = [];
  /** All slots in use, in the table's own order. @type {number[]} */
  #ranked = [];
  /** Where each slot stands among them. */
  #rank = new Int32Array(0);

  /**
   * @param {Table<any>} store
   * @param {Links} links
   * @param {Sort} sort
   * @param {boolean} byBranch Whether a process counts with all that is below it.
   */
  run(store, links, { key, descending }, byBranch) {
    const sign = descending ? -1 : 1;
    const summed = byBranch && store.columns.sums.includes(key);
    if (Object.hasOwn(store.numbers, key)) this.#sortByNumber(summed ? links.sumsOf(store, key) : store.numbers[key], sign);
    else this.#sortByText(store.texts[key], sign);
  }

  /**
   * Takes in which slots are in use: to be called when processes came or went.
   * @param {Table<any>} store
   */
  setMembers(store) {
    const { ids, size, capacity } = store;
    if (this.#rank.length < capacity) this.#rank = new Int32Array(capacity);
    const isNew = new Uint8Array(size).fill(1);
    keep(this.slots, (slot) => ids[slot] !== '');
    keep(this.#ranked, (slot) => {
      isNew[slot] = 0;
      return ids[slot] !== '';
    });
    for (let slot = 0; slot < size; slot++) {
      if (ids[slot] === '' || isNew[slot] === 0) continue;
      this.#ranked.push(slot);
      this.slots.push(slot);
    }
    this.#ranked.sort((a, b) => store.compare(a, b));
    for (let i = 0; i < this.#ranked.length; i++) this.#rank[this.#ranked[i]] = i;
  }

  /** @param {Float64Array} values @param {number} sign */
  #sortByNumber(values, sign) {
    const { slots } = this;
    const rank = this.#rank;
    const above = [];
    const below = [];
    for (const slot of slots) {
      if (values[slot] > 0) above.push(slot);
      else if (values[slot] < 0) below.push(slot);
    }
    const compare = (/** @type {number} */ a, /** @type {number} */ b) => sign * (values[a] - values[b]) || rank[a] - rank[b];
    const [first, last] = sign > 0 ? [below.sort(compare), above.sort(compare)] : [above.sort(compare), below.sort(compare)];
    let at = 0;
    for (const slot of first) slots[at++] = slot;
    const unknown = [];
    for (const slot of this.#ranked) {
      if (values[slot] === 0) slots[at++] = slot;
      else if (Number.isNaN(values[slot])) unknown.push(slot);
    }
    for (const slot of last) slots[at++] = slot;
    for (const slot of unknown) slots[at++] = slot;
  }

  /** @param {string[]} values @param {number} sign */
  #sortByText(values, sign) {
    const rank = this.#rank;
    /** @type {string[]} */
    const lower = [];
    for (const slot of this.slots) lower[slot] = values[slot].toLowerCase();
    this.slots.sort((a, b) => {
      const x = lower[a];
      const y = lower[b];
      if (x === y) return rank[a] - rank[b];
      if (x === '' || y === '') return x === '' ? 1 : -1;
      return x < y ? -sign : sign;
    });
  }
}

/**
 * Drops members of a list in place: a new list at every update would be much garbage.
 * @param {number[]} list
 * @param {(slot: number) => boolean} stays
 */
function keep(list, stays) {
  let length = 0;
  for (const slot of list) if (stays(slot)) list[length++] = slot;
  list.length = length;
}
