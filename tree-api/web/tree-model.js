/**
 * The process tree behind the page and the Grafana panel: it takes the messages of the
 * stream (docs/api.md) and answers which rows to show. It knows nothing of a browser.
 */
import { CONTEXT, MATCH, Matcher } from './model/filter.js';
import { Folding } from './model/folding.js';
import { Links, NONE } from './model/links.js';
import { Sorter } from './model/order.js';
import { Rows } from './model/rows.js';
import { countBy } from './model/summary.js';

/** @import { Table } from './model/store.js' */
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
  #store;
  #links = new Links();
  #matcher = new Matcher();
  #folding = new Folding();
  #sorter = new Sorter();
  #rows = new Rows();
  /** @type {Sort} */
  #sort = { key: 'pid', descending: false };
  /** @type {Shape} */
  #shape = 'tree';
  #stale = { links: true, sums: true, marks: true, order: true, rows: true };

  /** @param {Table<M>} table What is shown; a Store has processes. */
  constructor(table) {
    this.#store = table;
  }

  /**
   * Takes a message in. A process given twice counts once, with what came last.
   * @param {M} message
   * @returns {{missed: number}} missed is the number of changes to processes that are not
   *   in the table: not 0 means that a message was lost and a full one is needed.
   */
  apply(message) {
    const { structure, missed } = this.#store.apply(message);
    if (structure) this.#folding.prune((id) => this.#store.slots.has(id));
    this.#spoil(structure ? 'links' : 'sums');
    return { missed };
  }

  /** @param {Sort} sort A key that is no column is an error. */
  setSort({ key, descending }) {
    if (!Object.hasOwn(this.#store.numbers, key) && !Object.hasOwn(this.#store.texts, key)) throw new RangeError(`sort: no column is named "${key}"`);
    this.#sort = { key, descending };
    this.#spoil('order');
  }

  get sort() { return this.#sort; }

  /** @param {Filter} filter {} shows everything. */
  setFilter(filter) {
    this.#matcher.set(filter, this.#store.columns);
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
    if (words.length !== 1 || !/^[0-9]+$/.test(words[0]) || !this.#store.columns.numbers.includes('pid')) return NONE;
    const slot = this.column('pid').indexOf(Number(words[0]));
    return slot >= 0 && this.#matcher.marks[slot] === MATCH ? slot : NONE;
  }

  /** @param {Shape} shape A list has no branches: every match stands by itself. */
  setShape(shape) {
    this.#shape = shape;
    this.#spoil('order');
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
    return this.#sorter.slots.filter((slot) => marks[slot] === MATCH);
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
    return this.#rows;
  }

  /** How many processes are in the table. */
  get total() { return this.#store.slots.size; }

  /** How many of them the filter lets pass, ancestors that are kept for them left out. */
  get matched() {
    this.rows();
    return this.#matcher.matched;
  }

  /** @param {string} id @returns {number} NONE (-1) for a process that is not in the table. */
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
  column(key) { return this.#store.numbers[key].subarray(0, this.#store.size); }

  /** @param {number} slot */
  isKernel(slot) { return this.#store.kernel[slot] === 1; }

  /**
   * The sum over a process and all below it; its own value in a column that has no sum.
   * @param {number} slot
   * @param {string} key A number column.
   */
  branchNumber(slot, key) {
    this.rows();
    return this.#store.columns.sums.includes(key) ? this.#links.sumsOf(this.#store, key)[slot] : this.number(slot, key);
  }

  /** How many processes a branch has, its top included. @param {number} slot */
  branchSize(slot) {
    this.rows();
    return this.#links.processes[slot];
  }

  /** All that is below a process, parents before their children. @param {number} slot @returns {number[]} */
  descendantsOf(slot) {
    this.rows();
    const { parent, order, count } = this.#links;
    const inside = new Set([slot]);
    for (let i = 0; i < count; i++) if (inside.has(parent[order[i]])) inside.add(order[i]);
    inside.delete(slot);
    return [...inside];
  }

  /** @param {number} slot */
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
  countBy(key) { return countBy(this.#store, key); }

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
