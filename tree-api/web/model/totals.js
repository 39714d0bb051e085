/** @import { TreeModel } from '../tree-model.js' */

/** What is added up over processes. */
export const SUMMED = /** @type {const} */ (['cpu', 'memory', 'read', 'written', 'threads', 'open_fds']);

/** @typedef {typeof SUMMED[number]} SummedKey */

/**
 * The sums over some processes. A value that is not known adds nothing; a sum of which no part is
 * known is NaN. Memory is PSS where that is known, otherwise RSS, which has the pages that several
 * processes share in each of them.
 * @typedef {Record<SummedKey, number> & {processes: number, withPSS: number, withRSS: number}} Total
 *   withPSS and withRSS are how many processes are in the sum of memory in which way.
 */

/** @returns {Total} */
export const nothing = () => ({ processes: 0, withPSS: 0, withRSS: 0, cpu: NaN, memory: NaN, read: NaN, written: NaN, threads: NaN, open_fds: NaN });

/**
 * @param {TreeModel} model
 * @param {Iterable<number>} slots
 * @param {(slot: number) => string} [groupOf] The group of a process; one for all if absent.
 * @returns {Map<string, Total>} By group.
 */
export function addUp(model, slots, groupOf = () => '') {
  /** @type {Map<string, Total>} */
  const totals = new Map();
  const pss = model.column('pss');
  const columns = SUMMED.map((key) => /** @type {const} */ ([key, model.column(key)]));
  for (const slot of slots) {
    const group = groupOf(slot);
    let total = totals.get(group);
    if (!total) totals.set(group, total = nothing());
    total.processes++;
    const proportional = !Number.isNaN(pss[slot]);
    for (const [key, column] of columns) {
      const value = key === 'memory' && proportional ? pss[slot] : column[slot];
      if (Number.isNaN(value)) continue;
      total[key] = Number.isNaN(total[key]) ? value : total[key] + value;
      if (key === 'memory') total[proportional ? 'withPSS' : 'withRSS']++;
    }
  }
  return totals;
}

/** The sums over some processes. @param {TreeModel} model @param {Iterable<number>} slots @returns {Total} */
export const totalOf = (model, slots) => addUp(model, slots).get('') ?? nothing();

/** What the memory of a sum is. @param {Total} total @returns {'PSS'|'RSS'|'PSS and RSS'|''} '' if none is known. */
export function memoryKind({ withPSS, withRSS }) {
  if (withPSS > 0) return withRSS > 0 ? 'PSS and RSS' : 'PSS';
  return withRSS > 0 ? 'RSS' : '';
}
