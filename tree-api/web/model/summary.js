/** @import { Table } from './store.js' */

/**
 * How many processes have each value of a text column.
 * @param {Table<any>} store
 * @param {string} key
 * @returns {Map<string, number>} "" stands for "not known".
 */
export function countBy(store, key) {
  const values = store.texts[key];
  /** @type {Map<string, number>} */
  const counts = new Map();
  // Neighbours are often alike: they are counted together.
  let last = '';
  let run = 0;
  for (let slot = 0; slot < store.size; slot++) {
    if (store.ids[slot] === '') continue;
    if (values[slot] !== last) {
      add(counts, last, run);
      last = values[slot];
      run = 0;
    }
    run++;
  }
  add(counts, last, run);
  return counts;
}

/** @param {Map<string, number>} counts @param {string} value @param {number} count */
function add(counts, value, count) {
  if (count > 0) counts.set(value, (counts.get(value) ?? 0) + count);
}

/**
 * The processes with the largest values of a number column above 0, largest first.
 * @param {Table<any>} store
 * @param {string} key
 * @param {number} most
 * @returns {number[]} Slots.
 */
export function largest(store, key, most) {
  const values = store.numbers[key];
  /** @type {number[]} */
  const top = [];
  for (let slot = 0; slot < store.size; slot++) {
    if (store.ids[slot] === '' || !(values[slot] > 0)) continue;
    if (top.length === most && !(values[slot] > values[top[most - 1]])) continue;
    let at = top.length;
    while (at > 0 && values[top[at - 1]] < values[slot]) at--;
    top.splice(at, 0, slot);
    if (top.length > most) top.pop();
  }
  return top;
}
