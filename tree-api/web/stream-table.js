import { buffersOf, takePatch } from './model/patch.js';
import { Store } from './model/store.js';
import { countBy, largest } from './model/summary.js';
// What those need is named here too, so that none waits for another to be read.
import './model/columns.gen.js';
import './model/columns.js';
import './model/derived.js';
import './model/fields.js';
import './model/link-change.js';
import './model/parents.js';
import './model/pids.js';
import './model/process-table.js';
import './model/write-columns.js';

/** @import { Patch } from './model/patch.js' */

/**
 * What is said of all processes together.
 * @typedef {object} Summary
 * @property {Map<string, number>} states How many are in each state.
 * @property {number[]} topCPU The slots of those that use most, most first.
 * @property {number[]} topMemory
 */

/**
 * A message of the stream, with its processes as a patch. past is set for a moment of the recording.
 * @typedef {{type: 'full'|'diff', time: number, role?: string, host: any, patch: Patch, summary: Summary, past?: boolean}} Update
 */

const TOP_LENGTH = 4;

/** The table that the messages of the stream make, in the worker. */
export class StreamTable {
  #store = new Store();

  /**
   * @param {any} message
   * @returns {{update: Update, buffers: ArrayBuffer[]}|undefined} What the page gets, and what
   *   of it may be handed over without a copy; undefined if a message was lost before.
   */
  take(message) {
    const { structure, missed } = this.#store.apply(message);
    if (missed > 0) return undefined;
    const { type, time, role, host } = message;
    const patch = takePatch(this.#store, structure);
    return { update: { type, time, role, host, patch, summary: this.#summary() }, buffers: buffersOf(patch) };
  }

  /** @returns {Summary} */
  #summary() {
    const store = this.#store;
    return { states: countBy(store, 'state'), topCPU: largest(store, 'cpu', TOP_LENGTH), topMemory: largest(store, 'memory', TOP_LENGTH) };
  }
}
