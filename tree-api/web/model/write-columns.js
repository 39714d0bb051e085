/**
 * The processes of a full message in columns (docs/api.md): each field of all of them at
 * once, which takes a fraction of the time of ten thousand objects.
 */
import { NUMBER_COLUMNS, TEXT_COLUMNS } from './columns.js';
import { toNumber, toText } from './fields.js';
import { NONE } from './link-change.js';

/** @import { Store } from './store.js' */

/**
 * As the API sends them, with the ids in `id`: a value as a list, or within an object; a
 * text as {values, index}. Any may be absent.
 * @typedef {Record<string, any>} SentColumns
 */

/** What stands for the processes, in their order; not all need be ids. @param {SentColumns} columns */
export const idsOf = (columns) => listOf(columns.id);

/**
 * @param {Store} store
 * @param {Int32Array} slots Where each process of the message goes; NONE: nowhere.
 * @param {SentColumns} columns
 */
export function writeColumns(store, slots, columns) {
  for (const { key, within, field } of NUMBER_COLUMNS) {
    const figures = listOf((within ? columns[within] : columns)?.[field]);
    const into = store.numbers[key];
    for (let i = 0; i < slots.length; i++) if (slots[i] !== NONE) into[slots[i]] = toNumber(figures[i]);
  }
  for (const { key, field } of TEXT_COLUMNS) writeWords(store.texts[key], store.textChanged, slots, columns[field], toText);
  writeWords(store.kernel, store.textChanged, slots, columns.kernel, (value) => (value ? 1 : 0));
}

/**
 * @template T
 * @param {Record<number, T>} into
 * @param {Uint8Array} changed Gets 1 where something else stands than before.
 * @param {Int32Array} slots
 * @param {any} column
 * @param {(value: any) => T} make
 */
function writeWords(into, changed, slots, column, make) {
  const words = listOf(column?.values).map(make);
  const index = listOf(column?.index);
  const unknown = make(null);
  for (let i = 0; i < slots.length; i++) {
    const slot = slots[i];
    if (slot === NONE) continue;
    const word = words[index[i]] ?? unknown;
    if (into[slot] === word) continue;
    into[slot] = word;
    changed[slot] = 1;
  }
}

/** @param {any} value @returns {any[]} */
const listOf = (value) => (Array.isArray(value) ? value : []);
