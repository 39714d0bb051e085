/**
 * The recording below the header of the page: the host over time, and the way to each moment of
 * it. This module and those that only it needs are read when the exporter turns out to record.
 */
import { get } from './api.js';
import { Between } from './between.js';
import { button, el, setAttribute, setHidden, setText } from './dom.js';
import { EventsView } from './events-view.js';
import { formatDuration, formatTime } from './format.js';
import { withIcon } from './icons.js';
import { Life } from './life.js';
import { tableAfter } from './moments.js';
import { PastChart, dayText, timeText } from './past-chart.js';
import { followPointer } from './past-pointer.js';
import { CRASHES, TimeWindow, intervalAt, marksOf, nearestRecorded, restartMarks, restartTimes, withExact } from './past-model.js';

export { Between, EventsView, Life };

/** @import { Connection } from './stream.js' */
/** @import { Exact, Mark, Recording } from './past-model.js' */

const REFRESH_MILLISECONDS = 10_000;
/** A wheel that turns asks when it has come to rest. */
const SETTLE_MILLISECONDS = 150;
/** Of what time is told at first what happened, and of how much at most without being asked: all of it is read. */
const USUAL_SECONDS = 900;
const MOST_USUAL_SECONDS = 3600;
const MOST_MARKS = 1000;
const MOST_POINTS = 2000;
/** A recording whose last table is younger than this goes on: this page asks for it only now and then. */
const STILL_SECONDS = 30;
const ZOOM = 2;
/** On a strip that is narrower, words are left out. */
const WIDE_PIXELS = 620;
export const SPEEDS = [1, 2, 5, 10, 30, 60];

/**
 * What the page shows.
 * @typedef {object} Shown
 * @property {number|undefined} time The moment that was chosen; undefined is the present.
 * @property {number} tableTime That of the table that is shown.
 * @property {boolean} past Whether that table is of the recording.
 * @property {number|undefined} cpus
 * @property {{from: number, to: number}|undefined} span That between whose ends the page says what happened.
 * @property {Connection} connection
 */

/** @typedef {'table'|'second'|'minute'} Unit */

export class PastControl {
  #root;
  #on;
  #window = new TimeWindow();
  /** @type {Recording} */
  #recording = { spans: [], marks: [], points: [] };
  /** @type {Shown} */
  #shown = { time: undefined, tableTime: 0, past: false, cpus: undefined, span: undefined, connection: { state: 'connecting' } };
  #chart = new PastChart(this.#window, () => { this.#loadSoon(); this.#draw(); });
  #title = el('strong', { id: 'past-time' });
  #note = el('span', { class: 'muted', id: 'past-note' });
  #back = withIcon('back', button('', { class: 'tool', title: 'Previous table (,)', 'aria-label': 'Previous table', 'aria-keyshortcuts': ',' }, () => this.step('table', -1)));
  #play = withIcon('play', button('', { id: 'past-play', class: 'tool' }, () => this.togglePlay()));
  #forward = withIcon('forward', button('', { class: 'tool', title: 'Next table (.)', 'aria-label': 'Next table', 'aria-keyshortcuts': '.' }, () => this.step('table', 1)));
  #speed = el('select', { class: 'tool', 'aria-label': 'Speed', title: 'Seconds of the recording in one second' }, ...SPEEDS.map((speed) => el('option', { value: speed }, `${speed} ×`)));
  #live = button('Live', { id: 'past-live', class: 'tool', title: 'Back to the present (l)', 'aria-keyshortcuts': 'l' }, () => this.goLive());
  #zoomIn = withIcon('plus', button('', { class: 'tool', title: 'Zoom in (+)', 'aria-label': 'Zoom in' }, () => this.#zoom(1 / ZOOM)));
  #zoomOut = withIcon('minus', button('', { class: 'tool', title: 'Zoom out (-)', 'aria-label': 'Zoom out' }, () => this.#zoom(ZOOM)));
  #whole = withIcon('whole', button('', { class: 'tool', title: 'The whole recording', 'aria-label': 'The whole recording' }, () => { this.#window.showAll(); this.#moved(); }));
  #between = withIcon('span', button('Between', { id: 'past-between', class: 'tool', title: 'What happened between two moments (or drag along the strip with Shift)', 'aria-pressed': 'false' }, () => this.#toggleSpan()));
  /** What is being selected on the strip. @type {{from: number, to: number}|undefined} */
  #selecting;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #timer;
  #loading = false;
  /** The window changed while the recording was read. */
  #again = false;
  /** Counts the moves: a step whose table is still looked for gives way to a later move. */
  #moves = 0;
  /** The table whose next one is looked for; NaN if none. */
  #leaving = NaN;
  /** What the server's clock is ahead of this one, in seconds. */
  #ahead = 0;
  #problem = '';
  /** The marks of the window to the millisecond, if it is short. @type {Exact|undefined} */
  #exact;
  /** @type {Mark[]} */
  #restarts = [];

  /**
   * @param {HTMLElement} root
   * @param {object} on
   * @param {(time: number|undefined) => void} on.go undefined is the present.
   * @param {(from: number, speed: number) => void} on.play
   * @param {(span: {from: number, to: number}|undefined) => void} on.select Of which time to say what happened; undefined: of none.
   * @param {() => void} on.change Another part of the recording is known, or shown.
   */
  constructor(root, on) {
    this.#root = root;
    this.#on = on;
    this.#speed.value = '10';
    this.#speed.addEventListener('change', () => { if (this.#isPlaying) this.#start(); });
    const legend = el('p', { class: 'strip-legend muted', 'aria-hidden': 'true' }, ...['CPU', 'Memory', 'Pressure'].map((name) => el('span', { class: `${name.toLowerCase()}-key` }, name)));
    this.#chart.element.append(legend);
    root.append(
      el('div', { class: 'past-state' },
        el('p', { class: 'past-words' }, this.#title, this.#note),
        el('div', { class: 'tools' }, this.#back, this.#play, this.#forward, this.#speed, this.#live, this.#between,
          el('span', { class: 'past-zoom tools' }, this.#zoomIn, this.#zoomOut, this.#whole))),
      this.#chart.element,
    );
    followPointer(this.#chart.element, {
      timeAt: (x) => this.#chart.timeAt(x),
      choose: (time) => this.#choose(time),
      isSelecting: (event) => event.shiftKey || this.#shown.span !== undefined,
      select: (from, to, done) => this.#select(from, to, done),
      hover: (time) => this.#chart.showTip(time),
      zoom: (factor, at) => { this.#window.zoom(factor, at); this.#moved(); },
      pan: (share) => { this.#window.pan(share * this.#window.length); this.#moved(); },
    });
    this.#chart.element.addEventListener('keydown', (event) => this.#key(event));
    this.#load();
    setInterval(() => this.#showNote(), 1000);
    document.addEventListener('visibilitychange', () => { if (!document.hidden) this.#load(); });
  }

  get recording() { return this.#recording; }

  /** What happened, for the strip. @returns {readonly Mark[]} */
  get #marks() { return [...withExact(this.#recording.marks, this.#exact), ...this.#restarts.filter(({ time }) => !this.#exact?.marks.some((mark) => mark.kind === 'restart' && mark.time === time))]; }

  /** Marks processes that were started again. @param {readonly number[]} times */
  markRestarts(times) {
    this.#restarts = restartMarks(times);
    this.#draw();
  }

  get #isPlaying() { return this.#shown.connection.speed !== undefined; }

  /** The time of the host. */
  get #now() { return Date.now() / 1000 + this.#ahead; }

  /** @param {Shown} shown */
  show(shown) {
    const before = this.#shown;
    this.#shown = shown;
    // Before this, nothing tells from where a step would go.
    this.#root.hidden = false;
    if (!shown.past && shown.tableTime !== before.tableTime) this.#ahead = shown.tableTime - Date.now() / 1000;
    if (shown.past && shown.tableTime !== before.tableTime && !this.#chart.element.hasAttribute('data-dragged')) {
      const { from, to } = this.#window;
      this.#window.reveal(shown.tableTime);
      if (from !== this.#window.from || to !== this.#window.to) this.#moved();
    }
    if (shown.span !== before.span) this.#draw();
    setAttribute(this.#between, 'aria-pressed', String(shown.span !== undefined));
    this.#showState();
  }

  /** The host before a moment, for its charts. @param {number} time */
  before(time) {
    const points = this.#recording.points.filter((point) => point.time <= time);
    return {
      times: points.map((point) => point.time),
      cpu: points.map((point) => point.busy_cores ?? NaN),
      memory: points.map(({ memory_total_bytes: total = NaN, memory_available_bytes: available = NaN }) => total - available),
    };
  }

  /** @param {Unit} unit @param {1|-1} direction */
  step(unit, direction) {
    const { time, tableTime, past } = this.#shown;
    // A key that is held goes on from where it will be, and not from what has come so far.
    const from = time === undefined || !past ? this.#last : unit === 'table' ? tableTime : time;
    if (unit !== 'table') this.#go(from + direction * (unit === 'minute' ? 60 : 1), direction);
    else if (direction < 0) this.#go(from - 0.001, direction);
    else this.#goToTableAfter(from);
  }

  /** A key that is held asks once for each table. @param {number} time That of a table. */
  async #goToTableAfter(time) {
    if (this.#leaving === time) return;
    const move = ++this.#moves;
    this.#leaving = time;
    const length = intervalAt(this.#spans, time) ?? 1;
    const next = await tableAfter(time, length).catch((error) => { this.#problem = error.message; return time + length; });
    if (move !== this.#moves) return;
    // In a gap of more than an hour, the spans know where the recording goes on.
    if (next === undefined) this.#go(this.#spans.find((span) => span.from > time)?.from ?? this.#last, 1);
    else this.#go(next, 1);
  }

  goLive() {
    this.#leave();
    this.#on.go(undefined);
  }

  /** Whatever is still looked for, the page goes elsewhere. */
  #leave() {
    this.#moves++;
    this.#leaving = NaN;
  }

  togglePlay() {
    if (this.#isPlaying) this.#go(this.#shown.tableTime, 0);
    else this.#start();
  }

  #start() {
    const { time, tableTime, past } = this.#shown;
    const from = time !== undefined && past ? tableTime : time ?? Math.max(this.#window.from, this.#last - 60 * Number(this.#speed.value));
    this.#leave();
    this.#on.play(nearestRecorded(this.#spans, from, 1), Number(this.#speed.value));
  }

  /** The last table: while the exporter records, that of now. */
  get #last() {
    const { to } = this.#recording;
    return to === undefined || this.#now - to < STILL_SECONDS ? this.#now : to;
  }

  /** The times that were recorded, of which the last one may go on. */
  get #spans() {
    const { spans } = this.#recording;
    return spans.map((span, i) => (i === spans.length - 1 ? { ...span, to: Math.max(span.to, this.#last) } : span));
  }

  /** A moment of the strip: at its right end is the present. @param {number} time */
  #choose(time) {
    const pixel = this.#window.length / Math.max(1, this.#chart.width);
    if (time >= this.#window.last - 2 * pixel) this.goLive();
    else this.#go(Math.max(time, this.#window.from), 0);
  }

  #toggleSpan() {
    this.#on.select(this.#shown.span ? undefined : this.#usualSpan());
  }

  /** The time to look at first: what the strip shows if that is short, else that before the moment. */
  #usualSpan() {
    const { from, to, length } = this.#window;
    if (length <= MOST_USUAL_SECONDS) return { from, to };
    const end = this.#shown.time === undefined ? this.#last : this.#shown.tableTime;
    return { from: Math.max(end - USUAL_SECONDS, this.#recording.from ?? 0), to: end };
  }

  /** @param {number} a @param {number} b @param {boolean} done */
  #select(a, b, done) {
    const from = Math.max(Math.min(a, b), this.#window.first);
    const to = Math.min(Math.max(a, b), this.#last);
    this.#selecting = done ? undefined : { from, to };
    if (done && to > from) this.#on.select({ from: Math.round(from * 1000) / 1000, to: Math.round(to * 1000) / 1000 });
    this.#draw();
  }

  /** The time over which the life of a process is shown; undefined before anything is known. @returns {{from: number, to: number}|undefined} */
  lifeSpan() {
    const { from, to, length } = this.#window;
    if (length === 0) return undefined;
    if (length <= MOST_USUAL_SECONDS) return { from, to };
    const middle = this.#shown.time === undefined ? this.#last : this.#shown.tableTime;
    const end = Math.min(this.#last, middle + USUAL_SECONDS);
    return { from: Math.max(this.#recording.from ?? 0, end - MOST_USUAL_SECONDS), to: end };
  }

  /** @param {number} time @param {number} direction */
  #go(time, direction) {
    this.#leave();
    const wanted = Math.max(nearestRecorded(this.#spans, time, direction), this.#recording.from ?? 0);
    if (direction > 0 && wanted >= this.#last) this.goLive();
    else this.#on.go(Math.round(wanted * 1000) / 1000);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const unit = event.shiftKey ? 'second' : 'table';
    const actions = /** @type {Record<string, () => void>} */ ({
      ArrowLeft: () => this.step(unit, -1),
      ArrowRight: () => this.step(unit, 1),
      ArrowDown: () => this.step(unit, -1),
      ArrowUp: () => this.step(unit, 1),
      PageUp: () => this.step('minute', -1),
      PageDown: () => this.step('minute', 1),
      Home: () => this.#go(this.#recording.from ?? 0, 0),
      End: () => this.goLive(),
      '+': () => this.#zoom(1 / ZOOM),
      '-': () => this.#zoom(ZOOM),
      ' ': () => this.togglePlay(),
    });
    if (!actions[event.key]) return;
    event.preventDefault();
    actions[event.key]();
  }

  /** @param {number} factor */
  #zoom(factor) {
    const { from, to } = this.#window;
    const { time, tableTime } = this.#shown;
    const at = time === undefined ? to : tableTime;
    this.#window.zoom(factor, at >= from && at <= to ? at : (from + to) / 2);
    this.#moved();
  }

  /** The window shows another time: it is drawn with what is known, until more is. */
  #moved() {
    this.#draw();
    this.#loadSoon();
  }

  #loadSoon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#load(), SETTLE_MILLISECONDS);
  }

  async #load() {
    clearTimeout(this.#timer);
    if (this.#loading) {
      this.#again = true;
      return;
    }
    if (document.hidden) return;
    this.#loading = true;
    try {
      await this.#read();
      this.#problem = '';
    } catch (error) {
      this.#problem = error instanceof Error ? error.message : String(error);
    }
    this.#loading = false;
    this.#showNote();
    if (this.#again) {
      this.#again = false;
      this.#loadSoon();
    } else {
      this.#timer = setTimeout(() => this.#load(), REFRESH_MILLISECONDS);
    }
  }

  async #read() {
    const points = Math.round(Math.max(50, Math.min(MOST_POINTS, this.#chart.width / 2 || 300)));
    const parameters = new URLSearchParams({ points: String(points) });
    // A window over all of it has no bounds, which would leave out what has been recorded since.
    if (this.#window.length > 0 && !this.#window.isWhole) {
      // One point more at both edges, so that the lines do not begin within.
      const part = this.#window.length / points;
      parameters.set('from', (this.#window.from - part).toFixed(3));
      parameters.set('to', (this.#window.to + part).toFixed(3));
    }
    this.#recording = await get(`api/v1/history?${parameters}`);
    const { from } = this.#recording;
    if (from !== undefined) this.#window.setBounds(from, this.#last);
    this.#draw();
    this.#showState();
    this.#on.change();
    await this.#readExact();
  }

  /** The recording has marks to the minute; who looks at an hour gets those of single events, once for each window. */
  async #readExact() {
    const { from, to, length, isWhole } = this.#window;
    if (isWhole || length > MOST_USUAL_SECONDS) {
      this.#exact = undefined;
      return;
    }
    const slack = length / 20;
    if (this.#exact && Math.abs(this.#exact.from - from) < slack && Math.abs(this.#exact.to - to) < slack) return;
    const span = `from=${from.toFixed(3)}&to=${to.toFixed(3)}&limit=${MOST_MARKS}`;
    const statuses = ['oom_kill', ...CRASHES].map((status) => `&status=${status}`).join('');
    // Without events, the marks of the recording stay.
    const none = () => ({ events: [], matched: Infinity });
    const [ends, lost] = await Promise.all([
      get(`api/v1/events?${span}&kind=exit&kind=oom_kill${statuses}`).catch(none), get(`api/v1/events?${span}&kind=lost`).catch(none),
    ]);
    // Where there are more than the answer has, those to the minute are complete.
    const exact = ends.matched <= MOST_MARKS ? marksOf(ends.events) : [];
    const found = { from: ends.matched <= MOST_MARKS ? from : to, to, marks: [...exact, ...marksOf(lost.events)] };
    this.#exact = found;
    this.#draw();
    // What started again takes longer to find, and the other marks do not wait for it.
    const report = await get(`api/v1/report?from=${from.toFixed(3)}&to=${to.toFixed(3)}`).catch(() => undefined);
    if (!report || found !== this.#exact) return;
    found.marks.push(...restartMarks(restartTimes(report)));
    this.#draw();
  }

  #draw() {
    this.#chart.paint(this.#recording, { marks: this.#marks, cpus: this.#shown.cpus, span: this.#selecting ?? this.#shown.span });
    this.#zoomIn.disabled = this.#window.isShortest;
    this.#zoomOut.disabled = this.#window.isWhole;
    this.#whole.disabled = this.#window.isWhole;
    this.#showHand();
  }

  #showHand() {
    const { time, tableTime, past } = this.#shown;
    this.#chart.showHand(time === undefined ? undefined : past && this.#isPlaying ? tableTime : time);
  }

  #showState() {
    const { time } = this.#shown;
    const isPast = time !== undefined;
    setAttribute(this.#root, 'data-past', isPast ? '' : null);
    this.#live.classList.toggle('primary', isPast);
    this.#live.disabled = !isPast;
    setAttribute(this.#play, 'title', this.#isPlaying ? 'Stop (p)' : 'Play the recording');
    setAttribute(this.#play, 'aria-label', this.#isPlaying ? 'Stop' : 'Play');
    if (this.#play.dataset.playing !== String(this.#isPlaying)) {
      this.#play.dataset.playing = String(this.#isPlaying);
      this.#play.replaceChildren();
      withIcon(this.#isPlaying ? 'pause' : 'play', this.#play);
    }
    this.#forward.disabled = !isPast;
    this.#showHand();
    this.#showNote();
    const strip = this.#chart.element;
    setAttribute(strip, 'aria-valuemin', String(Math.round(this.#window.first)));
    setAttribute(strip, 'aria-valuemax', String(Math.round(this.#window.last)));
    setAttribute(strip, 'aria-valuenow', String(Math.round(time ?? this.#window.last)));
    setAttribute(strip, 'aria-valuetext', isPast ? this.#title.textContent : 'the present');
  }

  #showNote() {
    const { time, tableTime, past, connection } = this.#shown;
    const { from } = this.#recording;
    const spans = this.#spans;
    if (time === undefined) {
      setText(this.#title, 'Live');
      setAttribute(this.#title, 'title', null);
      const interval = intervalAt(spans, this.#last);
      setText(this.#note, this.#problem || (from === undefined ? 'Nothing is recorded yet.' : `recorded since ${dayText(from)}, ${timeText(from).slice(0, 5)}${interval ? `, every ${formatSeconds(interval)}` : ''}`));
    } else {
      const shown = past ? tableTime : time;
      setText(this.#title, `${dayText(shown)}, ${timeText(shown)}`);
      setAttribute(this.#title, 'title', formatTime(shown));
      const interval = intervalAt(spans, shown);
      const parts = [`Past: ${formatDuration(this.#now - shown)} ago`, interval === undefined ? '' : `${this.#chart.width > WIDE_PIXELS ? 'recorded ' : ''}every ${formatSeconds(interval)}`, this.#isPlaying ? `plays at ${connection.speed} ×` : ''];
      setText(this.#note, connection.reason ?? (past ? parts.filter(Boolean).join(' · ') : 'Reading the recording …'));
    }
    this.#note.classList.toggle('problem', Boolean(time === undefined ? this.#problem : connection.reason));
    setHidden(this.#note, this.#note.textContent === '');
  }
}

/** "5 s", "1 min" @param {number} seconds */
const formatSeconds = (seconds) => (seconds >= 60 && seconds % 60 === 0 ? `${seconds / 60} min` : `${Math.round(seconds * 100) / 100} s`);

