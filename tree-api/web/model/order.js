import { isNumberKey } from './columns.js';

/** @import { Store } from './store.js' */
/** @import { Links } from './links.js' */

/**
 * The order in which siblings stand.
 * @typedef {object} Sort
 * @property {string} key A column.
 * @property {boolean} descending
 */

/**
 * Sorts the slots by one column. What is not known comes last in either direction, and
 * equals stand by PID. Between two updates little moves, and the engine's merge sort
 * needs hardly more than one look at each process when it starts from the last order.
 */
export class Sorter {
  /** @type {number[]} All slots in use. */
  slots = [];
  #member = new Uint8Array(0);

  /**
   * @param {Store} store
   * @param {Links} links
   * @param {Sort} sort
   * @param {boolean} byBranch Whether a process counts with all that is below it.
   */
  run(store, links, { key, descending }, byBranch) {
    this.#bringUpToDate(store);
    const { pid, start } = store.numbers;
    const byValue = isNumberKey(key)
      ? compareNumbers((byBranch && links.sums[key]) || store.numbers[key])
      : compareTexts(store.texts[key], this.slots);
    const sign = descending ? -1 : 1;
    this.slots.sort((a, b) => byValue(a, b, sign) || pid[a] - pid[b] || start[a] - start[b] || a - b);
  }

  /**
   * Takes out the slots that are free now and appends the new ones.
   * @param {Store} store
   */
  #bringUpToDate(store) {
    this.#member = new Uint8Array(store.size);
    this.slots = this.slots.filter((slot) => store.ids[slot] !== '');
    for (const slot of this.slots) this.#member[slot] = 1;
    for (let slot = 0; slot < store.size; slot++) {
      if (store.ids[slot] !== '' && !this.#member[slot]) this.slots.push(slot);
    }
  }
}

/**
 * @param {Float64Array} values
 * @returns {(a: number, b: number, sign: number) => number}
 */
function compareNumbers(values) {
  return (a, b, sign) => {
    const x = values[a];
    const y = values[b];
    if (x < y) return -sign;
    if (x > y) return sign;
    if (x === y) return 0;
    return (x !== x ? 1 : 0) - (y !== y ? 1 : 0);
  };
}

/**
 * @param {string[]} values
 * @param {number[]} slots
 * @returns {(a: number, b: number, sign: number) => number}
 */
function compareTexts(values, slots) {
  /** @type {string[]} */
  const lower = [];
  for (const slot of slots) lower[slot] = values[slot].toLowerCase();
  return (a, b, sign) => {
    const x = lower[a];
    const y = lower[b];
    if (x === y) return 0;
    if (x === '') return 1;
    if (y === '') return -1;
    return x < y ? -sign : sign;
  };
}
