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
import { momentOf } from './moment.js';
import { Moments } from './moments.js';
import { Replay } from './replay.js';
import { Stream } from './stream.js';

/** @import { Connection } from './stream.js' */
/** @import { Update } from './stream-table.js' */

/**
 * What the page says; a stream is opened with what intervalOf reads. moment is in Unix seconds.
 * @typedef {{open: string} | {pause: true} | {wake: true} | {moment: number} | {play: {from: number, speed: number}}} Order
 */

/** @typedef {{connection: Connection} | {update: Update}} Report What the worker says. */

/** Whether the page shows the past: then what is still under way from the present is dropped, and the other way round. */
let past = false;

const stream = new Stream({
  onMessage: (message) => take(message, false),
  onConnection: (connection) => { if (!past) postMessage({ connection }); },
});
const moments = new Moments({ onMessage: takePast, onTrouble });
const replay = new Replay({
  onMessage: takePast,
  onEnd: (reason) => tell(reason === undefined ? { state: 'past', ended: true } : { state: 'past', reason }),
});
addEventListener('message', ({ data }) => obey(data));
addEventListener('online', () => { if (!past) stream.wake(); });
// Only an error reaches the page, which then makes another worker.
addEventListener('unhandledrejection', (event) => {
  event.preventDefault();
  reportError(event.reason);
});

// The page has given its address as the name of the worker.
const start = momentOf(self.name);
obey(start === undefined ? { open: self.name } : { moment: start });

const table = import('./stream-table.js').then(({ StreamTable }) => new StreamTable());

/** @param {Order} order */
function obey(order) {
  if ('moment' in order || 'play' in order) {
    const wasPresent = !past;
    past = true;
    if (wasPresent) stream.pause();
    if ('moment' in order) {
      replay.close();
      moments.ask(order.moment);
      tell({ state: 'past' });
    } else {
      moments.stop();
      replay.open(order.play.from, order.play.speed);
      tell({ state: 'past', speed: order.play.speed });
    }
    return;
  }
  if ('wake' in order) {
    if (!past) stream.wake();
    return;
  }
  leavePast();
  if ('open' in order) stream.open(intervalOf(order.open));
  else stream.pause();
}

function leavePast() {
  past = false;
  moments.stop();
  replay.close();
}

/** @param {Connection} connection */
function tell(connection) { if (past) postMessage({ connection }); }

/** @param {any} message */
function takePast(message) {
  take(message, true);
}

/** A refusal is told as that of the stream. @param {import('./api.js').APIError} error */
function onTrouble({ status, message }) {
  tell(status === 401 || status === 403 ? { state: 'refused', status, reason: message } : { state: 'past', reason: message });
}

/** @param {any} message @param {boolean} fromPast */
async function take(message, fromPast) {
  const made = await table;
  if (past !== fromPast) return;
  const answer = made.take(message);
  if (answer) postMessage({ update: { ...answer.update, past: fromPast } }, { transfer: answer.buffers });
  else if (!past) stream.open();
}
