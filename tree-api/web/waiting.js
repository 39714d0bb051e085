/** What a process waits for, as a bar and in words. */
import { formatCores } from './format.js';

/** @import { TreeModel } from './tree-model.js' */

/** @type {Record<string, string>} */
const WORDS = {
  cpu: 'Waits for a CPU',
  throttled: 'Throttled: a control group around it has used up its CPU quota',
  disk: 'Waits for a disk, or in the kernel for something else that cannot be interrupted (state D)',
  none: 'Waits neither for a CPU nor for a disk',
};

/**
 * How many threads wait, on average; of a folded branch all that wait for a CPU.
 * @param {TreeModel} model @param {{slot: number, folded: boolean}} row
 */
export function threadsWaiting(model, { slot, folded }) {
  const cpu = folded ? model.branchNumber(slot, 'cpu_wait') : model.number(slot, 'cpu_wait');
  return (Number.isNaN(cpu) ? 0 : cpu) + (model.text(slot, 'state') === 'blocked' ? 1 : 0);
}

/**
 * What stands behind the word in the column.
 * @param {TreeModel} model @param {number} slot
 */
export function waitTitle(model, slot) {
  const words = WORDS[model.text(slot, 'waiting')];
  if (!words) return '';
  const waited = model.number(slot, 'cpu_wait');
  const used = model.number(slot, 'cpu');
  return Number.isNaN(waited) ? words : `${words}. CPUs waited for: ${formatCores(waited)}, used: ${formatCores(used)}`;
}
