import { APIError, get, streamURL } from './api.js';

/**
 * How the stream is.
 * @typedef {object} Connection
 * @property {'connecting'|'live'|'lost'|'paused'|'refused'|'past'} state refused: trying again by
 *   itself would not help, as the server wants a login or forbids the tree. past: the page shows
 *   the recording.
 * @property {string} [reason]
 * @property {number} [status] The HTTP status of a refusal.
 * @property {number} [speed] The recording is played at this speed.
 * @property {boolean} [ended] The recording was played to its end.
 * @property {number} [retryAt] When it tries again, in milliseconds as Date.now.
 */

/**
 * @typedef {object} Follower
 * @property {(message: any) => void} onMessage
 * @property {(connection: Connection) => void} onConnection
 */

const FIRST_DELAY = 1000;
const LONGEST_DELAY = 30_000;
/** A stream that is silent for so many intervals, and some time, is taken for dead. */
const SILENT_INTERVALS = 3;
const SILENT_MARGIN = 8000;

/**
 * The stream of the process table. It connects again by itself when it is cut, waiting
 * longer each time and by chance, so that the pages of a restarted server do not all come
 * back at once; and when a message is missing, for a new full one.
 */
export class Stream {
  /** @type {WebSocket|undefined} */
  #socket;
  /** In seconds. */
  #interval = 0;
  #live = false;
  #attempts = 0;
  #sequence = 0;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #timer;
  #follower;

  /** @param {Follower} follower */
  constructor(follower) {
    this.#follower = follower;
  }

  /** Connects, at once. What runs already is replaced. @param {number} [interval] In seconds; as before if absent. */
  open(interval = this.#interval) {
    this.#interval = interval;
    this.#drop();
    this.#become({ state: 'connecting' });
    const socket = new WebSocket(streamURL(this.#interval));
    this.#socket = socket;
    let opened = false;
    this.#expectMessage();
    socket.addEventListener('open', () => { opened = true; });
    socket.addEventListener('message', (event) => this.#receive(event.data));
    socket.addEventListener('close', (event) => {
      if (this.#socket !== socket) return;
      if (opened) this.#lose(event.reason || 'The connection was cut.');
      else this.#explainRefusal();
    });
  }

  /** Ends the stream until open is called. */
  pause() {
    this.#drop();
    this.#attempts = 0;
    this.#become({ state: 'paused' });
  }

  /** The network is back, or the person: what waits for its next try does not any longer. */
  wake() {
    if (!this.#socket && this.#timer !== undefined) this.open();
  }

  /** @param {string} data */
  #receive(data) {
    const message = JSON.parse(data);
    const inOrder = message.type === 'full' || message.seq === this.#sequence + 1;
    if (!inOrder) {
      this.open();
      return;
    }
    this.#sequence = message.seq;
    this.#attempts = 0;
    this.#expectMessage();
    if (!this.#live) this.#become({ state: 'live' });
    this.#follower.onMessage(message);
  }

  /** A cut cable closes nothing: only the silence tells. */
  #expectMessage() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => this.#lose('Nothing was heard from the server.'),
      this.#interval * 1000 * SILENT_INTERVALS + SILENT_MARGIN,
    );
  }

  /** A browser does not say why a WebSocket was refused; a plain request does. */
  async #explainRefusal() {
    const socket = this.#socket;
    const error = await get('api/v1/host').then(() => null, (e) => e);
    if (this.#socket !== socket) return;
    if (error instanceof APIError && (error.status === 401 || error.status === 403)) {
      this.#drop();
      this.#become({ state: 'refused', status: error.status, reason: error.message });
      return;
    }
    if (error === null) this.#lose('The server takes no further viewers at the moment.');
    else this.#lose(error.status === 0 ? 'The server does not answer.' : error.message);
  }

  /** @param {string} reason */
  #lose(reason) {
    this.#drop();
    const longest = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** this.#attempts++);
    const delay = longest / 2 + Math.random() * (longest / 2);
    this.#timer = setTimeout(() => this.open(), delay);
    this.#become({ state: 'lost', reason, retryAt: Date.now() + delay });
  }

  /** @param {Connection} connection */
  #become(connection) {
    this.#live = connection.state === 'live';
    this.#follower.onConnection(connection);
  }

  #drop() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
  }
}
