/** @import { Connection } from './stream.js' */
/** @import { Update } from './stream-table.js' */
/** @import { Order, Report } from './stream-worker.js' */

/**
 * @typedef {object} Follower
 * @property {(update: Update) => void} onUpdate
 * @property {(connection: Connection) => void} onConnection
 */

/** A worker that could not be started, or broke, is started again after so long. */
const WORKER_DELAY = 5000;

/** A page that was hidden for so long does not need its stream. */
const HIDDEN_MILLISECONDS = 60_000;

/** The stream as the page has it: it runs in a worker (stream-worker.js). */
export class RemoteStream {
  #script = scriptURL('stream-worker.js');
  /** What intervalOf and momentOf read: the part behind # of the page's address, kept up to date. */
  #address;
  /** undefined while there is none: it broke, and the next one is still to come. @type {Worker|undefined} */
  #worker;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #timer;
  /** @type {Connection} */
  #connection = { state: 'connecting' };
  /** What came before anybody followed. @type {Update[]} */
  #held = [];
  /** @type {Follower|undefined} */
  #follower;
  /** Whether somebody needs the messages although the page is hidden. */
  needed = () => false;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #hiddenTimer;
  /** Whether the stream ended because the page is hidden. */
  #asleep = false;

  /** Opens the stream. @param {string} address The part behind # of the page's: it says the interval. */
  constructor(address) {
    this.#address = address;
    this.#start();
    document.addEventListener('visibilitychange', () => this.#changeVisibility());
  }

  #changeVisibility() {
    clearTimeout(this.#hiddenTimer);
    if (document.hidden) {
      this.#hiddenTimer = setTimeout(() => this.#sleep(), HIDDEN_MILLISECONDS);
    } else if (this.#asleep) {
      this.open();
    } else {
      this.#order({ wake: true });
    }
  }

  #sleep() {
    const { state } = this.#connection;
    if (this.needed() || state === 'paused' || state === 'past') return;
    this.pause();
    this.#asleep = true;
  }

  /** Tells how the stream is and what it has brought so far, and from then on all that comes. @param {Follower} follower */
  follow(follower) {
    this.#follower = follower;
    follower.onConnection(this.#connection);
    for (const update of this.#held.splice(0)) follower.onUpdate(update);
  }

  /** Connects, at once. What runs already is replaced, and the past is left. */
  open() {
    this.#asleep = false;
    this.#note('time', undefined);
    if (this.#worker) this.#order({ open: this.#address });
    else this.#start();
  }

  /** Ends the stream until open is called. */
  pause() {
    if (this.#worker) {
      this.#order({ pause: true });
      return;
    }
    clearTimeout(this.#timer);
    this.#become({ state: 'paused' });
  }

  /** @param {number} seconds */
  setInterval(seconds) {
    this.#note('interval', String(seconds));
    const { state } = this.#connection;
    if (state !== 'paused' && state !== 'past') this.open();
  }

  /** Shows a moment of the recording instead of the present. @param {number} time In Unix seconds. */
  showMoment(time) {
    this.#note('time', String(time));
    if (this.#worker) this.#order({ moment: time });
    else this.#start();
  }

  /** Plays the recording. @param {number} from In Unix seconds. @param {number} speed Seconds of it in one. */
  play(from, speed) {
    this.#note('time', String(from));
    this.#order({ play: { from, speed } });
  }

  /** @param {string} key @param {string|undefined} value */
  #note(key, value) {
    const parameters = new URLSearchParams(this.#address.replace(/^#/, ''));
    if (value === undefined) parameters.delete(key);
    else parameters.set(key, value);
    this.#address = parameters.toString();
  }

  /**
   * The worker opens the stream by itself. What it needs for that is its name: a message would
   * reach it when the page has done all that it does at the beginning.
   */
  #start() {
    clearTimeout(this.#timer);
    const worker = new Worker(this.#script, { type: 'module', name: this.#address });
    worker.addEventListener('message', ({ data }) => { if (this.#worker === worker) this.#hear(data); });
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      this.#startAnew(worker);
    });
    this.#worker = worker;
  }

  /** @param {Worker} broken It may say so several times. */
  #startAnew(broken) {
    broken.terminate();
    if (this.#worker !== broken) return;
    this.#worker = undefined;
    if (this.#connection.state === 'paused') return;
    this.#become({ state: 'lost', reason: 'The part of the page that reads the stream has stopped.', retryAt: Date.now() + WORKER_DELAY });
    this.#timer = setTimeout(() => this.#start(), WORKER_DELAY);
  }

  /** @param {Order} order */
  #order(order) { this.#worker?.postMessage(order); }

  /** @param {Report} report */
  #hear(report) {
    if ('connection' in report) this.#become(report.connection);
    else if (this.#follower) this.#follower.onUpdate(report.update);
    else this.#held.push(report.update);
  }

  /** @param {Connection} connection */
  #become(connection) {
    this.#connection = connection;
    this.#follower?.onConnection(connection);
  }
}

/** The scripts that the page may name. A service worker must be beside the page to have a part in it. */
const SCRIPTS = {
  'stream-worker.js': () => new URL('stream-worker.js', import.meta.url).href,
  'service-worker.js': () => new URL('service-worker.js', document.baseURI).href,
};

/** The policy by which the page may name a script (Trusted Types). @type {any} Not in every browser. */
const policy = /** @type {any} */ (globalThis).trustedTypes?.createPolicy('proctree', {
  createScriptURL: (/** @type {keyof typeof SCRIPTS} */ name) => SCRIPTS[name](),
});

/** @param {keyof typeof SCRIPTS} name @returns {string} */
export function scriptURL(name) { return policy ? policy.createScriptURL(name) : SCRIPTS[name](); }
