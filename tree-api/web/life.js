/** One process over time, also after it has ended: GET /api/v1/processes/ID/history and its events. */
import { get } from './api.js';
import { timeTicks, valueTicks } from './chart-scale.js';
import { pathOf } from './compare-chart.js';
import { el, svg } from './dom.js';
import { facts } from './drawer-detail.js';
import { formatBytes, formatCores, formatCount, formatPercent, formatRate, formatTime } from './format.js';
import { eventText } from './events-view.js';
import { METRICS } from './model/columns.gen.js';
import { timeText } from './past-chart.js';
import { commandOf, durationOf, endingOf, parentOf, timeLink } from './past-links.js';

/** @import { Go } from './past-links.js' */

/** @typedef {import('./model/columns.gen.js').Metric} Metric */

/** What changes while a process runs: what has a unit first, for the counts change least. A nice value hardly ever does. */
const CHARTS = METRICS.filter(({ key, kind }) => (kind === 'gauge' || kind === 'rate') && key !== 'nice').toSorted((a, b) => Number(a.unit === undefined) - Number(b.unit === undefined));
/** @type {Record<string, (value: number) => string>} */
const FORMATS = { bytes: formatBytes, 'bytes/s': formatRate, cores: formatCores, ratio: formatPercent };
const HEIGHT = 64;
const EDGE = { top: 4, right: 6, bottom: 15, left: 66 };
const MOST_EVENTS = 50;
const SETTLE_MILLISECONDS = 250;

/** A section of the drawer. */
export class Life {
  element = el('details', { class: 'life', 'data-section': 'life' }, el('summary', {}, 'Over time'));
  #body = el('div');
  #go;
  /** @type {{id: string, from: number, to: number}|undefined} */
  #shown;
  /** @type {number|undefined} */
  #moment;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #timer;

  /** @param {Go} go */
  constructor(go) {
    this.#go = go;
    this.element.append(this.#body);
    this.element.addEventListener('toggle', () => this.#loadSoon(0));
  }

  /**
   * @param {string|undefined} id @param {{from: number, to: number}|undefined} span
   * @param {{moment: number|undefined, inTable: boolean}} page The moment of the past that is shown; whether the process is among those shown: then the drawer says more of it.
   */
  show(id, span, { moment, inTable }) {
    this.element.hidden = id === undefined || span === undefined;
    if (id === undefined || span === undefined) return;
    this.element.classList.toggle('in-table', inTable);
    if (moment !== this.#moment) {
      // Who looks at the past wants to see it.
      if (this.#moment === undefined) this.element.open = true;
      this.#moment = moment;
      this.#placeHands();
    }
    const before = this.#shown;
    // The end of the recording moves; a little more of it is not read again.
    if (before?.id === id && Math.abs(before.from - span.from) < 1 && Math.abs(before.to - span.to) < 30) return;
    this.#shown = { id, ...span };
    if (before?.id !== id) this.#body.replaceChildren(el('p', { class: 'muted' }, 'Reading the recording …'));
    this.#loadSoon(SETTLE_MILLISECONDS);
  }

  /** @param {number} delay */
  #loadSoon(delay) {
    clearTimeout(this.#timer);
    if (this.element.open && this.#shown) this.#timer = setTimeout(() => this.#load(), delay);
  }

  async #load() {
    const shown = this.#shown;
    if (!shown) return;
    const { id, from, to } = shown;
    const span = `from=${from.toFixed(3)}&to=${to.toFixed(3)}`;
    let content;
    try {
      const [track, events] = await Promise.all([
        get(`api/v1/processes/${id}/history?${span}`),
        get(`api/v1/events?${span}&pid=${id.split('-')[0]}&limit=${MOST_EVENTS}`).catch(() => ({ events: [] })),
      ]);
      content = this.#content(track, events.events.filter((/** @type {{id?: string}} */ e) => e.id === undefined || e.id === id));
    } catch (error) {
      content = [el('p', { class: 'muted' }, error instanceof Error ? error.message : String(error))];
    }
    if (this.#shown !== shown) return;
    this.#body.replaceChildren(...content);
    this.#placeHands();
  }

  /** @param {any} track @param {any[]} events @returns {Node[]} */
  #content({ process, points, from, to }, events) {
    const end = process.end_time ?? to;
    const first = Math.max(from, Math.min(process.start_time ?? from, end - 1));
    const courses = CHARTS.map((metric) => ({ metric, values: points.map((/** @type {any} */ point) => (metric.within ? point[metric.within] : point)?.[metric.field] ?? NaN) }))
      .filter(({ values }) => values.some((/** @type {number} */ value) => !Number.isNaN(value)));
    const isFlat = (/** @type {{values: number[]}} */ { values }) => values.every((value) => Number.isNaN(value) || value === 0);
    const times = points.map((/** @type {any} */ { time }) => time);
    const charts = courses.filter((course) => !isFlat(course)).map(({ metric, values }) => this.#chart(times, values, { metric, from: first, to: Math.min(to, end) }));
    const zero = courses.filter(isFlat).map(({ metric }) => metric.title);
    return [
      el('div', { class: 'life-process' }, facts({
        Process: process.name, 'Command line': commandOf(process), User: process.user, Parent: parentOf(process), Started: formatTime(process.start_time),
      }) ?? ''),
      facts({
        Ended: process.end_time === undefined ? undefined : `${formatTime(process.end_time)}: ${endingOf(process)}`,
        'Ran for': process.run_seconds === undefined ? undefined : durationOf(process.run_seconds),
      }),
      ...charts,
      zero.length > 0 ? el('p', { class: 'muted life-zero' }, `Zero all the time: ${zero.join(', ')}`) : null,
      events.length > 0 ? el('ul', { class: 'life-events', 'aria-label': 'Events' }, ...events.map((event) => el('li', {}, timeLink(event.time, this.#go, event.id), el('span', {}, eventText(event))))) : null,
    ].filter((part) => part !== null);
  }

  /**
   * @param {number[]} times @param {number[]} values NaN where it is not known.
   * @param {{metric: Metric, from: number, to: number}} options
   */
  #chart(times, values, { metric: { key, title, unit, help }, from, to }) {
    const known = values.filter((value) => !Number.isNaN(value));
    const format = FORMATS[unit ?? ''] ?? formatCount;
    const width = Math.max(200, this.#body.clientWidth || 360);
    const most = Math.max(...known);
    const top = valueTicks(most, unit?.startsWith('bytes') === true).at(-1) ?? 1;
    const x = (/** @type {number} */ time) => EDGE.left + (time - from) / Math.max(1, to - from) * (width - EDGE.left - EDGE.right);
    const y = (/** @type {number} */ value) => HEIGHT - EDGE.bottom - value / top * (HEIGHT - EDGE.top - EDGE.bottom);
    const label = (/** @type {Record<string, string|number>} */ attributes, /** @type {string} */ text) => {
      const element = svg('text', attributes);
      element.textContent = text;
      return element;
    };
    const drawing = svg('svg', { width, height: HEIGHT, 'aria-hidden': 'true' },
      ...[0, top].flatMap((value) => [svg('line', { class: 'grid', x1: EDGE.left, x2: width - EDGE.right, y1: y(value), y2: y(value) }), label({ x: EDGE.left - 5, y: y(value) + 4, 'text-anchor': 'end' }, format(value))]),
      ...timeTicks(from, to, 3).map((time) => label({ x: Math.min(x(time), width - 28), y: HEIGHT - 3, 'text-anchor': 'middle' }, timeText(time))),
      svg('path', { class: 'line', d: pathOf(times, values, x, y) }));
    const hand = el('div', { class: 'strip-hand', hidden: true });
    const figure = el('figure', { class: `life-chart ${key}-life`, title: `${help}. Click to go to that second` }, el('figcaption', {}, unit === 'cores' ? `${title} (cores)` : title, el('span', { class: 'muted' }, `peak ${format(most)}`)), el('div', { class: 'life-plot' }, drawing, hand));
    figure.addEventListener('click', (event) => {
      const at = (event.clientX - drawing.getBoundingClientRect().left - EDGE.left) / (width - EDGE.left - EDGE.right);
      if (at >= 0 && at <= 1) this.#go(from + at * (to - from), this.#shown?.id);
    });
    this.#hands.set(hand, (time) => (time >= from && time <= to ? x(time) : NaN));
    return figure;
  }

  /** Where each chart has a moment. @type {Map<HTMLElement, (time: number) => number>} */
  #hands = new Map();

  #placeHands() {
    for (const [hand, x] of this.#hands) {
      if (!hand.isConnected) {
        this.#hands.delete(hand);
        continue;
      }
      const at = this.#moment === undefined ? NaN : x(this.#moment);
      hand.hidden = Number.isNaN(at);
      if (!hand.hidden) hand.style.transform = `translateX(${at.toFixed(1)}px)`;
    }
  }
}
