/**
 * A small generator of pseudo-random numbers (mulberry32), so that a failing test can be
 * run again with the same seed.
 */
export class Random {
  #state;

  /** @param {number} seed */
  constructor(seed) { this.#state = seed >>> 0; }

  /** @returns {number} At least 0 and below 1. */
  next() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  /** @param {number} n @returns {number} A whole number from 0 to n-1. */
  below(n) { return Math.floor(this.next() * n); }

  /** @param {number} p @returns {boolean} True with probability p. */
  chance(p) { return this.next() < p; }

  /** @template T @param {readonly T[]} list @returns {T} */
  pick(list) { return list[this.below(list.length)]; }
}
