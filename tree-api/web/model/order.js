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
 * starts from the last order; and of most values most are 0, so that those are not
 * compared at all.
 */
export class Sorter {
  /** @type {number[]} All slots in use. */
  slots = [];
  /** All slots in use, in the table's own order. @type {number[]} */
  #ranked = [];
  /** Whose slot each was when they were ranked. @type {string[]} */
  #ids = [];
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
    const stays = new Uint8Array(size);
    for (const slot of this.#ranked) stays[slot] = this.#ids[slot] === ids[slot] ? 1 : 0;
    const come = [];
    for (let slot = 0; slot < size; slot++) {
      if (stays[slot] === 1) continue;
      this.#ids[slot] = ids[slot];
      if (ids[slot] !== '') come.push(slot);
    }
    keep(this.slots, stays);
    for (const slot of come) this.slots.push(slot);
    keep(this.#ranked, stays);
    this.#rankAlso(come, (a, b) => store.compare(a, b));
  }

  /**
   * Few come at a time: they are sorted, and merged into those that were ranked already.
   * @param {number[]} come
   * @param {(a: number, b: number) => number} compare
   */
  #rankAlso(come, compare) {
    const ranked = this.#ranked;
    if (isSorted(ranked, compare)) {
      mergeInto(ranked, come.sort(compare), compare);
    } else {
      for (const slot of come) ranked.push(slot);
      ranked.sort(compare);
    }
    for (let i = 0; i < ranked.length; i++) this.#rank[ranked[i]] = i;
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
 * @param {number[]} list Slots.
 * @param {Uint8Array} stays 1 for those that stay, by slot.
 */
function keep(list, stays) {
  let length = 0;
  for (const slot of list) if (stays[slot] === 1) list[length++] = slot;
  list.length = length;
}

/** @param {readonly number[]} list @param {(a: number, b: number) => number} compare */
function isSorted(list, compare) {
  for (let i = 1; i < list.length; i++) if (compare(list[i - 1], list[i]) > 0) return false;
  return true;
}

/**
 * Merges a sorted list into another one, from the back so that none is overwritten.
 * @param {number[]} list
 * @param {readonly number[]} more
 * @param {(a: number, b: number) => number} compare
 */
function mergeInto(list, more, compare) {
  let at = list.length - 1;
  let i = more.length - 1;
  for (const slot of more) list.push(slot);
  for (let to = list.length - 1; i >= 0; to--) {
    list[to] = at >= 0 && compare(list[at], more[i]) > 0 ? list[at--] : more[i--];
  }
}
