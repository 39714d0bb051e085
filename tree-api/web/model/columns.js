/** The columns of the process table, which follow from the table of metrics. */
import { METRICS } from './columns.gen.js';
import { DERIVED } from './derived.js';

/** @import { Metric } from './columns.gen.js' */

/** @type {ReadonlySet<string>} */
const TEXT_KINDS = new Set(['text', 'list', 'state']);

/** Each is kept in a Float64Array in which NaN means "not known", never 0. @type {readonly Metric[]} */
export const NUMBER_COLUMNS = METRICS.filter(({ kind }) => !TEXT_KINDS.has(kind));

/** Each is kept in an array in which "" means "not known". @type {readonly Metric[]} */
export const TEXT_COLUMNS = METRICS.filter(({ kind }) => TEXT_KINDS.has(kind));

/**
 * The columns of a table by their keys, each of which is a number or a text, never both.
 * @typedef {object} Columns
 * @property {readonly string[]} numbers
 * @property {readonly string[]} texts
 * @property {readonly string[]} sums The numbers that are added up over a branch.
 * @property {Readonly<Record<string, string>>} [sumsFrom] By column, another one whose values are added up instead where they are known.
 * @property {readonly string[]} searched What a text search looks into.
 * @property {boolean} [onDemand] Whether the exporter can be asked who has a port or a file open.
 */

/** @param {readonly Metric[]} metrics */
const keys = (metrics) => metrics.map(({ key }) => key);

/** @type {Columns} */
export const PROCESS_COLUMNS = {
  numbers: keys([...NUMBER_COLUMNS, ...DERIVED]),
  texts: keys(TEXT_COLUMNS),
  sums: keys([...METRICS, ...DERIVED].filter(({ sum }) => sum)),
  // Pages that several processes share are in the RSS of each.
  sumsFrom: { memory: 'pss' },
  searched: keys(METRICS.filter(({ searched }) => searched)),
  onDemand: true,
};

/** The key of each column, by its key and by the names that it had before. */
const keyOf = new Map([...METRICS, ...DERIVED].flatMap(({ key, aliases = [] }) => [key, ...aliases].map((name) => [name, key])));

/**
 * @param {string} name A key, or an earlier one from an old link.
 * @returns {string|undefined} undefined for what is no column.
 */
export const columnKey = (name) => keyOf.get(name);
