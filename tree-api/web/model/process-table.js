import { PROCESS_COLUMNS, TEXT_COLUMNS } from './columns.js';

/** The arrays of a table of processes: what Store and Mirror have in common. */
export class ProcessTable {
  columns = PROCESS_COLUMNS;
  /** @type {Map<string, number>} */
  slots = new Map();
  /** @type {string[]} The id in each slot, "" where the slot is free. */
  ids = [];
  /** @type {number} One more than the highest slot ever used. */
  size = 0;
  /** @type {number} */
  capacity = 0;
  /** @type {Record<string, Float64Array>} */
  numbers = {};
  /** @type {Record<string, string[]>} */
  texts = {};
  /** 1 for a thread of the kernel itself. */
  kernel = new Uint8Array(0);
  /** 1 where a text was written since it was last looked at. */
  textChanged = new Uint8Array(0);

  constructor() {
    for (const key of this.columns.numbers) this.numbers[key] = new Float64Array(0);
    for (const { key } of TEXT_COLUMNS) this.texts[key] = [];
  }

  /** By PID, then by age. @param {number} a @param {number} b */
  compare(a, b) {
    const { pid, start_time: start } = this.numbers;
    return pid[a] - pid[b] || start[a] - start[b] || a - b;
  }

  /** Makes room, in which nothing is known. @param {number} capacity */
  grow(capacity) {
    for (const key of this.columns.numbers) {
      const wider = new Float64Array(capacity).fill(NaN);
      wider.set(this.numbers[key]);
      this.numbers[key] = wider;
    }
    const more = new Array(capacity - this.capacity).fill('');
    for (const { key } of TEXT_COLUMNS) this.texts[key] = this.texts[key].concat(more);
    this.kernel = widen(this.kernel, capacity);
    this.textChanged = widen(this.textChanged, capacity);
    this.capacity = capacity;
  }
}

/**
 * @param {Uint8Array} old
 * @param {number} capacity
 */
export function widen(old, capacity) {
  const wider = new Uint8Array(capacity);
  wider.set(old);
  return wider;
}
