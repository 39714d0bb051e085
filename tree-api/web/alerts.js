/** @import { TreeModel } from './tree-model.js' */
/** @import { HostMetrics } from './overview.js' */

/**
 * The limits a person set; absent is off.
 * @typedef {object} Limits
 * @property {number} [processCPU] CPUs of one process.
 * @property {number} [processMemory] Resident bytes of one process.
 * @property {number} [hostCPU] Share of all CPUs, 0 to 1.
 * @property {number} [hostMemory] Share of the memory, 0 to 1.
 */

/**
 * Something went over its limit.
 * @typedef {object} Crossing
 * @property {keyof Limits} limit
 * @property {string} [id] The process; absent for the host.
 * @property {number} value
 */

/** A value counts as back once it is below this share of its limit: it must not flutter. */
const BACK_BELOW = 0.9;
/** So many updates in a row must be over the limit: one short peak is no news. */
const UPDATES_OVER = 2;

/** Watches values from update to update and tells each crossing once. */
export class Watch {
  /** For each value over its limit: for how many updates. @type {Map<string, number>} */
  #over = new Map();

  /**
   * @param {Limits} limits
   * @param {TreeModel} model
   * @param {HostMetrics} host
   * @returns {Crossing[]} What has just crossed its limit.
   */
  check(limits, model, host) {
    /** @type {Map<string, number>} */
    const next = new Map();
    /** @type {Crossing[]} */
    const crossings = [];
    for (const crossing of valuesNear(limits, model, host)) {
      const key = `${crossing.limit} ${crossing.id ?? ''}`;
      const before = this.#over.get(key) ?? 0;
      const isOver = crossing.value >= /** @type {number} */ (limits[crossing.limit]);
      if (!isOver && before < UPDATES_OVER) continue;
      next.set(key, isOver ? before + 1 : before);
      if (isOver && before + 1 === UPDATES_OVER) crossings.push(crossing);
    }
    this.#over = next;
    return crossings;
  }
}

/**
 * Every value that is over its limit or not yet well below it.
 * @param {Limits} limits
 * @param {TreeModel} model
 * @param {HostMetrics} host
 * @returns {Iterable<Crossing>}
 */
function* valuesNear({ processCPU, processMemory, hostCPU, hostMemory }, model, host) {
  yield* processesNear('processCPU', processCPU, model, 'cpu');
  yield* processesNear('processMemory', processMemory, model, 'memory');
  const { busy_cores: busy } = host.cpu ?? {};
  if (busy !== undefined && host.cpus) yield* ratioNear('hostCPU', hostCPU, busy / host.cpus);
  const { total_bytes: total, available_bytes: available } = host.memory ?? {};
  if (total && available !== undefined) yield* ratioNear('hostMemory', hostMemory, 1 - available / total);
}

/** @param {keyof Limits} limit @param {number|undefined} bound @param {number} value */
function* ratioNear(limit, bound, value) {
  if (bound !== undefined && value >= bound * BACK_BELOW) yield { limit, value };
}

/** @param {keyof Limits} limit @param {number|undefined} bound @param {TreeModel} model @param {string} key */
function* processesNear(limit, bound, model, key) {
  if (bound === undefined) return;
  const values = model.column(key);
  for (let slot = 0; slot < values.length; slot++) {
    if (values[slot] >= bound * BACK_BELOW) yield { limit, id: model.idOf(slot), value: values[slot] };
  }
}
