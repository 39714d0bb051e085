/** What a process waits for, as a bar and in words. */
import { formatCores } from './format.js';

/** @import { TreeModel } from './tree-model.js' */

/** @type {Record<string, string>} */
const WORDS = {
  cpu: 'Waits for a CPU',
  throttled: 'Throttled: a control group around it has used up its CPU quota',
  disk: 'Waits for a disk, or in the kernel for something else that cannot be interrupted (state D)',
  memory: 'Waits for pages from swap, or frees memory because there is none',
  none: 'Waits neither for a CPU nor for a disk nor for memory',
};

/**
 * How many threads wait, on average.
 * @param {TreeModel} model @param {{slot: number, folded: boolean}} row
 */
export function threadsWaiting(model, { slot, folded }) {
  const number = (/** @type {string} */ key) => (folded ? model.branchNumber(slot, key) : model.number(slot, key)) || 0;
  const blocked = model.text(slot, 'state') === 'blocked' ? 1 : 0;
  return number('cpu_wait') + Math.max(number('block_io_delay'), number('swap_in_delay'), blocked) + number('reclaim_delay');
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
  const disk = model.number(slot, 'block_io_delay');
  const cpus = Number.isNaN(waited) ? '' : `. CPUs waited for: ${formatCores(waited)}, used: ${formatCores(used)}`;
  return words + cpus + (Number.isNaN(disk) ? '' : `; threads that wait for a disk: ${formatCores(disk)}`);
}
