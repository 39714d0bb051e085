/**
 * What has changed in a table of processes since the last patch, slot by slot. It is made
 * where the stream is read, in a worker, and copied to where the tree is shown: arrays of
 * numbers cost next to nothing on that way.
 */
import { NUMBER_COLUMNS, TEXT_COLUMNS } from './columns.js';

/** @import { Store } from './store.js' */

/**
 * One text column of some slots: words[index[i]] is the text in slot i of the list. Most
 * texts are shared by many processes.
 * @typedef {{words: string[], index: Uint32Array}} Texts
 */

/**
 * @typedef {object} Patch
 * @property {number} size One more than the highest slot ever used.
 * @property {Int32Array} slots Where a value changed.
 * @property {Float64Array} numbers Their values, column after column as in NUMBER_COLUMNS.
 * @property {Int32Array} textSlots Where a text changed, or another process stands than before.
 * @property {string[]} ids The ids there, "" where the slot is free now.
 * @property {Uint8Array} kernel
 * @property {Texts[]} texts As in TEXT_COLUMNS.
 * @property {Int32Array} [parents] The slot of each slot's parent; absent where none changed.
 */

/**
 * Takes down what has changed, and forgets that it has.
 * @param {Store} store
 * @param {boolean} structure Whether processes came, went, or moved to another parent.
 * @returns {Patch}
 */
export function takePatch(store, structure) {
  const slots = takeMarked(store.changed, store.size);
  const textSlots = takeMarked(store.textChanged, store.size);
  return {
    size: store.size,
    slots,
    numbers: numbersOf(store, slots),
    textSlots,
    ids: Array.from(textSlots, (slot) => store.ids[slot]),
    kernel: Uint8Array.from(textSlots, (slot) => store.kernel[slot]),
    texts: TEXT_COLUMNS.map(({ key }) => textsOf(store.texts[key], textSlots)),
    parents: structure ? parentsOf(store) : undefined,
  };
}

/** What of a patch can be handed over without a copy. @param {Patch} patch @returns {ArrayBuffer[]} */
export function buffersOf({ slots, numbers, textSlots, kernel, texts, parents }) {
  return [slots, numbers, textSlots, kernel, ...texts.map(({ index }) => index), parents].flatMap((array) => (array ? /** @type {ArrayBuffer} */ (array.buffer) : []));
}

/** @param {Uint8Array} marks @param {number} size */
function takeMarked(marks, size) {
  const marked = new Int32Array(size);
  let count = 0;
  for (let slot = 0; slot < size; slot++) if (marks[slot] === 1) marked[count++] = slot;
  marks.fill(0, 0, size);
  return marked.slice(0, count);
}

/** @param {Store} store @param {Int32Array} slots */
function numbersOf(store, slots) {
  const { length } = slots;
  const numbers = new Float64Array(length * NUMBER_COLUMNS.length);
  NUMBER_COLUMNS.forEach(({ key }, place) => {
    const column = store.numbers[key];
    const at = place * length;
    // The first patch has them all; its code has not run before, and would be slow.
    if (length === store.size) numbers.set(column.subarray(0, length), at);
    else for (let i = 0; i < length; i++) numbers[at + i] = column[slots[i]];
  });
  return numbers;
}

/** @param {readonly string[]} column @param {Int32Array} slots @returns {Texts} */
function textsOf(column, slots) {
  /** @type {Map<string, number>} */
  const places = new Map();
  const index = new Uint32Array(slots.length);
  let before;
  let place = 0;
  for (let i = 0; i < slots.length; i++) {
    const text = column[slots[i]];
    // Neighbours are often alike.
    if (text !== before) place = places.get(text) ?? places.size;
    if (place === places.size) places.set(text, place);
    index[i] = place;
    before = text;
  }
  return { words: [...places.keys()], index };
}

/** @param {Store} store */
function parentsOf(store) {
  const parents = new Int32Array(store.capacity);
  store.findParents(parents);
  return parents.slice(0, store.size);
}
