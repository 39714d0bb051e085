import { columnsOf } from './columns.js';
import { Random } from './random.js';

/** @import { FakeHost } from './host.js' */

const HOUR = 3600;
const INTERVAL = 5;
/** When the recording has a gap, and when the host is busy, in seconds before its end. */
const GAP = { from: 5.1 * HOUR, to: 4.9 * HOUR };
const SPIKE = { from: 2.1 * HOUR, to: 1.85 * HOUR };

/** A recording of eight hours of a made-up host: a spike, an OOM kill, a crash and a gap. */
export class FakeRecording {
  /** In Unix seconds. */
  from;
  to;
  /** A moment in the spike. */
  moment;
  /** Further marks. @type {{kind: string, time: number, until?: number, count?: number}[]} */
  marks = [];
  /** What happened to processes. @type {{kind: string, time: number, count?: number}[]} */
  events = [];
  #host;
  #random = new Random(7);

  /** @param {FakeHost} host @param {number} now In Unix seconds. */
  constructor(host, now) {
    this.#host = host;
    this.to = Math.floor(now);
    this.from = this.to - 8 * HOUR;
    this.moment = Math.round(this.to - (SPIKE.from + SPIKE.to) / 2);
  }

  /**
   * Answers a call about the past.
   * @param {string} pathname @param {URLSearchParams} query
   * @returns {object|undefined} undefined where the call is about something else.
   */
  answer(pathname, query) {
    const time = Number(query.get('time'));
    const id = pathname.match(/^\/api\/v1\/processes\/(\d+-\d+)\/history$/)?.[1];
    if (id) return this.#course([...this.#host.processes.values()].find((process) => process.id === id), Number(query.get('from')), Number(query.get('to')));
    switch (pathname) {
      case '/api/v1/history': return this.#history(Number(query.get('from') ?? this.from), Number(query.get('to') ?? this.to), Number(query.get('points') ?? 300));
      case '/api/v1/processes': return { time, role: 'operator', columns: columnsOf([...this.#host.processes.values()]) };
      case '/api/v1/host': return time > 0 ? { ...this.#host.hostFacts(), ...this.#host.hostMetrics(), ...this.#metrics(time), time } : undefined;
      case '/api/v1/events': return this.#eventsOf(query.getAll('kind'));
      case '/api/v1/report': return { from: this.from, to: this.to, restarted: [] };
      default: return undefined;
    }
  }

  /** @param {number} from @param {number} to @param {number} points */
  #history(from, to, points) {
    const step = (to - from) / points;
    const times = Array.from({ length: points }, (_, i) => from + i * step).filter((time) => !isWithin(this.to - time, GAP) && time <= this.to && time >= this.from);
    const span = (/** @type {number} */ begin, /** @type {number} */ end) => ({ from: begin, to: end, interval_seconds: INTERVAL, tables: Math.floor((end - begin) / INTERVAL), bytes: 9_000_000 });
    const mark = (/** @type {string} */ kind, /** @type {number} */ before) => ({ kind, time: this.to - before, until: this.to - before + INTERVAL, count: 1 });
    return {
      from: this.from, to: this.to, bytes: 18_000_000,
      spans: [span(this.from, this.to - GAP.from), span(this.to - GAP.to, this.to)],
      marks: [{ kind: 'gap', time: this.to - GAP.from, until: this.to - GAP.to }, mark('crash', 3.4 * HOUR), mark('oom_kill', SPIKE.to + 40), mark('crash', 0.6 * HOUR), ...this.marks],
      points: times.map((time) => ({ time, processes: this.#host.processes.size, ...flat(this.#metrics(time)) })),
    };
  }

  /** @param {string[]} kinds */
  #eventsOf(kinds) {
    const events = this.events.filter(({ kind }) => kinds.includes(kind));
    return { events, matched: events.length, source: 'bpf' };
  }

  /** One process over time: from the beginning of the spike to its end. @param {any} process @param {number} from @param {number} to */
  #course(process, from, to) {
    const [begin, end] = [Math.max(from, this.to - SPIKE.from), Math.min(to, this.to - SPIKE.to)];
    const points = Array.from({ length: Math.max(0, Math.floor((end - begin) / INTERVAL)) }, (_, i) => {
      const share = Math.min(1, i / 60);
      return {
        time: begin + i * INTERVAL, threads: process.threads, nice: 0,
        cpu: { cores: process.cpu.cores * (0.9 + 0.1 * this.#random.next()) * Math.min(1, i / 10), waiting_cores: 2 * share * this.#random.next() },
        memory: { resident_bytes: process.memory.resident_bytes * (0.2 + 0.8 * share), swap_bytes: 0 },
        io: { read_bytes_per_second: 60e6 * this.#random.next(), written_bytes_per_second: 30e6 * this.#random.next() }, open_fds: process.open_fds,
      };
    });
    return { from, to, process: { ...process, end_time: this.to - SPIKE.to, reason: 'oom_kill', run_seconds: SPIKE.from - SPIKE.to }, points, events: [] };
  }

  /** @param {number} time */
  #metrics(time) {
    const { cpus, memoryTotal } = this.#host;
    const isBusy = isWithin(this.to - time, SPIKE);
    const wave = Math.sin(time / 1900) + Math.sin(time / 610) / 2;
    const share = isBusy ? 0.9 + 0.08 * this.#random.next() : 0.2 + 0.06 * wave + 0.05 * this.#random.next();
    return {
      cpu: { busy_cores: cpus * share },
      memory: { total_bytes: memoryTotal, available_bytes: Math.round(memoryTotal * (isBusy ? 0.12 : 0.5 - 0.05 * wave)) },
      pressure: { cpu: isBusy ? 0.6 : 0.02, memory: isBusy ? 0.25 : 0, io: 0.03 },
    };
  }
}

/** @param {number} before @param {{from: number, to: number}} span Both in seconds before the end. */
const isWithin = (before, { from, to }) => before <= from && before >= to;

/** As the points of the recording have it. @param {{cpu: any, memory: any, pressure: any}} metrics */
const flat = ({ cpu, memory, pressure }) => ({
  busy_cores: cpu.busy_cores, memory_total_bytes: memory.total_bytes, memory_available_bytes: memory.available_bytes,
  pressure_cpu: pressure.cpu, pressure_memory: pressure.memory, pressure_io: pressure.io,
});
