import { NONE } from './links.js';
import { HIDDEN } from './filter.js';

/** @import { Links } from './links.js' */

/**
 * The rows to show from top to bottom: the tree walked depth first, without what is
 * folded away or filtered out.
 */
export class Rows {
  length = 0;
  /** The slot in each row. */
  slots = new Int32Array(0);
  /** How deep each row stands, 0 for a root. */
  depths = new Uint16Array(0);
  /** 1 where a slot has something below it to show, folded away or not; by slot. */
  expandable = new Uint8Array(0);
  #first = new Int32Array(0);
  #next = new Int32Array(0);
  /** @type {Int32Array} The row of each slot, NONE where it is not shown. */
  #rowOf = new Int32Array(0);

  /**
   * @param {number[]} order All slots, sorted.
   * @param {Links} links
   * @param {Uint8Array} marks
   * @param {(slot: number) => boolean} isOpen
   */
  showTree(order, links, marks, isOpen) {
    const firstRoot = this.#linkSiblings(order, links, marks);
    this.length = 0;
    let depth = 0;
    let slot = firstRoot;
    while (slot !== NONE) {
      this.#add(slot, depth);
      if (this.#first[slot] !== NONE && isOpen(slot)) {
        slot = this.#first[slot];
        depth++;
        continue;
      }
      while (this.#next[slot] === NONE && links.parent[slot] !== NONE) {
        slot = links.parent[slot];
        depth--;
      }
      slot = this.#next[slot];
    }
  }

  /**
   * @param {number[]} order
   * @param {Uint8Array} marks
   * @param {number} first The slot that comes before all others, NONE for none.
   */
  showList(order, marks, first) {
    this.#fit(marks.length);
    this.expandable.fill(0);
    this.length = 0;
    if (first !== NONE) this.#add(first, 0);
    for (const slot of order) if (marks[slot] !== HIDDEN && slot !== first) this.#add(slot, 0);
  }

  /**
   * @param {number} slot
   * @returns {number} Its row, NONE where it is not shown.
   */
  indexOf(slot) {
    return this.#rowOf[slot] ?? NONE;
  }

  /**
   * Links siblings in the given order and returns the first root.
   * @param {number[]} order
   * @param {Links} links
   * @param {Uint8Array} marks
   */
  #linkSiblings(order, links, marks) {
    this.#fit(marks.length);
    this.#first.fill(NONE);
    this.expandable.fill(0);
    let firstRoot = NONE;
    for (let i = order.length - 1; i >= 0; i--) {
      const slot = order[i];
      if (marks[slot] === HIDDEN) continue;
      const parent = links.parent[slot];
      if (parent === NONE) {
        this.#next[slot] = firstRoot;
        firstRoot = slot;
      } else {
        this.#next[slot] = this.#first[parent];
        this.#first[parent] = slot;
        this.expandable[parent] = 1;
      }
    }
    return firstRoot;
  }

  /**
   * @param {number} slot
   * @param {number} depth
   */
  #add(slot, depth) {
    this.#rowOf[slot] = this.length;
    this.slots[this.length] = slot;
    this.depths[this.length++] = depth;
  }

  /** @param {number} capacity */
  #fit(capacity) {
    if (this.slots.length < capacity) {
      this.slots = new Int32Array(capacity);
      this.depths = new Uint16Array(capacity);
      this.expandable = new Uint8Array(capacity);
      this.#first = new Int32Array(capacity);
      this.#next = new Int32Array(capacity);
      this.#rowOf = new Int32Array(capacity);
    }
    this.#rowOf.fill(NONE);
  }
}
