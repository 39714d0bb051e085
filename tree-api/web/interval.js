/** The time between two messages of the stream that a person can choose, in seconds. */
export const INTERVALS = [1, 2, 5, 10, 30, 60];
export const DEFAULT_INTERVAL = 2;

/**
 * Reads the interval from an address of the page (view-state.js).
 * @param {string} hash With or without the "#".
 */
export function intervalOf(hash) {
  const interval = Number(new URLSearchParams(hash.replace(/^#/, '')).get('interval'));
  return INTERVALS.includes(interval) ? interval : DEFAULT_INTERVAL;
}
