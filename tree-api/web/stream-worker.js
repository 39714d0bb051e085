/**
 * The worker of the page: it holds the stream, and the table that the messages make. A busy
 * host sends a hundred kilobytes of JSON at a time, which would keep the page from answering
 * the person; what the page gets from here are the figures that changed.
 */
import { buffersOf, takePatch } from './model/patch.js';
import { Store } from './model/store.js';
import { countBy, largest } from './model/summary.js';
import { Stream } from './stream.js';
// What those need is named here too, so that none waits for another to be read.
import './api.js';
import './model/columns.js';
import './model/fields.js';
import './model/links.js';
import './model/parents.js';
import './model/pids.js';
import './model/process-table.js';

/** @import { Patch } from './model/patch.js' */
/** @import { Connection } from './stream.js' */

/**
 * What the page says; a stream is opened with the time between two messages, in seconds.
 * @typedef {{open: number} | {pause: true} | {wake: true}} Order
 */

/**
 * What is said of all processes together.
 * @typedef {object} Summary
 * @property {Map<string, number>} states How many are in each state.
 * @property {number[]} topCPU The slots of those that use most, most first.
 * @property {number[]} topMemory
 */

/**
 * A message of the stream, with its processes as a patch.
 * @typedef {{type: 'full'|'diff', time: number, role?: string, host: any, patch: Patch, summary: Summary}} Update
 */

/** @typedef {{connection: Connection} | {update: Update}} Report What the worker says. */

const TOP_LENGTH = 4;

const table = new Store();
const stream = new Stream({ onMessage: take, onConnection: (connection) => tell({ connection }) });

addEventListener('message', ({ data }) => obey(data));
addEventListener('online', () => stream.wake());

/** @param {Order} order */
function obey(order) {
  if ('open' in order) stream.open(order.open);
  else if ('pause' in order) stream.pause();
  else stream.wake();
}

/** @param {any} message */
function take(message) {
  const { structure, missed } = table.apply(message);
  if (missed > 0) {
    stream.open();
    return;
  }
  const { type, time, role, host } = message;
  const patch = takePatch(table, structure);
  const summary = { states: countBy(table, 'state'), topCPU: largest(table, 'cpu', TOP_LENGTH), topMemory: largest(table, 'memory', TOP_LENGTH) };
  tell({ update: { type, time, role, host, patch, summary } }, buffersOf(patch));
}

/** @param {Report} report @param {ArrayBufferLike[]} [buffers] Handed over with it. */
function tell(report, buffers = []) {
  postMessage(report, { transfer: /** @type {Transferable[]} */ (buffers) });
}
