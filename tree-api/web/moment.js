/** Moments of the past, as the address of the page names them. */

/** A number above this is in milliseconds, as Grafana writes times: in seconds it would be the year 5138. */
const MOST_SECONDS = 1e11;

/**
 * Reads a moment: RFC 3339, seconds since 1970, or milliseconds since then.
 * @param {string|null} text
 * @returns {number|undefined} In Unix seconds; undefined if it is none.
 */
export function parseMoment(text) {
  if (!text) return undefined;
  // In an address a plus sign stands for a blank.
  const number = Number(text);
  const seconds = Number.isNaN(number) ? Date.parse(text.replace(' ', '+')) / 1000 : number > MOST_SECONDS ? number / 1000 : number;
  return seconds >= 0 && seconds < MOST_SECONDS ? seconds : undefined;
}

/** A moment in RFC 3339, to the millisecond. @param {number} seconds */
export const formatMoment = (seconds) => new Date(Math.round(seconds * 1000)).toISOString().replace('.000Z', 'Z');

/**
 * Reads the moment from an address of the page (view-state.js).
 * @param {string} hash With or without the "#".
 */
export const momentOf = (hash) => parseMoment(new URLSearchParams(hash.replace(/^#/, '')).get('time'));
