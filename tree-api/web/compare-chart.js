import { clock, timeTicks, valueTicks } from './chart-scale.js';
import { el, svg } from './dom.js';

/**
 * @typedef {object} Line
 * @property {number[]} times
 * @property {number[]} values NaN is a gap.
 * @property {number} series Its colour and dashes, from 0.
 */

/** In pixels. */
const HEIGHT = 132;
const EDGE = { top: 8, right: 12, bottom: 18, left: 64 };
const TICK_ROOM = 90;
const LEAST_SECONDS = 10;

/** Some lines over one axis of time. The pointer, or the arrow keys, choose a moment of it. */
export class CompareChart {
  element = el('div', { class: 'compare-chart', tabindex: 0, role: 'group', 'aria-label': 'Chart. The arrow keys choose a moment' });
  /** The moment chosen, in Unix seconds; undefined is the newest. @type {number|undefined} */
  moment;
  #svg = svg('svg', { height: HEIGHT, 'aria-hidden': 'true' });
  #onMoment;
  #width = 0;
  /** @type {{lines: readonly Line[], format: (value: number) => string, binary: boolean}} */
  #shown = { lines: [], format: String, binary: false };
  /** Of the axis. */
  #first = 0;
  #last = 0;

  /** @param {() => void} onMoment Another moment was chosen. */
  constructor(onMoment) {
    this.#onMoment = onMoment;
    this.element.append(this.#svg);
    new ResizeObserver(([{ contentRect }]) => {
      this.#width = contentRect.width;
      this.#paint();
    }).observe(this.element);
    this.element.addEventListener('pointermove', (event) => this.#choose(this.#timeAt(event.clientX - this.#svg.getBoundingClientRect().left)));
    this.element.addEventListener('pointerleave', () => this.#choose(undefined));
    this.element.addEventListener('blur', () => this.#choose(undefined));
    this.element.addEventListener('keydown', (event) => this.#key(event));
  }

  /** @param {readonly Line[]} lines @param {{format: (value: number) => string, binary: boolean}} axis */
  show(lines, { format, binary }) {
    this.#shown = { lines, format, binary };
    this.#paint();
  }

  get #times() { return [...new Set(this.#shown.lines.flatMap(({ times }) => times))].sort((a, b) => a - b); }

  /** @param {number} x */
  #timeAt(x) {
    const share = (x - EDGE.left) / Math.max(1, this.#width - EDGE.left - EDGE.right);
    const wanted = this.#first + Math.min(1, Math.max(0, share)) * (this.#last - this.#first);
    return this.#times.reduce((best, t) => (Math.abs(t - wanted) < Math.abs(best - wanted) ? t : best), Infinity);
  }

  /** @param {number|undefined} moment */
  #choose(moment) {
    const known = moment === undefined || Number.isFinite(moment) ? moment : undefined;
    if (known === this.moment) return;
    this.moment = known;
    this.#onMoment();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const times = this.#times;
    const at = this.moment === undefined ? times.length - 1 : times.indexOf(this.moment);
    const next = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: times.length - 1 }[event.key];
    if (next === undefined || times.length === 0) return;
    event.preventDefault();
    this.#choose(times[Math.max(0, Math.min(next, times.length - 1))]);
  }

  #paint() {
    const { lines, format, binary } = this.#shown;
    const width = this.#width;
    if (width < EDGE.left + EDGE.right + 20) return;
    const times = this.#times;
    this.#last = times.at(-1) ?? 0;
    this.#first = Math.min(times[0] ?? 0, this.#last - LEAST_SECONDS);
    const ticks = valueTicks(Math.max(0, ...lines.flatMap(({ values }) => values).filter((v) => v > 0)), binary);
    const top = ticks[ticks.length - 1];
    const x = (/** @type {number} */ t) => EDGE.left + (t - this.#first) / (this.#last - this.#first) * (width - EDGE.left - EDGE.right);
    const y = (/** @type {number} */ v) => HEIGHT - EDGE.bottom - v / top * (HEIGHT - EDGE.top - EDGE.bottom);
    this.#svg.setAttribute('width', String(width));
    const seconds = timeTicks(this.#first, this.#last, Math.max(2, Math.floor(width / TICK_ROOM)));
    this.#svg.replaceChildren(
      ...ticks.flatMap((v) => [
        svg('line', { class: 'grid', x1: EDGE.left, x2: width - EDGE.right, y1: y(v), y2: y(v) }),
        label({ x: EDGE.left - 6, y: y(v) + 4, 'text-anchor': 'end' }, format(v)),
      ]),
      ...seconds.map((t) => label({ x: Math.min(x(t), width - EDGE.right - 26), y: HEIGHT - 4, 'text-anchor': 'middle' }, clock(t))),
      ...lines.map(({ times: at, values, series }) => svg('path', { class: `line series-${series}`, d: pathOf(at, values, x, y) })),
      ...(this.moment === undefined ? [] : [svg('line', { class: 'moment', x1: x(this.moment), x2: x(this.moment), y1: EDGE.top, y2: HEIGHT - EDGE.bottom })]),
    );
  }
}

/** @param {Record<string, string|number>} attributes @param {string} text */
function label(attributes, text) {
  const element = svg('text', attributes);
  element.textContent = text;
  return element;
}

/**
 * @param {readonly number[]} times @param {readonly number[]} values
 * @param {(time: number) => number} x @param {(value: number) => number} y
 * @returns {string} SVG path data; a single value is a short line.
 */
export function pathOf(times, values, x, y) {
  let path = '';
  values.forEach((value, i) => {
    if (Number.isNaN(value)) return;
    const begins = i === 0 || Number.isNaN(values[i - 1]);
    path += `${begins ? 'M' : 'L'}${x(times[i]).toFixed(1)} ${y(value).toFixed(1)}`;
    if (begins && (i + 1 === values.length || Number.isNaN(values[i + 1]))) path += 'h1';
  });
  return path;
}
