import { NONE } from './links.js';

/** @import { Table } from './store.js' */
/** @import { Links } from './links.js' */

/**
 * Which processes to show. Conditions that are absent or empty let everything pass; a
 * figure that is not known passes no threshold.
 * @typedef {object} Filter
 * @property {string} [text] Words; each must occur somewhere in the process' texts or be
 *   part of its PID, and a word after "!" must not. Letters' case does not matter.
 * @property {string[]} [user] Any of these; likewise state and group.
 * @property {string[]} [state]
 * @property {string[]} [group]
 * @property {number} [cpu] At least so many cores.
 * @property {number} [memory] At least so many resident bytes.
 * @property {Record<string, string[]>} [oneOf] By text column: any of these.
 * @property {Record<string, number>} [atLeast] By number column: at least so much.
 * @property {boolean} [kernel] false leaves out the threads of the kernel.
 */

/** A row's part in the filtered tree. */
export const HIDDEN = 0;
/** Kept only because something below it matches. */
export const CONTEXT = 1;
export const MATCH = 2;

/**
 * @param {string} text
 * @returns {{wanted: string[], unwanted: string[]}} The words in lower case.
 */
export function parseWords(text) {
  const words = text.toLowerCase().split(/\s+/);
  return {
    wanted: words.filter((w) => w !== '' && !w.startsWith('!')),
    unwanted: words.filter((w) => w.startsWith('!') && w.length > 1).map((w) => w.slice(1)),
  };
}

/** @typedef {ReturnType<typeof parseWords>} Words */

/**
 * Whether all that is found by some words was found by those before too.
 * @param {Words} words
 * @param {Words} before
 */
const isNarrower = (words, before) => before.wanted.every((old) => words.wanted.some((word) => word.includes(old)))
  && before.unwanted.every((old) => words.unwanted.some((word) => old.includes(word)));

/** @param {string} hay @param {Words} words */
function isFound(hay, { wanted, unwanted }) {
  for (const word of wanted) if (!hay.includes(word)) return false;
  for (const word of unwanted) if (hay.includes(word)) return false;
  return true;
}

/** @param {Filter} filter */
export function isActive(filter) {
  const { wanted, unwanted } = parseWords(filter.text ?? '');
  return wanted.length + unwanted.length > 0 || filter.kernel === false
    || listsOf(filter).length > 0 || floorsOf(filter).length > 0;
}

/** What some text columns must be, by key. @param {Filter} filter */
function listsOf({ user, state, group, oneOf }) {
  return Object.entries({ user, state, group, ...oneOf }).flatMap(([key, list]) => (list?.length ? [{ key, list }] : []));
}

/** What some number columns must reach, by key. @param {Filter} filter */
function floorsOf({ cpu, memory, atLeast }) {
  return Object.entries({ cpu, memory, ...atLeast }).flatMap(([key, least]) => (least === undefined ? [] : [{ key, least }]));
}

/**
 * Marks every slot as a match, an ancestor of one, or hidden. The texts of a process
 * hardly ever change, so the answer to the text search is kept until they do.
 */
export class Matcher {
  /** HIDDEN, CONTEXT or MATCH, by slot. */
  marks = new Uint8Array(0);
  matched = 0;
  active = false;
  /** @type {Filter} */
  #filter = {};
  #words = parseWords('');
  /** @type {string[]} The searched texts of each slot in one string; undefined: not made yet. */
  #haystacks = [];
  /** 1 where the text search matches. */
  #found = new Uint8Array(0);
  #searchAll = false;
  /** Whether the search need not look again at what it did not find. */
  #narrows = false;

  /** @param {Filter} filter */
  set(filter) {
    this.#filter = filter;
    const words = parseWords(filter.text ?? '');
    this.#narrows = !this.#searchAll && isNarrower(words, this.#words);
    this.#searchAll = true;
    this.#words = words;
    this.active = isActive(filter);
  }

  /**
   * @param {Table<any>} store
   * @param {Links} links
   */
  run(store, links) {
    if (this.marks.length < store.capacity) {
      this.marks = new Uint8Array(store.capacity);
      this.#found = new Uint8Array(store.capacity);
      this.#searchAll = true;
      this.#narrows = false;
    }
    if (!this.active) {
      this.marks.fill(MATCH);
      this.matched = links.count;
      return;
    }
    this.#search(store);
    this.#mark(store, links);
  }

  /** @param {Table<any>} store */
  #search(store) {
    for (let slot = 0; slot < store.size; slot++) {
      const stale = store.textChanged[slot];
      if (!stale && (!this.#searchAll || (this.#narrows && this.#found[slot] === 0))) continue;
      if (stale || this.#haystacks[slot] === undefined) this.#haystacks[slot] = haystack(store, slot);
      store.textChanged[slot] = 0;
      this.#found[slot] = isFound(this.#haystacks[slot], this.#words) ? 1 : 0;
    }
    this.#searchAll = false;
    this.#narrows = false;
  }

  /**
   * @param {Table<any>} store
   * @param {Links} links
   */
  #mark(store, links) {
    const passes = this.#test(store);
    this.marks.fill(HIDDEN);
    this.matched = 0;
    for (let i = links.count - 1; i >= 0; i--) {
      const slot = links.order[i];
      if (this.#found[slot] && passes(slot)) {
        this.marks[slot] = MATCH;
        this.matched++;
      }
      const parent = links.parent[slot];
      if (parent !== NONE && this.marks[slot] !== HIDDEN) this.marks[parent] = CONTEXT;
    }
  }

  /**
   * @param {Table<any>} store
   * @returns {(slot: number) => boolean} The test of everything but the text.
   */
  #test({ numbers, texts, kernel: isKernel }) {
    /** @type {((slot: number) => boolean)[]} */
    const tests = [];
    for (const { key, list } of listsOf(this.#filter)) {
      const set = new Set(list);
      tests.push((slot) => set.has(texts[key][slot]));
    }
    for (const { key, least } of floorsOf(this.#filter)) tests.push((slot) => numbers[key][slot] >= least);
    if (this.#filter.kernel === false) tests.push((slot) => isKernel[slot] === 0);
    return (slot) => tests.every((test) => test(slot));
  }
}

/**
 * @param {Table<any>} store
 * @param {number} slot
 */
function haystack(store, slot) {
  let all = '';
  for (const key of store.columns.searched) {
    const text = Object.hasOwn(store.texts, key) ? store.texts[key][slot] : textOf(store.numbers[key][slot]);
    if (text !== '') all += text + '\n';
  }
  return all.toLowerCase();
}

/** @param {number} value */
const textOf = (value) => (Number.isNaN(value) ? '' : String(value));
