/** @import { Detail } from './drawer-detail.js' */

/** A thread as it is shown. @typedef {{tid: number, name: string, state: string, cpuSeconds: number, cores: number, waitChannel?: string}} Thread NaN is not known. */

/** What the threads of one process use, counted between two readings of them. */
export class ThreadRates {
  #process = '';
  #at = 0;
  /** CPU time by thread. @type {Map<number, number>} */
  #before = new Map();

  /**
   * @param {string} process Its id.
   * @param {NonNullable<Detail['threads']>} threads
   * @param {number} now In seconds.
   * @returns {Thread[]} Those that use most first.
   */
  take(process, threads, now) {
    const before = process === this.#process ? this.#before : new Map();
    const seconds = now - this.#at;
    const list = threads.map(({ tid, name, state, user_seconds: user, system_seconds: system, wait_channel: waitChannel }) => {
      const cpuSeconds = user === undefined && system === undefined ? NaN : (user ?? 0) + (system ?? 0);
      // A number that falls is another thread's, which got the TID.
      const used = cpuSeconds - (before.get(tid) ?? NaN);
      return { tid, name, state, cpuSeconds, waitChannel, cores: used >= 0 && seconds > 0 ? used / seconds : NaN };
    });
    this.#process = process;
    this.#at = now;
    this.#before = new Map(list.map(({ tid, cpuSeconds }) => [tid, cpuSeconds]));
    return list.sort((a, b) => falling(a.cores, b.cores) || falling(a.cpuSeconds, b.cpuSeconds) || a.tid - b.tid);
  }
}

/** What is not known comes last. @param {number} a @param {number} b */
const falling = (a, b) => (a !== a || b !== b ? Number(a !== a) - Number(b !== b) : b - a);
