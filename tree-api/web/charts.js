import { svg } from './dom.js';

const WIDTH = 200;
const HEIGHT = 40;

/**
 * A small line over time with the area below it filled. Its colours come from the style
 * sheet, so that it follows the reader's light or dark.
 */
export class Sparkline {
  #line = svg('path', { class: 'spark-line' });
  #area = svg('path', { class: 'spark-area' });
  element = svg(
    'svg',
    { class: 'spark', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img' },
    this.#area,
    this.#line,
  );

  /** @param {string} label What the line shows, for those who cannot see it. */
  constructor(label) {
    this.element.setAttribute('aria-label', label);
  }

  /**
   * @param {readonly number[]} times
   * @param {readonly number[]} values NaN makes a gap.
   * @param {number} [top] The value at the upper edge; the largest one if absent.
   */
  draw(times, values, top) {
    const { line, area } = sparkPaths(times, values, top);
    this.#line.setAttribute('d', line);
    this.#area.setAttribute('d', area);
  }
}

/**
 * @param {readonly number[]} times
 * @param {readonly number[]} values
 * @param {number} [top]
 * @returns {{line: string, area: string}} SVG path data.
 */
export function sparkPaths(times, values, top) {
  const known = values.filter((v) => !Number.isNaN(v));
  const highest = Math.max(top ?? 0, ...known) || 1;
  const first = times[0];
  const span = times[times.length - 1] - first || 1;
  let line = '';
  let area = '';
  let start = '';
  let x = '';
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i])) {
      if (start) area += `L${x} ${HEIGHT}Z`;
      start = '';
      continue;
    }
    x = ((times[i] - first) / span * WIDTH).toFixed(1);
    const y = (HEIGHT - 1 - values[i] / highest * (HEIGHT - 3)).toFixed(1);
    if (start) {
      line += `L${x} ${y}`;
      area += `L${x} ${y}`;
    } else {
      line += `M${x} ${y}`;
      area += `M${x} ${HEIGHT}L${x} ${y}`;
      start = x;
    }
  }
  if (start) area += `L${x} ${HEIGHT}Z`;
  return { line, area };
}

/** A series for a chart of the host: the newest `most` values with their times. */
export class Series {
  /** @type {number[]} */
  times = [];
  /** @type {number[]} */
  values = [];
  #most;

  /** @param {number} most */
  constructor(most) {
    this.#most = most;
  }

  /** @param {number} time @param {number|undefined} value */
  add(time, value) {
    this.times.push(time);
    this.values.push(value ?? NaN);
    if (this.times.length <= this.#most) return;
    this.times.shift();
    this.values.shift();
  }
}
