/**
 * The process tree behind the page and the Grafana panel: it takes the messages of the
 * stream (docs/api.md) and answers which rows to show. It knows nothing of a browser.
 */
import { canNest } from './model/branches.js';
import { CONTEXT, MATCH, Matcher } from './model/filter.js';
import { Folding } from './model/folding.js';
import { Links, NONE } from './model/links.js';
import { Nested } from './model/nested.js';
import { Sorter } from './model/order.js';
import { Rows } from './model/rows.js';
import { countBy } from './model/summary.js';

/** @import { Table } from './model/store.js' */
/** @import { By } from './model/branches.js' */
/** @import { Filter } from './model/filter.js' */
/** @import { Expansion } from './model/folding.js' */
/** @import { Sort } from './model/order.js' */

/** @typedef {'tree'|'list'} Shape */

/** No stage has to be gone through again. */
const FRESH = { links: false, sums: false, marks: false, order: false, rows: false };

/**
 * Setters and `apply` only note what has changed; `rows` brings everything up to date
 * once, however many messages came before it. Processes are named by their slot, which
 * is valid until the next `apply`, and by their id, which is valid for ever.
 * @template [M=any] What `apply` takes.
 */
export class TreeModel {
  #table;
  #nested;
  /** @type {By} */
  #by = 'parent';
  #links = new Links();
  /** The rows below their parents while they are nested by something else, and whether it is up to date. */
  #family = { links: new Links(), linked: false, summed: false };
  #matcher = new Matcher();
  #folding = new Folding();
  #sorter = new Sorter();
  #rows = new Rows();
  /** @type {Sort} */
  #sort = { key: 'pid', descending: false };
  /** @type {Shape} */
  #shape = 'tree';
  #stale = { links: true, sums: true, marks: true, order: true, rows: true };
  #version = 0;

  /**
   * @param {Table<M>} table What is shown; a Store has processes.
   * @param {(metric: string) => string|undefined} [keyOf] Which column has a metric of a process.
   */
  constructor(table, keyOf = (metric) => metric) {
    this.#table = table;
    this.#nested = new Nested(table, keyOf);
  }

  /** The table as it is linked: that of the rows, with branches if they are nested by something else than their parents. */
  get #store() { return this.#isNested ? this.#nested : this.#table; }

  get #isNested() { return this.#by !== 'parent' && this.#shape === 'tree'; }

  /**
   * Takes a message in. A process given twice counts once, with what came last.
   * @param {M} message
   * @returns {{missed: number}} missed is the number of changes to processes that are not
   *   in the table: not 0 means that a message was lost and a full one is needed.
   */
  apply(message) {
    const { structure, missed } = this.#store.apply(message);
    if (structure) this.#folding.prune((id) => this.#store.slots.has(id) || this.#isOfAnotherTree(id));
    this.#family.linked &&= !structure;
    this.#family.summed = false;
    this.#spoil(structure ? 'links' : 'sums');
    return { missed };
  }

  /** @param {Sort} sort A key that is no column is an error. */
  setSort({ key, descending }) {
    if (!Object.hasOwn(this.#table.numbers, key) && !Object.hasOwn(this.#table.texts, key)) throw new RangeError(`sort: no column is named "${key}"`);
    this.#sort = { key, descending };
    this.#spoil('order');
  }

  get sort() { return this.#sort; }

  /** What the rows of a tree stand below: their parents, or what they have in common. @param {By} by */
  setNesting(by) {
    if (by === this.#by) return;
    this.#by = by;
    if (by !== 'parent') this.#nested.nest(by);
    this.#relink();
  }

  get nesting() { return this.#by; }

  /** Whether rows can be nested by something. @param {By} by */
  canNest(by) { return canNest(by, this.#table.columns, this.#nested.keyOf); }

  /** @param {Filter} filter {} shows everything. */
  setFilter(filter) {
    this.#matcher.set(filter, this.#table.columns);
    this.#folding.forgetMatches();
    this.#spoil('marks');
  }

  /** What is wrong with the search, '' if nothing is: then the one before it stays in force. */
  get searchError() { return this.#matcher.error; }

  /** The words of the search, to be marked where they are found. */
  get words() { return this.#matcher.words; }

  /** Searches that the exporter has to answer: who has a port or a file open. */
  get questions() { return this.#matcher.questions; }

  /** Takes the answer to one of them. @param {string} question @param {ReadonlySet<string>} ids */
  answer(question, ids) {
    this.#matcher.answer(question, ids);
    this.#spoil('marks');
  }

  /** The process whose PID is exactly what is searched for, NONE (-1) if there is none. */
  get exactMatch() {
    const { words } = this;
    if (words.length !== 1 || !/^[0-9]+$/.test(words[0]) || !this.#table.columns.numbers.includes('pid')) return NONE;
    const slot = this.column('pid').indexOf(Number(words[0]));
    return slot >= 0 && this.#matcher.marks[slot] === MATCH ? slot : NONE;
  }

  /** @param {Shape} shape A list has no branches: every match stands by itself. */
  setShape(shape) {
    const wasNested = this.#isNested;
    this.#shape = shape;
    if (this.#isNested !== wasNested) this.#relink();
    this.#spoil('order');
  }

  /** The rows stand below others than before. */
  #relink() {
    if (this.#isNested) this.#nested.update(true);
    this.#spoil('links');
  }

  /**
   * Takes a whole state as `expansion` gave it. A filter that goes with it is set before:
   * setFilter opens what leads to its matches.
   * @param {Expansion} expansion
   */
  setExpansion(expansion) {
    this.#folding.restore(expansion);
    this.#spoil('rows');
  }

  get expansion() { return this.#folding.expansion; }

  /** The slots of the processes that pass the filter. @returns {number[]} */
  matchSlots() {
    this.rows();
    const { marks } = this.#matcher;
    return this.#sorter.slots.filter((slot) => marks[slot] === MATCH && !this.isBranch(slot));
  }

  /** Opens or folds every branch; while a filter is on, for as long as that stays. @param {boolean} open */
  setAllExpanded(open) {
    this.#folding.setAll(open, this.#matcher.active);
    this.#spoil('rows');
  }

  /** @param {string} id @param {boolean} open */
  setExpanded(id, open) {
    this.#folding.set(id, open, this.#matcher.active);
    this.#spoil('rows');
  }

  /**
   * Opens all that is above a process, so that it has a row if the filter lets it.
   * @param {string} id
   */
  reveal(id) {
    const slot = this.slotOf(id);
    if (slot === NONE) return;
    for (let s = this.parentOf(slot); s !== NONE; s = this.#links.parent[s]) this.setExpanded(this.idOf(s), true);
  }

  /** The rows to show now; valid until the next change of the model. */
  rows() {
    const stale = this.#stale;
    if (!stale.rows) return this.#rows;
    const byBranch = this.#shape === 'tree';
    if (stale.links) {
      this.#links.link(this.#store);
      this.#sorter.setMembers(this.#store);
    }
    if (stale.sums) this.#links.forgetSums();
    if (stale.marks) this.#matcher.run(this.#store, this.#links);
    if (stale.order) this.#sorter.run(this.#store, this.#links, this.#sort, byBranch);
    if (stale.rows) this.#show(byBranch);
    Object.assign(stale, FRESH);
    this.#version++;
    return this.#rows;
  }

  /** A number that changes with the rows and what they show: what was calculated from them holds as long as it is the same. */
  get version() {
    this.rows();
    return this.#version;
  }

  /** How many processes are in the table. */
  get total() { return this.#table.slots.size; }

  /** One more than the highest slot, that of a branch included. */
  get size() { return this.#store.size; }

  /** How many of them the filter lets pass, ancestors that are kept for them left out. */
  get matched() {
    this.rows();
    return this.#matcher.matched;
  }

  /** @param {string} id Of a process or a branch. @returns {number} NONE (-1) for one that is not in the table. */
  slotOf(id) { return this.#store.slots.get(id) ?? NONE; }

  /** @param {number} slot */
  idOf(slot) { return this.#store.ids[slot]; }

  /**
   * @param {number} slot
   * @param {string} key A number column.
   * @returns {number} NaN: not known.
   */
  number(slot, key) { return this.#store.numbers[key][slot]; }

  /**
   * @param {number} slot
   * @param {string} key A text column.
   * @returns {string} "": not known.
   */
  text(slot, key) { return this.#store.texts[key][slot]; }

  /**
   * A number column by slot, those in use and the free ones (NaN) alike. To be read only,
   * and only until the next `apply`.
   * @param {string} key
   */
  column(key) { return this.#table.numbers[key].subarray(0, this.#table.size); }

  /** Whether it is a thread of the kernel, or a branch of nothing else. @param {number} slot */
  isKernel(slot) { return this.#store.kernel[slot] === 1; }

  /** Whether a slot holds no process, but what processes have in common. @param {number} slot */
  isBranch(slot) { return this.#isNested && slot >= this.#nested.branchesFrom; }

  /** What a branch stands for: its kind, and its name, "" where that is not known. @param {number} slot */
  branchOf(slot) { return this.#isNested ? this.#nested.branchAt(slot) : undefined; }

  /**
   * Whose child each process is, and the sums over it and its descendants, whatever the rows are nested by.
   * @returns {{parentOf: (slot: number) => number, sizeOf: (slot: number) => number, sumOf: (slot: number, key: string) => number}}
   */
  get family() {
    const links = this.#familyLinks();
    const table = this.#table;
    return {
      parentOf: (slot) => links.parent[slot],
      sizeOf: (slot) => links.processes[slot],
      sumOf: (slot, key) => (table.columns.sums.includes(key) ? links.sumsOf(table, key)[slot] : table.numbers[key][slot]),
    };
  }

  #familyLinks() {
    this.rows();
    const family = this.#family;
    if (!this.#isNested) return this.#links;
    if (!family.linked) family.links.link(this.#table);
    if (!family.summed) family.links.forgetSums();
    family.linked = family.summed = true;
    return family.links;
  }

  /**
   * The sum over a process and all below it; its own value in a column that has no sum.
   * @param {number} slot
   * @param {string} key A number column.
   */
  branchNumber(slot, key) {
    this.rows();
    return this.#store.columns.sums.includes(key) ? this.#links.sumsOf(this.#store, key)[slot] : this.number(slot, key);
  }

  /** How many processes a branch has, its top included if that is one. @param {number} slot */
  branchSize(slot) {
    this.rows();
    return this.#links.processes[slot];
  }

  /** All descendants of a process, parents before their children, whatever the rows are nested by. @param {number} slot @returns {number[]} */
  descendantsOf(slot) {
    const { parent, order, count } = this.#familyLinks();
    const inside = new Set([slot]);
    for (let i = 0; i < count; i++) if (inside.has(parent[order[i]])) inside.add(order[i]);
    inside.delete(slot);
    return [...inside];
  }

  /** What a row stands below. @param {number} slot */
  parentOf(slot) {
    this.rows();
    return this.#links.parent[slot];
  }

  /** @param {number} slot */
  isExpandable(slot) { return this.rows().expandable[slot] === 1; }

  /** @param {number} slot */
  isExpanded(slot) { return this.#isOpen(slot) && this.isExpandable(slot); }

  /** Whether a process is shown only because something below it matches. @param {number} slot */
  isContext(slot) {
    this.rows();
    return this.#matcher.marks[slot] === CONTEXT;
  }

  /** See model/summary.js. @param {string} key */
  countBy(key) { return countBy(this.#table, key); }

  /** What is folded in a tree by something else stays so until that is shown again. @param {string} id */
  #isOfAnotherTree(id) { return id.includes(':') && !(this.#isNested && id.startsWith(`${this.#by}:`)); }

  /** @param {number} slot */
  #isOpen(slot) { return this.#folding.isOpen(this.#store.ids[slot], this.#matcher.active); }

  /** @param {boolean} asTree */
  #show(asTree) {
    const { slots } = this.#sorter;
    const { marks } = this.#matcher;
    if (asTree) this.#rows.showTree(slots, this.#links, marks, (slot) => this.#isOpen(slot));
    else this.#rows.showList(slots, marks.map((mark) => (mark === MATCH ? MATCH : 0)), this.exactMatch);
  }

  /** @param {'links'|'sums'|'marks'|'order'|'rows'} from The first stage to go through again. */
  #spoil(from) {
    const stale = this.#stale;
    stale.rows = true;
    stale.links ||= from === 'links';
    stale.sums ||= stale.links || from === 'sums';
    stale.order ||= stale.sums || from === 'order';
    stale.marks ||= stale.sums || from === 'marks';
  }
}
