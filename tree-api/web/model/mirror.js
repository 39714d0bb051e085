import { NUMBER_COLUMNS, TEXT_COLUMNS } from './columns.js';
import { derive } from './derived.js';
import { ProcessTable } from './process-table.js';

/** @import { Patch } from './patch.js' */
/** @import { Change, Table } from './store.js' */

/**
 * The table of processes as a Store elsewhere has it, kept alike by its patches. The patches
 * of another Store, which may be smaller, may follow from its first one on.
 * @implements {Table<Patch>}
 */
export class Mirror extends ProcessTable {
  /** @type {Int32Array} */
  #parents = new Int32Array(0);

  /** @param {Int32Array} parents */
  findParents(parents) { parents.set(this.#parents); }

  /**
   * @param {Patch} patch
   * @returns {Change}
   */
  apply(patch) {
    this.#forget(patch.size, this.ids.length);
    if (patch.size > this.capacity) this.grow(Math.max(patch.size, this.capacity * 2));
    for (const id of this.ids.splice(patch.size)) this.slots.delete(id);
    this.size = patch.size;
    this.#takeNumbers(patch);
    this.#takeIds(patch);
    this.#takeTexts(patch);
    if (patch.parents) this.#parents = patch.parents;
    return { structure: patch.parents !== undefined, missed: 0 };
  }

  /** Behind the last process nothing is known. @param {number} size @param {number} before How many slots there were. */
  #forget(size, before) {
    if (size >= before) return;
    for (const key of this.columns.numbers) this.numbers[key].fill(NaN, size, before);
    for (const { key } of TEXT_COLUMNS) this.texts[key].fill('', size, before);
    this.kernel.fill(0, size, before);
  }

  /** @param {Patch} patch */
  #takeNumbers({ size, slots, numbers }) {
    const { length } = slots;
    NUMBER_COLUMNS.forEach(({ key }, column) => {
      const into = this.numbers[key];
      const from = column * length;
      if (length === size) into.set(numbers.subarray(from, from + length));
      else for (let i = 0; i < length; i++) into[slots[i]] = numbers[from + i];
    });
    for (let i = 0; i < length; i++) derive(this.numbers, slots[i]);
  }

  /** All that go are taken out first: an id may come back in another slot. @param {Patch} patch */
  #takeIds({ textSlots, ids }) {
    const moved = [];
    for (let i = 0; i < ids.length; i++) if ((this.ids[textSlots[i]] ?? '') !== ids[i]) moved.push(i);
    for (const i of moved) this.slots.delete(this.ids[textSlots[i]] ?? '');
    for (const i of moved) {
      this.ids[textSlots[i]] = ids[i];
      if (ids[i] !== '') this.slots.set(ids[i], textSlots[i]);
    }
  }

  /** @param {Patch} patch */
  #takeTexts({ textSlots, kernel, texts }) {
    TEXT_COLUMNS.forEach(({ key }, column) => {
      const into = this.texts[key];
      const { words, index } = texts[column];
      for (let i = 0; i < textSlots.length; i++) into[textSlots[i]] = words[index[i]];
    });
    for (let i = 0; i < textSlots.length; i++) {
      this.kernel[textSlots[i]] = kernel[i];
      this.textChanged[textSlots[i]] = 1;
    }
  }
}
