import { TEXTS_OF, stepsTo } from './branches.js';
import { NONE } from './link-change.js';

/** @import { By, Step } from './branches.js' */
/** @import { Table } from './store.js' */

/**
 * What some rows have in common.
 * @typedef {Step & {id: string, parent: Branch|undefined, slot: number, usedIn: number, kernelOnly: boolean}} Branch
 */

/** The parts of an id: what stands between them, and what an id in an address or an attribute must not have. */
const UNSAFE = /[%,/:\s]/g;

/** @param {string} text */
const escape = (text) => text.replace(UNSAFE, (c) => encodeURIComponent(c));

/**
 * A table whose rows stand below branches, not below their parents: `rows` is another table, and the
 * branches stand in the slots behind its last. They have a name and nothing else, so that the sums of
 * the tree are theirs. The rows themselves, and their slots, stay those of the other table.
 * @implements {Table<any>}
 */
export class Nested {
  /** @type {Branch[]} */
  #branches = [];
  /** @type {Exclude<By, 'parent'>} */
  #by = 'cgroup';
  /** All that were made, by their ids. @type {Map<string, Branch>} */
  #made = new Map();
  /** @type {Map<string, number>} */
  #slots = new Map();
  /** The branch of each row, by slot. @type {(Branch|undefined)[]} */
  #leaves = [];
  /** What the leaves follow from: text by text, slot by slot. @type {string[][]} */
  #seen = [];
  /** By all these texts together. @type {Map<string, Branch>} */
  #leafOf = new Map();
  #round = 0;
  /** @type {string[]} */
  ids = [];
  #places;

  /**
   * @param {Table<any>} rows
   * @param {(metric: string) => string|undefined} keyOf The column of a metric.
   */
  constructor(rows, keyOf) {
    this.rows = rows;
    this.keyOf = keyOf;
    const branches = this.#slots;
    const get = (/** @type {string} */ id) => rows.slots.get(id) ?? branches.get(id);
    this.#places = { get, has: (/** @type {string} */ id) => get(id) !== undefined, get size() { return rows.slots.size + branches.size; } };
  }

  get by() { return this.#by; }

  /** Nests by something else. @param {Exclude<By, 'parent'>} by */
  nest(by) {
    if (by === this.#by) return;
    this.#by = by;
    this.#forget();
  }

  get columns() { return this.rows.columns; }
  get capacity() { return this.rows.capacity; }
  get numbers() { return this.rows.numbers; }
  get texts() { return this.rows.texts; }
  get kernel() { return this.rows.kernel; }
  get textChanged() { return this.rows.textChanged; }
  get size() { return this.rows.size + this.#branches.length; }
  get branchesFrom() { return this.rows.size; }

  /** Of the rows and the branches. */
  get slots() { return this.#places; }

  /** @param {number} slot */
  branchAt(slot) { return this.#branches[slot - this.rows.size]; }

  /** @param {any} message */
  apply(message) {
    // A row that comes finds its slot as if nobody had written there.
    for (const { slot } of this.#branches) this.#write(slot, '', false);
    const change = this.rows.apply(message);
    return { ...change, structure: this.update(change.structure) };
  }

  /** @param {number} capacity */
  grow(capacity) { this.rows.grow?.(capacity); }

  /** @param {number} a @param {number} b Branches first, by their names, those without one last. */
  compare(a, b) {
    const [x, y] = [this.branchAt(a), this.branchAt(b)];
    if (!x || !y) return x ? -1 : y ? 1 : this.rows.compare(a, b);
    if ((x.name === '') !== (y.name === '')) return x.name === '' ? 1 : -1;
    return x.label < y.label ? -1 : Number(x.label > y.label) || (x.id < y.id ? -1 : Number(x.id > y.id));
  }

  /** @param {Int32Array} parents */
  findParents(parents) {
    for (let slot = 0; slot < this.rows.size; slot++) parents[slot] = this.#leaves[slot]?.slot ?? NONE;
    for (const { slot, parent } of this.#branches) parents[slot] = parent?.slot ?? NONE;
  }

  /**
   * Follows the rows.
   * @param {boolean} structure Whether rows came or went.
   * @returns {boolean} Whether any branch is another, or has other rows.
   */
  update(structure) {
    const moved = this.#findLeaves();
    if (structure || moved) this.#place();
    for (const { slot, label, kernelOnly } of this.#branches) this.#write(slot, label, kernelOnly);
    return structure || moved;
  }

  /** Looks up the branch of each row whose texts are others than before. */
  #findLeaves() {
    const { rows } = this;
    const columns = TEXTS_OF[this.#by].map((metric) => rows.texts[this.keyOf(metric) ?? '']);
    const seen = columns.map((_, i) => this.#seen[i] ??= []);
    let moved = false;
    this.#leaves.length = rows.size;
    for (let slot = 0; slot < rows.size; slot++) {
      if (rows.ids[slot] === '') {
        this.#leaves[slot] = undefined;
        continue;
      }
      let same = this.#leaves[slot] !== undefined;
      for (let i = 0; i < columns.length; i++) {
        const text = columns[i]?.[slot] ?? '';
        if (seen[i][slot] === text) continue;
        seen[i][slot] = text;
        same = false;
      }
      if (same) continue;
      this.#leaves[slot] = this.#leafFor(seen.map((column) => column[slot]));
      moved = true;
    }
    return moved;
  }

  /** @param {string[]} texts As in TEXTS_OF. */
  #leafFor(texts) {
    const key = JSON.stringify(texts);
    let leaf = this.#leafOf.get(key);
    if (leaf) return leaf;
    const metrics = TEXTS_OF[this.#by];
    for (const step of stepsTo(this.#by, (metric) => texts[metrics.indexOf(metric)])) {
      /** @type {string} */
      const id = `${leaf?.id ?? `${this.#by}:`}/${step.kind}:${escape(step.name)}`;
      /** @type {Branch} */
      const made = this.#made.get(id) ?? { ...step, id, parent: leaf, slot: NONE, usedIn: 0, kernelOnly: false };
      // A pod's name can come later than the pod.
      made.label = step.label;
      this.#made.set(id, made);
      leaf = made;
    }
    this.#leafOf.set(key, /** @type {Branch} */ (leaf));
    return /** @type {Branch} */ (leaf);
  }

  /** Puts the branches that have rows behind these. */
  #place() {
    const { rows } = this;
    const branches = this.#used();
    if (this.#made.size > 2 * branches.length + 64) {
      // What is gone for long is forgotten.
      for (const [id, { usedIn }] of this.#made) if (usedIn !== this.#round) this.#made.delete(id);
      for (const [key, { usedIn }] of this.#leafOf) if (usedIn !== this.#round) this.#leafOf.delete(key);
    }
    this.#branches = branches;
    const end = rows.size + branches.length;
    if (end > rows.capacity) this.grow(Math.max(end, 2 * rows.capacity));
    this.ids = rows.ids.slice(0, rows.size);
    this.#slots.clear();
    for (const [at, branch] of branches.entries()) {
      branch.slot = rows.size + at;
      this.ids[branch.slot] = branch.id;
      this.#slots.set(branch.id, branch.slot);
    }
  }

  /** @param {number} slot @param {string} label @param {boolean} kernelOnly */
  #write(slot, label, kernelOnly) {
    const column = this.rows.texts[this.keyOf('name') ?? ''];
    if (column) column[slot] = label;
    this.rows.kernel[slot] = Number(kernelOnly);
  }

  /** The branches of the rows, each after the one above it. */
  #used() {
    this.#round++;
    /** @type {Branch[]} */
    const used = [];
    for (let slot = 0; slot < this.rows.size; slot++) {
      const isKernel = this.rows.kernel[slot] === 1;
      const fresh = [];
      for (let branch = this.#leaves[slot]; branch; branch = branch.parent) {
        if (branch.usedIn === this.#round) {
          // Those above it are no longer of the kernel alone either.
          if (isKernel || !branch.kernelOnly) continue;
        } else fresh.push(branch);
        branch.usedIn = this.#round;
        branch.kernelOnly = isKernel;
      }
      for (const branch of fresh.reverse()) used.push(branch);
    }
    return used;
  }

  #forget() {
    this.#made.clear();
    this.#leafOf.clear();
    this.#leaves = [];
    this.#seen = [];
  }
}
