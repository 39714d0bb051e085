/**
 * The search language of the page and the Grafana panel. The exporter reads the same one for its
 * parameter q (tree-api/search); tree-api/search/testdata/cases.json holds the cases that both pass.
 */
import { METRICS } from './columns.gen.js';
import { DERIVED } from './derived.js';

/** @import { Metric } from './columns.gen.js' */
/** @import { Columns } from './columns.js' */

/** What is not in the table, because it is expensive to read. @type {ReadonlySet<string>} */
const ON_DEMAND = new Set(['port', 'file']);

/** In characters. */
export const MAX_LENGTH = 256;

/** @typedef {':'|'='|'<'|'<='|'>'|'>='} Op */

/**
 * One condition. Without a key it is a text or a pattern to look for in every searched column.
 * @typedef {object} Term
 * @property {boolean} not Turns the condition round.
 * @property {string} source The term as it is written.
 * @property {string} [key] A column.
 * @property {Op} [op]
 * @property {string} text In lower case; for a state its name.
 * @property {RegExp} [pattern]
 * @property {number} [number] What a number is compared with.
 * @property {boolean} [onDemand] Whether it is looked up by the exporter: source is the question.
 */

/** What is wrong with a search, in one line for the person who wrote it. */
export class SearchError extends Error {}

const STATES = ['other', 'running', 'sleeping', 'blocked', 'stopped', 'zombie'];

const SIZE = { factors: { '': 1, b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 }, wanted: 'write a size such as 500m or 1.5g' };

/** What may stand behind a number, and what to say where something else does. @type {Record<string, {factors: Record<string, number>, wanted: string}>} */
const SCALES = {
  bytes: SIZE,
  'bytes/s': SIZE,
  cores: { factors: { '': 1, '%': 0.01 }, wanted: 'write a number of cores such as 0.5 or 50%' },
  seconds: { factors: { '': 1, s: 1, m: 60, h: 3600, d: 86400 }, wanted: 'write a time such as 30s or 5m' },
  count: { factors: { '': 1 }, wanted: 'write a number' },
};

/** The API has no name for all I/O. The metrics by the names that can stand before an operator. @type {ReadonlyMap<string, Metric>} */
const NAMED = new Map([...METRICS, ...DERIVED.filter(({ key }) => key === 'cpu_seconds')].filter(({ kind }) => kind !== 'moment')
  .flatMap((metric) => [metric.key, ...metric.aliases ?? [], ...metric.short ?? []].map((name) => [name, metric])));

/**
 * @param {string} text
 * @param {Columns} columns What there is to search.
 * @returns {Term[]} A row must pass all.
 * @throws {SearchError}
 */
export function parseSearch(text, columns) {
  if ([...text].length > MAX_LENGTH) throw new SearchError(`the search is longer than ${MAX_LENGTH} characters`);
  return new Reader(text, columns).terms();
}

/** Takes a search apart. */
class Reader {
  #rest;
  #columns;

  /** @param {string} text @param {Columns} columns */
  constructor(text, columns) {
    this.#rest = text;
    this.#columns = columns;
  }

  terms() {
    /** @type {Term[]} */
    const terms = [];
    for (;;) {
      this.#rest = this.#rest.trimStart();
      if (this.#rest === '') return terms;
      const term = this.#term();
      if (term.key !== undefined || term.text !== '' || term.pattern) terms.push(term);
    }
  }

  /** @returns {Term} */
  #term() {
    const start = this.#rest;
    const not = start.startsWith('!');
    if (not) this.#rest = start.slice(1);
    try {
      const head = this.#key();
      const term = head ? this.#keyed(head) : this.#plain();
      return { not, source: start.slice(0, start.length - this.#rest.length), ...term };
    } catch (error) {
      if (!(error instanceof SearchError)) throw error;
      throw new SearchError(`${start.slice(0, start.length - this.#rest.length).trim()}: ${error.message}`);
    }
  }

  #plain() {
    const { text, pattern } = this.#value(true);
    return { text: text.toLowerCase(), pattern };
  }

  /**
   * Takes a key with its operator off. A word that only looks like one, such as "nginx:" or
   * "http://host", is a text; a name that is compared with a number is not.
   * @returns {{key: string, op: Op}|undefined}
   */
  #key() {
    const found = /^([a-z_]+)(>=|<=|>|<|:|=)/i.exec(this.#rest);
    if (!found) return undefined;
    const key = found[1].toLowerCase();
    const op = /** @type {Op} */ (found[2]);
    const rest = this.#rest.slice(found[0].length);
    if (this.#column(key) === undefined && !NAMED.has(key) && !ON_DEMAND.has(key) && !(isComparison(op) && /^[0-9]/.test(rest))) return undefined;
    this.#rest = rest;
    return { key, op };
  }

  /** The column that a name means, if there is one. @param {string} name */
  #column(name) {
    const { numbers, texts } = this.#columns;
    const wanted = NAMED.get(name)?.key ?? name;
    return [...numbers, ...texts].find((key) => key.toLowerCase() === wanted);
  }

  /** @param {{key: string, op: Op}} head @returns {Omit<Term, 'not'|'source'>} */
  #keyed({ key: name, op }) {
    if (ON_DEMAND.has(name) && this.#column(name) === undefined) return this.#asked(name, op);
    const metric = NAMED.get(name);
    const key = this.#column(name);
    const isNumber = key === undefined ? metric !== undefined && metric.kind !== 'text' && metric.kind !== 'list' && metric.kind !== 'state' : this.#columns.numbers.includes(key);
    // A table of something else than processes may have other states.
    const isState = metric?.kind === 'state' && this.#columns.numbers.includes('pid');
    const { text, pattern, quoted } = this.#value(!isNumber && !isState && (key ?? metric) !== undefined);
    if (key === undefined && !metric) throw new SearchError(`no number is called "${name}"; to search for the text, put it in quotation marks`);
    if (text === '' && !pattern && !quoted) throw new SearchError('a value must follow');
    if (key === undefined) throw new SearchError(`there is no column "${name}" here`);
    if (isNumber) return { key, op: op === ':' ? '=' : op, text: '', number: numberOf(text, metric?.unit ?? (metric ? 'count' : 'bytes')) };
    if (isComparison(op)) throw new SearchError(`${name} cannot be compared; write ${name}:value`);
    if (isState) return { key, op: '=', text: stateOf(text) };
    return { key, op, text: text.toLowerCase(), pattern };
  }

  /** @param {string} name @param {Op} op @returns {Omit<Term, 'not'|'source'>} */
  #asked(name, op) {
    const { text } = this.#value(false);
    if (text === '') throw new SearchError('a value must follow');
    if (isComparison(op)) throw new SearchError(`${name} cannot be compared; write ${name}:value`);
    if (name === 'port' && !(/^[0-9]{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65535)) throw new SearchError('a port is a number from 1 to 65535');
    if (!this.#columns.onDemand) throw new SearchError('ports and files can be searched on the page of the exporter and in its API');
    return { key: name, op, text, onDemand: true };
  }

  /**
   * Takes a word, "words" or, where it may be, a /regular expression/ off.
   * @param {boolean} mayBePattern
   * @returns {{text: string, pattern?: RegExp, quoted?: boolean}}
   */
  #value(mayBePattern) {
    if (this.#rest.startsWith('"')) return this.#quoted();
    // The second slash ends it and the word: /usr/bin is a path, and so is /usr.
    const pattern = mayBePattern ? /^\/((?:[^/\\]|\\[^])+)\/(?=\s|$)/u.exec(this.#rest) : null;
    const [taken] = pattern ?? /^\S*/.exec(this.#rest) ?? [''];
    this.#rest = this.#rest.slice(taken.length);
    return pattern ? { text: '', pattern: compile(pattern[1]) } : { text: taken };
  }

  #quoted() {
    const found = /^"((?:[^"\\]|\\[^])*)"/.exec(this.#rest);
    this.#rest = found ? this.#rest.slice(found[0].length) : '';
    if (!found) throw new SearchError('the closing quotation mark is missing');
    return { text: found[1].replace(/\\(["\\])/g, '$1'), quoted: true };
  }
}

/** @param {Op} op */
const isComparison = (op) => op !== ':' && op !== '=';

/** @param {string} text @param {string} unit */
function numberOf(text, unit) {
  const { factors, wanted } = SCALES[unit];
  const found = /^(-?[0-9]{1,15}(?:\.[0-9]{1,9})?)([a-z%]*)$/i.exec(text);
  const suffix = found?.[2].toLowerCase() ?? '';
  // kb and kib are often written for k.
  const short = SCALES[unit] === SIZE ? suffix.replace(/(?<=[kmgt])i?b$/, '') : suffix;
  if (!found || !Object.hasOwn(factors, short)) throw new SearchError(wanted);
  return Number(found[1]) * factors[short];
}

/** @param {string} text A state or how it begins. */
function stateOf(text) {
  const state = text && STATES.find((name) => name.startsWith(text.toLowerCase()));
  if (!state) throw new SearchError(`the states are ${STATES.join(', ')}`);
  return state;
}

const INVALID = 'this regular expression is not valid';

/** The parts of a regular expression that mean the same here and in the exporter. */
const PARTS = /\\(?:[dDwWsSbBtnr]|[^A-Za-z0-9_\s\u0080-\uffff])|\[\^?(?!\])(?:[^\\[\]]|\\(?:[dDwWsStnr]|[^A-Za-z0-9_\s\u0080-\uffff]))+\]|\((?:\?:|(?!\?))|\)|(?:[*+?]|\{[0-9]{1,2}(?:,(?:[0-9]{1,2})?)?\})\??|[^\\[(){}*+?]/gy;

/**
 * Makes a pattern. A repetition inside a repetition, such as (a+)+, could keep the browser busy for
 * ever; the exporter refuses it too.
 * @param {string} text
 */
function compile(text) {
  /** Whether each open group holds a repetition. */
  const repeats = [false];
  let last = false;
  let end = 0;
  for (const { 0: part, index } of text.matchAll(PARTS)) {
    if (index !== end) break;
    end += part.length;
    if (part.startsWith('(')) repeats.push(false);
    else if (part === ')') {
      if (repeats.length === 1) throw new SearchError(INVALID);
      last = repeats.pop() ?? false;
      repeats[repeats.length - 1] ||= last;
    } else if (/^[*+?{]/.test(part)) {
      if (last && !part.startsWith('?')) throw new SearchError('a repetition inside a repetition is not supported');
      repeats[repeats.length - 1] ||= !part.startsWith('?');
    } else last = false;
  }
  if (end !== text.length || repeats.length > 1) throw new SearchError(INVALID);
  try {
    return new RegExp(text, 'i');
  } catch {
    throw new SearchError(INVALID);
  }
}
