import { get } from './api.js';

/**
 * Reads moments of the recording: one at a time, and of those that are wanted meanwhile only
 * the last. Dragging over a day thus asks as often as the exporter answers.
 */
export class Moments {
  /** @type {number|undefined} */
  #wanted;
  #busy = false;
  /** Counts the stops: an answer to a question from before is dropped. */
  #stops = 0;
  #on;

  /** @param {{onMessage: (message: any) => void, onTrouble: (error: any) => void}} on The message is as the first one of a stream. */
  constructor(on) {
    this.#on = on;
  }

  /** @param {number} time In Unix seconds. */
  ask(time) {
    this.#wanted = time;
    if (!this.#busy) this.#work();
  }

  stop() {
    this.#wanted = undefined;
    this.#stops++;
  }

  /**
   * The next moment is asked for as soon as an answer has come, before what came is put into the table: the exporter
   * works while the page does.
   */
  async #work() {
    this.#busy = true;
    for (let asked = this.#next(); asked;) {
      const { stops, answer } = asked;
      const { message, error } = await answer;
      asked = this.#next();
      if (stops !== this.#stops) continue;
      if (message) this.#on.onMessage(message);
      else this.#on.onTrouble(error);
    }
    this.#busy = false;
  }

  /** Asks for the moment that was wanted last, if there is one. */
  #next() {
    const time = this.#wanted;
    if (time === undefined) return undefined;
    this.#wanted = undefined;
    return { stops: this.#stops, answer: momentAt(time) };
  }
}

/** @param {number} time @returns {Promise<{message?: any, error?: any}>} It does not reject, for nobody may wait for it yet. */
async function momentAt(time) {
  const query = `time=${time.toFixed(3)}`;
  try {
    const [table, host] = await Promise.all([get(`api/v1/processes?layout=columns&${query}`), get(`api/v1/host?${query}`)]);
    return { message: { type: 'full', time: table.time, role: table.role, host, columns: table.columns } };
  } catch (error) {
    return { error };
  }
}

/** An answer of the history has the time of each table of so long. In seconds. */
const LONGEST_LOOK = 3600;
const MOST_POINTS = 2000;

/**
 * The table after another one.
 * @param {number} time When the other one was recorded, in Unix seconds.
 * @param {number} length How far away the next one is expected, in seconds; it is looked for up to an hour later.
 * @returns {Promise<number|undefined>} undefined where there is none within an hour.
 */
export async function tableAfter(time, length) {
  for (let until = 4 * length; ; until *= 8) {
    const to = time + Math.min(until, LONGEST_LOOK);
    const { points } = await get(`api/v1/history?from=${(time + 0.001).toFixed(3)}&to=${to.toFixed(3)}&points=${MOST_POINTS}`);
    if (points.length > 0) return points[0].time;
    if (until >= LONGEST_LOOK) return undefined;
  }
}
