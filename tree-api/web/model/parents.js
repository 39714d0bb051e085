import { NONE } from './link-change.js';
import { PidIndex } from './pids.js';

/**
 * The slot of each process' parent. From one message to the next few processes come, go or
 * get another parent: only they, their children and those without a parent are looked up
 * again.
 */
export class Parents {
  #pids = new PidIndex();
  #parents = new Int32Array(0);
  /** 1 where another process stands than before, or the same with another parent. */
  #stale = new Uint8Array(0);

  /** A process stands in a slot now. @param {number} slot @param {number} pid NaN is no PID. */
  enter(slot, pid) {
    this.#pids.claim(pid, slot);
    this.#stale[slot] = 1;
  }

  /** @param {number} slot @param {number} pid */
  leave(slot, pid) {
    this.#pids.release(pid, slot);
    this.#stale[slot] = 1;
  }

  /** A process has another parent. @param {number} slot */
  move(slot) { this.#stale[slot] = 1; }

  /** @param {number} capacity */
  grow(capacity) {
    const wider = new Int32Array(capacity).fill(NONE);
    wider.set(this.#parents);
    this.#parents = wider;
    const stale = new Uint8Array(capacity).fill(1);
    stale.set(this.#stale);
    this.#stale = stale;
  }

  /**
   * Writes the slot of each row's parent. A PID stands for the process that started last
   * where several claim it.
   * @param {Int32Array} into
   * @param {{size: number, slots: ReadonlyMap<string, number>, numbers: Record<string, Float64Array>}} store
   */
  write(into, { size, slots, numbers }) {
    const { pid, ppid } = numbers;
    const all = this.#pids.isShared;
    const byPid = this.#pids.lookUp(slots.values(), numbers);
    const parents = this.#parents;
    const stale = this.#stale;
    for (let slot = 0; slot < size; slot++) {
      const parent = parents[slot];
      if (!all && stale[slot] === 0 && parent !== NONE && stale[parent] === 0) continue;
      parents[slot] = ppid[slot] === pid[slot] ? NONE : byPid.get(ppid[slot]) ?? NONE;
    }
    stale.fill(0, 0, size);
    into.set(parents.subarray(0, size));
  }
}
