/** Round numbers along the axes of a chart. */

/** In seconds. */
const TIME_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400, 172800, 604800];

/**
 * Marks from 0 to at least a value: three to six of them.
 * @param {number} highest
 * @param {boolean} binary Whether the numbers are bytes, whose units are powers of 1024.
 * @returns {number[]}
 */
export function valueTicks(highest, binary) {
  if (!(highest > 0)) return [0, 1];
  const unit = binary ? 1024 ** Math.floor(Math.log2(highest) / 10) : 1;
  const raw = highest / unit / 4;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 2.5, 5, 10].find((f) => f * power >= raw) ?? 10) * power * unit;
  return Array.from({ length: Math.ceil(highest / step - 1e-9) + 1 }, (_, i) => i * step);
}

/**
 * Marks within a span of time, at most `most`.
 * @param {number} first @param {number} last In Unix seconds.
 * @param {number} most
 */
export function timeTicks(first, last, most) {
  const step = TIME_STEPS.find((s) => (last - first) / s <= most) ?? TIME_STEPS[TIME_STEPS.length - 1];
  const ticks = [];
  for (let t = Math.ceil(first / step) * step; t <= last; t += step) ticks.push(t);
  return ticks;
}

/** "14:05:30" in the time of the reader. @param {number} seconds */
export function clock(seconds) {
  const date = new Date(seconds * 1000);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((n) => String(n).padStart(2, '0')).join(':');
}
