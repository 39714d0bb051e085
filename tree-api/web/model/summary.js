/** @import { Table } from './store.js' */

/**
 * How many processes have each value of a text column.
 * @param {Table<any>} store
 * @param {string} key
 * @returns {Map<string, number>} "" stands for "not known".
 */
export function countBy(store, key) {
  const values = store.texts[key];
  const counts = new Map();
  for (let slot = 0; slot < store.size; slot++) {
    if (store.ids[slot] === '') continue;
    counts.set(values[slot], (counts.get(values[slot]) ?? 0) + 1);
  }
  return counts;
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
