import { NUMBER_COLUMNS, TEXT_COLUMNS } from './columns.js';

/** @import { Store } from './store.js' */

/** @param {any} value */
export const toNumber = (value) => (typeof value === 'number' ? value : NaN);

/** @param {any} value */
export function toText(value) {
  if (typeof value === 'string') return value;
  return Array.isArray(value) ? value.join(' ') : '';
}

/** @typedef {(store: Store, slot: number, value: any) => void} FieldWriter */

/** By JSON field of a node: what fills the columns from it. */
export const FIELD_WRITERS = makeFieldWriters();

function makeFieldWriters() {
  /** @type {Map<string, FieldWriter>} */
  const writers = new Map();
  for (const { key, field } of NUMBER_COLUMNS.filter((c) => !c.within)) {
    writers.set(field, (store, slot, value) => { store.numbers[key][slot] = toNumber(value); });
  }
  for (const within of new Set(NUMBER_COLUMNS.flatMap((c) => c.within ?? []))) {
    const columns = NUMBER_COLUMNS.filter((c) => c.within === within);
    writers.set(within, (store, slot, value) => {
      for (const { key, field } of columns) store.numbers[key][slot] = toNumber(value?.[field]);
    });
  }
  for (const { key, field } of TEXT_COLUMNS) {
    writers.set(field, (store, slot, value) => {
      store.texts[key][slot] = toText(value);
      store.textChanged[slot] = 1;
    });
  }
  writers.set('kernel', (store, slot, value) => { store.kernel[slot] = value ? 1 : 0; });
  return writers;
}
