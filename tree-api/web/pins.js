/** @import { History } from './history.js' */
/** @import { TreeModel } from './tree-model.js' */

/** What is noted of a pinned process. */
export const WATCHED = /** @type {const} */ (['cpu', 'memory', 'read', 'written']);
/** @typedef {typeof WATCHED[number]} WatchedKey */

/** More lines in one chart cannot be told apart. */
export const MOST_PINS = 6;
/** As many messages are kept of each: half an hour at 2 s. */
const MOST_POINTS = 900;

/** @param {string|null} text @returns {WatchedKey} */
export const watchedOf = (text) => WATCHED.find((key) => key === text) ?? 'cpu';

/** Reads the ids of a link; what is none is left out. @param {string|null} text @returns {string[]|undefined} */
export function parsePins(text) {
  const ids = [...new Set((text ?? '').split(','))].filter((id) => /^\d{1,10}-\d{1,20}$/.test(id)).slice(0, MOST_PINS);
  return ids.length > 0 ? ids : undefined;
}

/** The pins after a process was pinned or let go; the oldest makes room. @param {readonly string[]|undefined} pins @param {string} id @returns {string[]|undefined} */
export function togglePin(pins = [], id) {
  const rest = pins.filter((pin) => pin !== id);
  if (rest.length === pins.length) return [...pins, id].slice(-MOST_PINS);
  return rest.length > 0 ? rest : undefined;
}

/** A pinned process, and its values since it was pinned; CPU and memory since the page opened. */
export class Pin {
  /** @type {number[]} */
  times = [];
  /** @type {Record<WatchedKey, number[]>} NaN is not known. */
  values = { cpu: [], memory: [], read: [], written: [] };
  name = '';
  ended = false;

  /** @param {string} id */
  constructor(id) {
    this.id = id;
    this.pid = Number(id.split('-')[0]);
  }

  /** Takes in what the page has noted of every process. @param {TreeModel} model @param {History} history */
  begin(model, history) {
    const slot = model.slotOf(this.id);
    if (slot < 0) return;
    const { times, values } = history.series(slot, 'cpu');
    this.times = times;
    const unknown = () => times.map(() => NaN);
    this.values = { cpu: values, memory: history.series(slot, 'memory').values, read: unknown(), written: unknown() };
  }

  /** @param {number} time @param {TreeModel} model */
  record(time, model) {
    const slot = model.slotOf(this.id);
    this.ended = slot < 0;
    if (slot >= 0) this.name = model.text(slot, 'name');
    if (time === this.times.at(-1)) this.#drop(this.times.length - 1);
    if (this.ended && this.times.length === 0) return;
    this.times.push(time);
    for (const key of WATCHED) this.values[key].push(slot < 0 ? NaN : model.number(slot, key));
    if (this.times.length > MOST_POINTS) this.#drop(0);
  }

  /** @param {number} at */
  #drop(at) {
    this.times.splice(at, 1);
    for (const key of WATCHED) this.values[key].splice(at, 1);
  }

  /** The value at a time: that of the last message before it; NaN if there is none. @param {WatchedKey} key @param {number} time */
  valueAt(key, time) {
    const at = this.times.findLastIndex((t) => t <= time);
    return at < 0 ? NaN : this.values[key][at];
  }
}
