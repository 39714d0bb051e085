import { NONE } from './links.js';
import { SearchError, parseSearch } from './search.js';

/** @import { Table } from './store.js' */
/** @import { Columns } from './columns.js' */
/** @import { Links } from './links.js' */
/** @import { Term } from './search.js' */

/**
 * Which processes to show. Conditions that are absent or empty let everything pass; a
 * value that is not known passes no threshold.
 * @typedef {object} Filter
 * @property {string} [text] A search, as model/search.js reads it.
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
 * Whether all that is found by some terms was found by those before too.
 * @param {Term[]} terms
 * @param {Term[]} before
 */
const isNarrower = (terms, before) => before.every((old) => terms.some((term) => term.source === old.source || (isWord(term) && isWord(old)
  && term.not === old.not && (old.not ? old.text.includes(term.text) : term.text.includes(old.text)))));

/** The term without "!". @param {Term} term */
const questionOf = ({ not, source }) => (not ? source.slice(1) : source).trim();

/** @param {Term} term */
const isWord = ({ key, pattern }) => key === undefined && !pattern;

/** The slot behind the last row; what is there has no texts to search. @param {Table<any>} store */
const endOf = (store) => store.branchesFrom ?? store.size;

/** @param {Filter} filter */
export function isActive(filter) {
  return !/^[\s!]*$/.test(filter.text ?? '') || filter.kernel === false || listsOf(filter).length > 0 || floorsOf(filter).length > 0;
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
  /** Conditions on texts, and those on what changes all the time. @type {{texts: Term[], values: Term[]}} */
  #terms = { texts: [], values: [] };
  /** Who has a port or a file open, by question. @type {Map<string, ReadonlySet<string>>} */
  #holders = new Map();
  /** What is wrong with the search, '' if nothing is. */
  error = '';
  /** @type {string[]} The searched texts of each slot in one string; undefined: not made yet. */
  #haystacks = [];
  /** 1 where the text search matches. */
  #found = new Uint8Array(0);
  #searchAll = false;
  /** Whether the search need not look again at what it did not find. */
  #narrows = false;

  /** The words to mark where they are found. */
  get words() { return this.#terms.texts.filter((term) => !term.not && isWord(term)).map(({ text }) => text); }

  /** What the exporter has to be asked. */
  get questions() { return this.#terms.values.filter(({ onDemand }) => onDemand).map(questionOf); }

  /** Takes the answer to a question. @param {string} question @param {ReadonlySet<string>} ids */
  answer(question, ids) { this.#holders.set(question, ids); }

  /** A search with a mistake leaves the one before in force. @param {Filter} filter @param {Columns} columns */
  set(filter, columns) {
    this.#filter = filter;
    this.active = isActive(filter);
    const terms = this.#parse(filter.text ?? '', columns);
    if (!terms) return;
    const texts = terms.filter(({ key, number, onDemand }) => number === undefined && key !== 'state' && !onDemand);
    this.#narrows = !this.#searchAll && isNarrower(texts, this.#terms.texts);
    this.#searchAll = true;
    this.#terms = { texts, values: terms.filter((term) => !texts.includes(term)) };
  }

  /** @param {string} text @param {Columns} columns */
  #parse(text, columns) {
    this.error = '';
    try {
      return parseSearch(text, columns);
    } catch (error) {
      if (!(error instanceof SearchError)) throw error;
      this.error = error.message;
      return undefined;
    }
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
      this.matched = links.count - (store.size - endOf(store));
      return;
    }
    this.#search(store);
    this.#mark(store, links);
  }

  /** @param {Table<any>} store */
  #search(store) {
    for (let slot = 0; slot < endOf(store); slot++) {
      const stale = store.textChanged[slot];
      if (!stale && (!this.#searchAll || (this.#narrows && this.#found[slot] === 0))) continue;
      if (stale || this.#haystacks[slot] === undefined) this.#haystacks[slot] = haystack(store, slot);
      store.textChanged[slot] = 0;
      this.#found[slot] = this.#finds(store, slot) ? 1 : 0;
    }
    this.#searchAll = false;
    this.#narrows = false;
  }

  /** Whether a row passes what is searched in texts. @param {Table<any>} store @param {number} slot */
  #finds(store, slot) {
    return this.#terms.texts.every((term) => {
      const { key, text, pattern } = term;
      if (key !== undefined) return term.not !== isIn(term, textIn(store, slot, key));
      if (!pattern) return term.not !== this.#haystacks[slot].includes(text);
      return term.not !== store.columns.searched.some((column) => {
        const value = textIn(store, slot, column);
        return value !== '' && pattern.test(value);
      });
    });
  }

  /**
   * @param {Table<any>} store
   * @param {Links} links
   */
  #mark(store, links) {
    const passes = this.#test(store);
    const end = endOf(store);
    this.marks.fill(HIDDEN);
    this.matched = 0;
    for (let i = links.count - 1; i >= 0; i--) {
      const slot = links.order[i];
      if (slot < end && this.#found[slot] && passes(slot)) {
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
  #test({ ids, numbers, texts, kernel: isKernel }) {
    /** @type {((slot: number) => boolean)[]} */
    const tests = [];
    for (const { key, list } of listsOf(this.#filter)) {
      const set = new Set(list);
      tests.push((slot) => set.has(texts[key][slot]));
    }
    for (const { key, least } of floorsOf(this.#filter)) tests.push((slot) => numbers[key][slot] >= least);
    for (const term of this.#terms.values) {
      const { not, key = '', op = '=', number } = term;
      if (term.onDemand) {
        const holders = this.#holders.get(questionOf(term));
        tests.push((slot) => (holders?.has(ids[slot]) ?? false) !== not);
      } else if (number === undefined) tests.push((slot) => isIn(term, texts[key][slot]) !== not);
      else tests.push((slot) => COMPARE[op](numbers[key][slot], number) !== not);
    }
    if (this.#filter.kernel === false) tests.push((slot) => isKernel[slot] === 0);
    return (slot) => tests.every((test) => test(slot));
  }
}

/** What is not known (NaN) passes none. @type {Record<import('./search.js').Op, (value: number, wanted: number) => boolean>} */
const COMPARE = {
  ':': (value, wanted) => value === wanted,
  '=': (value, wanted) => value === wanted,
  '<': (value, wanted) => value < wanted,
  '<=': (value, wanted) => value <= wanted,
  '>': (value, wanted) => value > wanted,
  '>=': (value, wanted) => value >= wanted,
};

/** @param {Term} term @param {string} value */
function isIn({ op, text, pattern }, value) {
  if (pattern) return value !== '' && pattern.test(value);
  const lower = value.toLowerCase();
  return op === '=' ? lower === text : lower.includes(text);
}

/** A column of a row as it is searched. @param {Table<any>} store @param {number} slot @param {string} key */
function textIn(store, slot, key) {
  if (Object.hasOwn(store.texts, key)) return store.texts[key][slot];
  const value = store.numbers[key][slot];
  return Number.isNaN(value) ? '' : String(value);
}

/**
 * @param {Table<any>} store
 * @param {number} slot
 */
function haystack(store, slot) {
  let all = '';
  for (const key of store.columns.searched) {
    const text = textIn(store, slot, key);
    if (text !== '') all += text + '\n';
  }
  return all.toLowerCase();
}
