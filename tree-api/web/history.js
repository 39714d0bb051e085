/** @import { TreeModel } from './tree-model.js' */

/** @typedef {'cpu'|'memory'} HistoryKey */

/** @type {readonly HistoryKey[]} */
const KEYS = ['cpu', 'memory'];
/** When there are so many moments, every other one is dropped. */
const MOST_MOMENTS = 160;

/**
 * The CPU and memory of every process since the page opened. A moment is a copy of whole
 * columns, so that recording one takes microseconds. There are at most MOST_MOMENTS: the
 * longer the page is open, the wider apart they lie.
 */
export class History {
  /** @type {{time: number, columns: Record<string, Float32Array>}[]} */
  #moments = [];
  /** By slot: the process seen there last, and when it was first seen. */
  /** @type {string[]} */
  #ids = [];
  /** @type {number[]} */
  #born = [];
  #every = 1;
  #seen = 0;

  /**
   * @param {number} time In Unix seconds.
   * @param {TreeModel} model
   * @param {Iterable<number>} slots In which another process may stand than the last time.
   */
  record(time, model, slots) {
    this.#noteBirths(time, model, slots);
    if (this.#seen++ % this.#every !== 0) return;
    const columns = Object.fromEntries(KEYS.map((key) => [key, new Float32Array(model.column(key))]));
    this.#moments.push({ time, columns });
    if (this.#moments.length < MOST_MOMENTS) return;
    this.#moments = this.#moments.filter((_, i) => i % 2 === 0);
    this.#every *= 2;
  }

  /**
   * What is known of one process, oldest first. NaN is a gap.
   * @param {number} slot
   * @param {HistoryKey} key
   * @returns {{times: number[], values: number[]}}
   */
  series(slot, key) {
    const moments = this.#moments.filter(({ time }) => time >= this.#born[slot]);
    return {
      times: moments.map(({ time }) => time),
      values: moments.map(({ columns }) => columns[key][slot] ?? NaN),
    };
  }

  /**
   * A slot is used again: what stood there before is another process'.
   * @param {number} time
   * @param {TreeModel} model
   * @param {Iterable<number>} slots
   */
  #noteBirths(time, model, slots) {
    for (const slot of slots) {
      const id = model.idOf(slot);
      if (this.#ids[slot] === id) continue;
      this.#ids[slot] = id;
      this.#born[slot] = time;
    }
  }
}
