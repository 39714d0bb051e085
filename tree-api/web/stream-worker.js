/**
 * The worker of the page: it holds the stream, and the table that the messages make. A busy
 * host sends a hundred kilobytes of JSON at a time, which would keep the page from answering
 * the person; what the page gets from here are the values that changed.
 *
 * This module needs few others and opens the stream as soon as they are there: its first
 * message, the longest one, is on its way while the rest comes.
 */
import './api.js';
import { intervalOf } from './interval.js';
import { Stream } from './stream.js';

/** @import { Connection } from './stream.js' */
/** @import { Update } from './stream-table.js' */

/**
 * What the page says; a stream is opened with what intervalOf reads.
 * @typedef {{open: string} | {pause: true} | {wake: true}} Order
 */

/** @typedef {{connection: Connection} | {update: Update}} Report What the worker says. */

const stream = new Stream({ onMessage: take, onConnection: (connection) => postMessage({ connection }) });
addEventListener('message', ({ data }) => obey(data));
addEventListener('online', () => stream.wake());
// Only an error reaches the page, which then makes another worker.
addEventListener('unhandledrejection', (event) => {
  event.preventDefault();
  reportError(event.reason);
});

// The page has given its address as the name of the worker.
stream.open(intervalOf(self.name));

const table = import('./stream-table.js').then(({ StreamTable }) => new StreamTable());

/** @param {Order} order */
function obey(order) {
  if ('open' in order) stream.open(intervalOf(order.open));
  else if ('pause' in order) stream.pause();
  else stream.wake();
}

/** @param {any} message */
async function take(message) {
  const answer = (await table).take(message);
  if (answer) postMessage({ update: answer.update }, { transfer: answer.buffers });
  else stream.open();
}
