import { LinkChange, NONE } from './link-change.js';

/** @import { Table } from './store.js' */

export { NONE };

/**
 * Who is whose parent, and the sums over each branch. A process whose parent is not in
 * the table is a root, as is one that names itself. Of parents that form a circle, which
 * a torn reading could claim, the first becomes a root: every process is in the tree
 * exactly once, whatever the data say.
 */
export class Links {
  /** The parent's slot, NONE for a root. */
  parent = new Int32Array(0);
  /** All slots in use, each after its parent; `count` of them. */
  order = new Int32Array(0);
  count = 0;
  /** How many processes each branch has, its top included. */
  processes = new Uint32Array(0);
  /** The sums made so far, by column. @type {Record<string, Float64Array>} */
  #sums = {};
  /** The columns whose sums are those of the present values. @type {Set<string>} */
  #added = new Set();
  #child = new Int32Array(0);
  #next = new Int32Array(0);
  /** 1 for the slots in the order. */
  #placed = new Uint8Array(0);
  #change = new LinkChange();

  /** @param {Table<any>} store */
  link(store) {
    this.#fit(store.capacity);
    if (!this.#change.find(store, this.parent, this.#placed) || !this.#amend()) this.#linkAll(store);
    this.#countBranches(store.branchesFrom ?? store.size);
    this.forgetSums();
  }

  /**
   * Brings the order up to date by what has changed: most stay where they are.
   * @returns {boolean} false if that does not do.
   */
  #amend() {
    const { came, moved, at } = this.#change;
    let count = 0;
    for (let i = 0; i < this.count; i++) {
      const slot = this.order[i];
      if (!this.#placed[slot]) continue;
      at[slot] = count;
      this.order[count++] = slot;
    }
    this.count = count;
    for (const slot of moved) {
      const parent = this.parent[slot];
      if (parent !== NONE && !(this.#placed[parent] && at[parent] < at[slot])) return false;
    }
    for (const slot of came) if (!this.#placeBelowParent(slot, came.length)) return false;
    return true;
  }

  /**
   * Appends a slot to the order, and before it those above it that are not there yet.
   * @param {number} slot
   * @param {number} most How many can be missing; more are a circle.
   */
  #placeBelowParent(slot, most) {
    const missing = [];
    for (let s = slot; s !== NONE && !this.#placed[s]; s = this.parent[s]) {
      if (missing.push(s) > most) return false;
    }
    for (const s of missing.reverse()) {
      this.#placed[s] = 1;
      this.order[this.count++] = s;
    }
    return true;
  }

  /** @param {Table<any>} store */
  #linkAll(store) {
    this.#listChildren(store);
    this.count = 0;
    this.#placed.fill(0, 0, store.size);
    for (let slot = 0; slot < store.size; slot++) {
      if (store.ids[slot] !== '' && this.parent[slot] === NONE) this.#placeBranch(slot);
    }
    if (this.count < store.slots.size) this.#breakCircles(store);
  }

  /** Forgets the sums: to be called when values changed. */
  forgetSums() { this.#added.clear(); }

  /**
   * The sums of a column over each branch, by slot; NaN where nothing in the branch is
   * known. They are made when they are asked for, as few columns are.
   * @param {Table<any>} store
   * @param {string} key A column that has sums.
   */
  sumsOf(store, key) {
    if (!(this.#sums[key]?.length >= store.capacity)) this.#sums[key] = new Float64Array(store.capacity);
    const sums = this.#sums[key];
    if (!this.#added.has(key)) this.#addUpColumn(sums, store.numbers[key], store.numbers[store.columns.sumsFrom?.[key] ?? '']);
    this.#added.add(key);
    return sums;
  }

  /** Counts the processes of each branch. @param {number} end The slot behind the last process. */
  #countBranches(end) {
    for (let i = 0; i < this.count; i++) this.processes[this.order[i]] = this.order[i] < end ? 1 : 0;
    for (let i = this.count - 1; i >= 0; i--) {
      const slot = this.order[i];
      const parent = this.parent[slot];
      if (parent !== NONE) this.processes[parent] += this.processes[slot];
    }
  }

  /**
   * @param {Float64Array} sum
   * @param {Float64Array} own
   * @param {Float64Array} [instead] What counts where it is known.
   */
  #addUpColumn(sum, own, instead) {
    sum.set(own);
    for (let i = 0; instead && i < this.count; i++) {
      const slot = this.order[i];
      if (instead[slot] === instead[slot]) sum[slot] = instead[slot];
    }
    for (let i = this.count - 1; i >= 0; i--) {
      const slot = this.order[i];
      const parent = this.parent[slot];
      const value = sum[slot];
      if (parent === NONE || value !== value) continue;
      sum[parent] = sum[parent] === sum[parent] ? sum[parent] + value : value;
    }
  }

  /** @param {Table<any>} store */
  #listChildren(store) {
    this.#child.fill(NONE, 0, store.size);
    for (let slot = 0; slot < store.size; slot++) {
      if (store.ids[slot] === '') continue;
      const parent = this.parent[slot];
      if (parent === NONE) continue;
      this.#next[slot] = this.#child[parent];
      this.#child[parent] = slot;
    }
  }

  /**
   * Appends root and all below it to the order, level by level.
   * @param {number} root
   */
  #placeBranch(root) {
    this.#placed[root] = 1;
    this.order[this.count++] = root;
    for (let at = this.count - 1; at < this.count; at++) {
      for (let c = this.#child[this.order[at]]; c !== NONE; c = this.#next[c]) {
        if (this.#placed[c]) continue;
        this.#placed[c] = 1;
        this.order[this.count++] = c;
      }
    }
  }

  /** @param {Table<any>} store */
  #breakCircles(store) {
    for (let slot = 0; slot < store.size; slot++) {
      if (store.ids[slot] === '' || this.#placed[slot]) continue;
      const root = this.#firstInCircle(slot, store);
      this.parent[root] = NONE;
      this.#placeBranch(root);
    }
  }

  /**
   * @param {number} slot A slot from which the parents lead into a circle.
   * @param {Table<any>} store
   */
  #firstInCircle(slot, store) {
    const met = new Set();
    while (!met.has(slot)) {
      met.add(slot);
      slot = this.parent[slot];
    }
    let first = slot;
    for (let s = this.parent[slot]; s !== slot; s = this.parent[s]) {
      if (store.compare(s, first) < 0) first = s;
    }
    return first;
  }

  /** @param {number} capacity */
  #fit(capacity) {
    if (this.parent.length >= capacity) return;
    this.parent = new Int32Array(capacity);
    this.count = 0;
    this.order = new Int32Array(capacity);
    this.processes = new Uint32Array(capacity);
    this.#child = new Int32Array(capacity);
    this.#next = new Int32Array(capacity);
    this.#placed = new Uint8Array(capacity);
  }
}
