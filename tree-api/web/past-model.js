/** The recording as the strip of time shows it: what part of it, and which moments there are. It knows nothing of a browser. */

/**
 * GET /api/v1/history.
 * @typedef {object} Recording
 * @property {number} [from] The first table.
 * @property {number} [to] The last one.
 * @property {Span[]} spans
 * @property {Mark[]} marks
 * @property {Point[]} points
 */

/** A time in which tables were recorded. @typedef {{from: number, to: number, interval_seconds: number}} Span */

/** What happened to the host or the recording. @typedef {{time: number, kind: string, until?: number, count?: number}} Mark */

/**
 * The host in a part of the time.
 * @typedef {object} Point
 * @property {number} time
 * @property {number} processes
 * @property {number} [busy_cores]
 * @property {number} [memory_total_bytes]
 * @property {number} [memory_available_bytes]
 * @property {number} [pressure_cpu]
 * @property {number} [pressure_memory]
 * @property {number} [pressure_io]
 */

/** In seconds. */
const SHORTEST = 10;
/** Marks that are nearer than this in pixels are shown as one. */
const NEAR_PIXELS = 7;

/** The part of the recording that the strip shows. */
export class TimeWindow {
  /** In Unix seconds; 0 before anything is known. */
  from = 0;
  to = 0;
  /** The whole recording. */
  #first = 0;
  #last = 0;

  /**
   * The recording has grown, or its oldest part was removed. A window that showed all of it, or its
   * end, goes on doing so.
   * @param {number} first @param {number} last
   */
  setBounds(first, last) {
    const begin = this.to === 0 || this.isWhole;
    const atEnd = this.to >= this.#last;
    const length = this.to - this.from;
    this.#first = first;
    this.#last = Math.max(last, first + SHORTEST);
    if (begin) this.#set(this.#first, this.#last);
    else if (atEnd) this.#set(this.#last - length, this.#last);
    else this.#set(this.from, this.to);
  }

  get first() { return this.#first; }

  get last() { return this.#last; }

  get length() { return this.to - this.from; }

  get isWhole() { return this.from <= this.#first && this.to >= this.#last; }

  get isShortest() { return this.length <= SHORTEST; }

  /** @param {number} factor Below 1: a shorter time. @param {number} at The moment that stays in its place. */
  zoom(factor, at) {
    const whole = this.#last - this.#first;
    const length = Math.min(whole, Math.max(SHORTEST, this.length * factor));
    const share = this.length > 0 ? (at - this.from) / this.length : 1;
    this.#set(at - share * length, at + (1 - share) * length);
  }

  /** @param {number} seconds */
  pan(seconds) { this.#set(this.from + seconds, this.to + seconds); }

  /** @param {number} from @param {number} to */
  show(from, to) {
    const middle = (from + to) / 2;
    const length = Math.max(SHORTEST, to - from);
    this.#set(middle - length / 2, middle + length / 2);
  }

  showAll() { this.#set(this.#first, this.#last); }

  /** Moves as little as needed to show a moment. @param {number} time */
  reveal(time) {
    if (time < this.from) this.pan(time - this.from - this.length / 10);
    else if (time > this.to) this.pan(time - this.to + this.length / 10);
  }

  /** Keeps the window within the recording. @param {number} from @param {number} to */
  #set(from, to) {
    const shift = from < this.#first ? this.#first - from : Math.min(0, this.#last - to);
    this.from = Math.max(this.#first, from + shift);
    this.to = Math.min(this.#last, to + shift);
  }
}

/** How long after a table it still stands for the host. @param {Span} span */
const tolerance = ({ interval_seconds: interval }) => 2 * interval + 1;

/**
 * The moment itself if something was recorded then, otherwise the nearest one.
 * @param {readonly Span[]} spans
 * @param {number} time
 * @param {number} [direction] Above 0: the next one, below 0: the one before, where there is one.
 */
export function nearestRecorded(spans, time, direction = 0) {
  let before = NaN;
  let after = NaN;
  for (const span of spans) {
    if (time >= span.from && time <= span.to + tolerance(span)) return time;
    if (span.to < time && !(before > span.to)) before = span.to;
    if (span.from > time && !(after < span.from)) after = span.from;
  }
  if (Number.isNaN(before) || Number.isNaN(after)) return Number.isNaN(before) ? Number.isNaN(after) ? time : after : before;
  if (direction !== 0) return direction > 0 ? after : before;
  return time - before <= after - time ? before : after;
}

/** The time between two tables at a moment. @param {readonly Span[]} spans @param {number} time @returns {number|undefined} */
export function intervalAt(spans, time) {
  return spans.findLast((span) => time >= span.from - 0.001 && time <= span.to + tolerance(span))?.interval_seconds;
}

/** What each kind of mark is, the worst first: of marks in one place the worst is seen. */
export const KINDS = /** @type {Record<string, string>} */ ({
  oom_kill: 'OOM kill', crash: 'crash', boot: 'start of the host', restart: 'restart', lost: 'events lost', clock_step: 'clock set', damage: 'damaged recording', gap: 'not recorded',
});

/** @param {string} kind */
const rank = (kind) => {
  const at = Object.keys(KINDS).indexOf(kind);
  return at < 0 ? Infinity : at;
};

/**
 * The marks within a window, those that are near each other joined. Gaps are not among them.
 * @param {readonly Mark[]} marks
 * @param {{from: number, to: number}} window
 * @param {number} width In pixels.
 * @returns {{time: number, kind: string, marks: Mark[]}[]} time is when the worst of them ended.
 */
export function joinMarks(marks, { from, to }, width) {
  const near = (to - from) / Math.max(1, width) * NEAR_PIXELS;
  /** @type {{time: number, kind: string, marks: Mark[]}[]} */
  const joined = [];
  const inside = marks.filter((mark) => mark.kind !== 'gap' && endOf(mark) >= from && mark.time <= to).sort((a, b) => endOf(a) - endOf(b));
  for (const mark of inside) {
    const last = joined.at(-1);
    if (!last || endOf(mark) - endOf(last.marks[0]) > near) {
      joined.push({ time: endOf(mark), kind: mark.kind, marks: [mark] });
      continue;
    }
    last.marks.push(mark);
    if (rank(mark.kind) < rank(last.kind)) Object.assign(last, { kind: mark.kind, time: endOf(mark) });
  }
  return joined;
}

/** The table that shows what happened. @param {Mark} mark */
export const endOf = ({ time, until }) => until ?? time;

/** What some marks are, in words: "2 crashes, OOM kill". @param {readonly Mark[]} marks */
export function nameMarks(marks) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { kind, count = 1 } of marks) counts.set(kind, (counts.get(kind) ?? 0) + count);
  return [...counts].sort(([a], [b]) => rank(a) - rank(b)).map(([kind, count]) => {
    const name = KINDS[kind] ?? kind.replaceAll('_', ' ');
    if (count === 1) return name;
    return kind === 'crash' ? `${count} crashes` : kind === 'oom_kill' || kind === 'restart' ? `${count} ${name}s` : `${name}: ${count}`;
  }).join(', ');
}

/** The shares of the host that the strip draws, from 0 to 1; NaN is not known. @param {Point} point @param {number} cpus */
export function sharesOf(point, cpus) {
  const { busy_cores: busy = NaN, memory_total_bytes: total = NaN, memory_available_bytes: available = NaN } = point;
  const pressures = [point.pressure_cpu, point.pressure_memory, point.pressure_io].filter((p) => p !== undefined);
  return { cpu: busy / cpus, memory: 1 - available / total, pressure: pressures.length > 0 ? Math.max(...pressures) : NaN };
}

/** The point whose part of the time holds a moment. @param {readonly Point[]} points @param {number} time @returns {Point|undefined} */
export const pointAt = (points, time) => points.findLast((point) => point.time <= time);

/** Ends by these signals are crashes, as in the marks of the recording (collector/process). */
export const CRASHES = ['SIGSEGV', 'SIGABRT', 'SIGBUS', 'SIGILL', 'SIGFPE', 'SIGSYS', 'SIGTRAP', 'SIGXCPU', 'SIGXFSZ'];

/**
 * When processes were started again.
 * @param {{restarted?: readonly {after: {start_time?: number}}[]}} report GET /api/v1/report.
 */
export const restartTimes = ({ restarted = [] }) => restarted.flatMap(({ after: { start_time: time } }) => (time ? [time] : []));

/** @param {readonly number[]} times @returns {Mark[]} */
export const restartMarks = (times) => times.map((time) => ({ time, kind: 'restart', count: 1 }));

/** Marks of single events, for a part of the time. @typedef {{from: number, to: number, marks: Mark[]}} Exact */

/**
 * The marks of some events, which are exact to the millisecond.
 * @param {readonly {kind: string, time: number, reason?: string, count?: number}[]} events
 * @returns {Mark[]}
 */
export function marksOf(events) {
  return events.filter(({ kind, reason }) => kind !== 'exit' || reason !== 'oom_kill').map(({ kind, time, count }) => ({ kind: kind === 'exit' ? 'crash' : kind, time, count: count ?? 1 }));
}

/**
 * The marks of the recording, which are exact to a minute, with those of events in place of them where there are some.
 * @param {readonly Mark[]} marks @param {Exact|undefined} exact
 * @returns {readonly Mark[]}
 */
export function withExact(marks, exact) {
  if (!exact) return marks;
  const { from, to } = exact;
  const covered = (/** @type {Mark} */ mark) => (mark.kind === 'crash' || mark.kind === 'oom_kill') && mark.time >= from && endOf(mark) <= to;
  return [...marks.filter((mark) => !covered(mark)), ...exact.marks];
}
