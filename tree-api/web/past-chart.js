import { timeTicks } from './chart-scale.js';
import { el, setAttribute, svg } from './dom.js';
import { formatPercent, withoutMarks } from './format.js';
import { joinMarks, nameMarks, pointAt, sharesOf } from './past-model.js';

/** @import { Mark, Recording, TimeWindow } from './past-model.js' */

/** In pixels: the row of marks at the top, and that of times at the bottom. */
const MARKS = 12;
const AXIS = 15;
const TICK_ROOM = 84;
const DAY = 86_400;

/** What the chart draws of each point: an area for CPU, lines for the rest. */
const LINES = /** @type {const} */ (['cpu', 'memory', 'pressure']);

/** The host over the time of the window, its marks, and the moment that is shown. */
export class PastChart {
  element = el('div', {
    id: 'strip', class: 'strip', role: 'slider', tabindex: 0, 'aria-label': 'Moment of the recording', 'aria-orientation': 'horizontal',
    'aria-keyshortcuts': 'ArrowLeft ArrowRight Shift+ArrowLeft Shift+ArrowRight PageUp PageDown Home End',
  });
  width = 0;
  #height = 0;
  #svg = svg('svg', { 'aria-hidden': 'true' });
  #hand = el('div', { class: 'strip-hand', hidden: true });
  #tip = el('div', { class: 'strip-tip', hidden: true });
  #window;
  /** @type {Recording|undefined} */
  #recording;
  #cpus = 1;

  /** @param {TimeWindow} window @param {() => void} onSize */
  constructor(window, onSize) {
    this.#window = window;
    this.element.append(this.#svg, this.#hand, this.#tip);
    new ResizeObserver(([{ contentRect }]) => {
      this.width = contentRect.width;
      this.#height = contentRect.height;
      onSize();
    }).observe(this.element);
  }

  /** @param {number} clientX @returns {number} In Unix seconds. */
  timeAt(clientX) {
    const { left, width } = this.element.getBoundingClientRect();
    return this.#window.from + (clientX - left) / Math.max(1, width) * this.#window.length;
  }

  /** @param {number} time In pixels from the left. */
  #x(time) { return (time - this.#window.from) / Math.max(0.001, this.#window.length) * this.width; }

  /** @param {Recording} recording @param {{marks: readonly Mark[], cpus: number|undefined, span: {from: number, to: number}|undefined}} view */
  paint(recording, { marks, cpus, span }) {
    this.#recording = { ...recording, marks: [...marks] };
    this.#cpus = cpus || 1;
    if (this.width === 0 || this.#window.length === 0) return;
    const bottom = this.#height - AXIS;
    setAttribute(this.#svg, 'width', String(this.width));
    setAttribute(this.#svg, 'height', String(this.#height));
    this.#svg.replaceChildren(
      ...(span ? [this.#box('strip-span', span.from, span.to)] : []),
      ...marks.filter(({ kind }) => kind === 'gap').map(({ time, until = time }) => this.#box('strip-gap', time, until)),
      ...this.#lines(recording, bottom),
      svg('line', { class: 'strip-floor', x1: 0, x2: this.width, y1: bottom + 0.5, y2: bottom + 0.5 }),
      ...this.#ticks(bottom),
      ...joinMarks(marks, this.#window, this.width).map((mark) => this.#mark(mark)),
    );
  }

  /** @param {string} name @param {number} from @param {number} to */
  #box(name, from, to) {
    const left = Math.max(0, this.#x(from));
    return svg('rect', { class: name, x: left, y: 0, width: Math.max(1, Math.min(this.width, this.#x(to)) - left), height: this.#height - AXIS });
  }

  /** @param {Recording} recording @param {number} bottom @returns {SVGElement[]} */
  #lines({ points, marks }, bottom) {
    const gaps = marks.filter(({ kind }) => kind === 'gap');
    const shares = points.map((point) => sharesOf(point, this.#cpus));
    const top = MARKS + 2;
    const y = (/** @type {number} */ share) => bottom - Math.min(1, Math.max(0, share)) * (bottom - top);
    return LINES.flatMap((key) => {
      let line = '';
      let area = '';
      let begin = NaN;
      let x = 0;
      const end = () => { if (!Number.isNaN(begin)) area += `L${x.toFixed(1)} ${bottom}L${begin.toFixed(1)} ${bottom}Z`; };
      points.forEach((point, i) => {
        const share = shares[i][key];
        const before = points[i - 1];
        const broken = before === undefined || Number.isNaN(shares[i - 1][key]) || gaps.some(({ time, until = time }) => before.time <= time && point.time >= until);
        if (Number.isNaN(share) || broken) {
          end();
          begin = NaN;
        }
        if (Number.isNaN(share)) return;
        x = this.#x(point.time);
        const step = `${Number.isNaN(begin) ? 'M' : 'L'}${x.toFixed(1)} ${y(share).toFixed(1)}`;
        line += step;
        area += step;
        if (Number.isNaN(begin)) begin = x;
      });
      end();
      return [...(key === 'cpu' ? [svg('path', { class: 'strip-area', d: area })] : []), svg('path', { class: `strip-line ${key}-line`, d: line })];
    });
  }

  /** @param {number} bottom @returns {SVGElement[]} */
  #ticks(bottom) {
    const { from, to, length } = this.#window;
    // Steps of days begin at midnight of the reader.
    const shift = length > DAY ? new Date(from * 1000).getTimezoneOffset() * 60 : 0;
    return timeTicks(from - shift, to - shift, Math.max(2, Math.floor(this.width / TICK_ROOM))).map((tick) => tick + shift).flatMap((time) => {
      const x = this.#x(time);
      const text = svg('text', { x: x + 3, y: bottom + 12 });
      text.textContent = tickText(time, length);
      return [svg('line', { class: 'strip-tick', x1: x, x2: x, y1: MARKS, y2: bottom + AXIS }), text];
    });
  }

  /** @param {{time: number, kind: string, marks: Mark[]}} mark */
  #mark({ time, kind, marks }) {
    const x = this.#x(time);
    const title = svg('title', {});
    title.textContent = nameMarks(marks);
    const shape = kind === 'oom_kill' ? `M${x - 5} 1h10l-5 9z` : kind === 'crash' ? `M${x} 0l5 5-5 5-5-5z` : `M${x - 4} 1h8v8h-8z`;
    return svg('g', { class: `strip-mark mark-${kind}` },
      svg('line', { x1: x, x2: x, y1: 9, y2: this.#height - AXIS }), svg('path', { d: shape }), title);
  }

  /** Shows where the moment is; undefined is the present. @param {number|undefined} time */
  showHand(time) {
    const x = time === undefined ? NaN : this.#x(time);
    this.#hand.hidden = !(x >= -1 && x <= this.width + 1);
    if (!this.#hand.hidden) this.#hand.style.transform = `translateX(${x.toFixed(1)}px)`;
  }

  /** Says what was at the pointer; undefined takes it away. @param {number|undefined} time */
  showTip(time) {
    this.#tip.hidden = time === undefined || !this.#recording;
    if (time === undefined || !this.#recording) return;
    this.#tip.textContent = this.#describe(time, this.#recording);
    // Within the strip. Its width (100%) is left to the browser: to ask for it would cost a layout for each move.
    this.#tip.style.transform = `translateX(max(0px, min(${(this.#x(time) + 10).toFixed(0)}px, ${this.width.toFixed(0)}px - 100%)))`;
  }

  /** @param {number} time @param {Recording} recording */
  #describe(time, { points, marks }) {
    const gap = marks.find((mark) => mark.kind === 'gap' && time > mark.time && time < (mark.until ?? 0));
    const { length } = this.#window;
    const near = length / this.width * 6;
    const here = marks.filter((mark) => mark.kind !== 'gap' && Math.abs((mark.until ?? mark.time) - time) <= near);
    const point = gap ? undefined : pointAt(points, time);
    const shares = point && sharesOf(point, this.#cpus);
    return [
      `${dayText(time)} ${timeText(time)}`,
      gap ? 'not recorded' : '',
      shares ? `CPU ${formatPercent(shares.cpu)}` : '', shares ? `memory ${formatPercent(shares.memory)}` : '',
      shares && !Number.isNaN(shares.pressure) ? `pressure ${formatPercent(shares.pressure)}` : '',
      nameMarks(here),
    ].filter(Boolean).join(' · ');
  }
}

/** @param {number} seconds @param {number} length Of the window. */
function tickText(seconds, length) {
  const date = new Date(seconds * 1000);
  if (length > DAY && date.getHours() === 0 && date.getMinutes() === 0) return dayText(seconds);
  return length < 600 ? timeText(seconds) : timeText(seconds).slice(0, 5);
}

/** To make one takes longer than all else that a frame of the strip needs. @type {Intl.DateTimeFormat|undefined} */
let days;

/** "Sat 28 Nov", in the language of the reader. @param {number} seconds */
export function dayText(seconds) {
  days ??= new Intl.DateTimeFormat(undefined, { weekday: 'short', day: 'numeric', month: 'short' });
  return withoutMarks(days.format(seconds * 1000));
}

/** "03:12:07" @param {number} seconds */
export function timeText(seconds) {
  const date = new Date(seconds * 1000);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((n) => String(n).padStart(2, '0')).join(':');
}
