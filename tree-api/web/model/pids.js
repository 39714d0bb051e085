/**
 * Which slot holds each PID. It is kept up to date process by process; only while two
 * processes claim one PID, as a torn reading could make them, it is made again each time.
 */
export class PidIndex {
  /** @type {Map<number, number>} */
  #slots = new Map();
  #shared = false;

  /** @param {number} pid NaN is no PID. @param {number} slot */
  claim(pid, slot) {
    if (Number.isNaN(pid)) return;
    if (this.#slots.has(pid)) this.#shared = true;
    this.#slots.set(pid, slot);
  }

  /** @param {number} pid @param {number} slot */
  release(pid, slot) {
    if (this.#slots.get(pid) === slot) this.#slots.delete(pid);
  }

  /** Whether two processes claim one PID. */
  get isShared() { return this.#shared; }

  /**
   * The slot of each PID; that of the process which started last where several claim one.
   * @param {Iterable<number>} slots All that are in use.
   * @param {Record<string, Float64Array>} columns
   * @returns {ReadonlyMap<number, number>}
   */
  lookUp(slots, { pid, start_time: start }) {
    if (!this.#shared) return this.#slots;
    this.#slots.clear();
    this.#shared = false;
    for (const slot of slots) {
      const other = this.#slots.get(pid[slot]);
      if (Number.isNaN(pid[slot])) continue;
      if (other === undefined) {
        this.#slots.set(pid[slot], slot);
        continue;
      }
      this.#shared = true;
      if (!(start[other] >= start[slot])) this.#slots.set(pid[slot], slot);
    }
    return this.#slots;
  }
}
