import { Random } from './random.js';
import { SERVICES } from './services.js';

const TICKS = 100;
const MIB = 1024 * 1024;
/** Of the processes that work, so many also change their memory, or do I/O: as a busy build host was seen to do. */
const MEMORY_MOVES = 0.45;
const IO_MOVES = 0.28;

/**
 * A made-up host whose processes come, go and work: what the development server and the
 * benchmarks show. The same seed gives the same host.
 */
export class FakeHost {
  /** @type {Map<number, any>} The processes as the API sends them, by PID. */
  processes = new Map();
  #random;
  #nextPid = 1;
  /** How many CPUs a process uses when it works; most never do. @type {Map<number, number>} */
  #usual = new Map();
  #size;
  #boot;

  /** @param {{size: number, seed?: number, now?: number}} options now is in Unix seconds. */
  constructor({ size, seed = 1, now = Date.now() / 1000 }) {
    this.#random = new Random(seed);
    this.#size = size;
    this.cpus = size > 2000 ? 64 : 8;
    this.memoryTotal = this.cpus * 8192 * MIB;
    this.now = now;
    this.#boot = now - 12.4 * 86400;
    this.#start(0, { name: 'systemd', cmdline: ['/sbin/init', 'splash'], user: 'root', group: 'init', memory: 12 }, this.#boot);
    this.#startKernelThreads(Math.min(size / 3, 180));
    while (this.processes.size < size) this.#startService();
  }

  /**
   * Lets time pass.
   * @param {number} seconds
   * @param {number} [busy] How many of the idle processes do something meanwhile, 0 to 4.
   * @returns {{added: any[], changed: any[], removed: string[]}} As in a diff message.
   */
  advance(seconds, busy = 0.12) {
    this.now += seconds;
    const removed = this.#stopSome();
    const changed = [];
    for (const process of this.processes.values()) {
      const usual = this.#usual.get(process.pid) ?? 0;
      const works = usual > 0 ? this.#random.chance(0.8) : this.#random.chance(busy / 4);
      if (!works && process.cpu.cores === 0) continue;
      const change = this.#work(process, seconds, works ? usual || 0.001 : 0);
      if (Object.keys(change).length > 1) changed.push(change);
    }
    const before = new Set(this.processes.keys());
    while (this.processes.size < this.#size) this.#startService();
    const added = [...this.processes.values()].filter((p) => !before.has(p.pid));
    return { added, changed, removed };
  }

  /** What stays the same in GET /api/v1/host. */
  hostFacts() {
    return { name: 'db-eu-3', os: 'linux', kernel: '6.12.9-amd64', arch: 'amd64', boot_time: this.#boot, cpus: this.cpus };
  }

  /** The changing values of GET /api/v1/host. */
  hostMetrics() {
    const all = [...this.processes.values()];
    const cores = all.reduce((sum, p) => sum + p.cpu.cores, 0);
    const used = all.reduce((sum, p) => sum + p.memory.resident_bytes, 0);
    const wave = Math.sin(this.now / 20);
    return {
      uptime_seconds: this.now - this.#boot,
      cpu: { busy_cores: Math.min(this.cpus, cores) },
      memory: { total_bytes: this.memoryTotal, available_bytes: Math.max(0.06 * this.memoryTotal, this.memoryTotal - used) },
      swap: { total_bytes: 8192 * MIB, free_bytes: 7700 * MIB },
      load: [1.4 + wave / 2, 1.6, 1.2],
      pressure: { cpu: 0.02 + 0.015 * wave, memory: 0, io: 0.06 + 0.05 * wave },
    };
  }

  #stopSome() {
    const removed = [];
    const leaves = new Set(this.processes.keys());
    for (const p of this.processes.values()) leaves.delete(p.ppid);
    for (const pid of leaves) {
      const process = this.processes.get(pid);
      if (process.kernel || !this.#random.chance(0.004)) continue;
      this.processes.delete(pid);
      this.#usual.delete(pid);
      removed.push(process.id);
    }
    return removed;
  }

  /** @param {number} count */
  #startKernelThreads(count) {
    const threadd = this.#start(0, { name: 'kthreadd', user: 'root', group: 'kernel', kernel: true }, this.#boot);
    const kinds = ['kworker', 'ksoftirqd', 'migration', 'rcu_sched', 'cpuhp', 'irq'];
    for (let i = 1; i < count; i++) {
      const name = `${this.#random.pick(kinds)}/${this.#random.below(this.cpus)}:${this.#random.below(9)}`;
      this.#start(threadd, { name, user: 'root', group: 'kernel', kernel: true }, this.#boot);
    }
  }

  #startService() {
    const service = this.#random.pick(SERVICES);
    const start = this.now - this.#random.next() ** 3 * (this.now - this.#boot);
    let parent = 1;
    for (const kind of service) {
      const copies = kind.copies ? 1 + this.#random.below(kind.copies) : 1;
      for (let i = 1; i < copies && this.processes.size < this.#size - 1; i++) this.#start(parent, kind, start);
      if (this.processes.size >= this.#size) return;
      parent = this.#start(parent, kind, start);
    }
  }

  /**
   * @param {number} ppid
   * @param {any} kind
   * @param {number} start
   * @returns {number} The new PID.
   */
  #start(ppid, kind, start) {
    const pid = this.#nextPid++;
    const { name, user, group, unit, container, cmdline, kernel, threads = 1 } = kind;
    const startTime = Math.round(start * TICKS) / TICKS;
    this.processes.set(pid, {
      id: `${pid}-${Math.round((start - this.#boot) * TICKS)}`, pid, ppid, start_time: startTime,
      name, exe: cmdline?.[0]?.startsWith('/') ? cmdline[0] : undefined,
      cmdline: cmdline?.map((/** @type {string} */ a) => a.replace('%d', String(this.#random.below(9000)))),
      user, state: 'sleeping', kernel, threads, nice: kernel ? -20 * this.#random.below(2) : 0,
      cpu: { user_seconds: this.#random.below(90000) / 100, system_seconds: this.#random.below(30000) / 100, cores: 0 },
      memory: kernel ? { resident_bytes: 0, virtual_bytes: 0 } : this.#memory(kind.memory ?? 8),
      io: kernel ? undefined : { read_bytes: this.#random.below(1e9), written_bytes: this.#random.below(1e9), read_bytes_per_second: 0, written_bytes_per_second: 0 },
      open_fds: kernel ? undefined : 4 + this.#random.below(kind.fds ?? 40),
      group, unit, container, cgroup: cgroupOf(kind),
    });
    if (this.#random.chance(0.1)) this.#usual.set(pid, this.#random.next() ** (this.#size > 2000 ? 30 : 7) * (threads > 4 ? 3 : 1));
    this.#work(this.processes.get(pid), 1, this.#usual.get(pid) ?? 0);
    return pid;
  }

  /** @param {number} mib */
  #memory(mib) {
    const resident = Math.round(mib * MIB * (0.5 + this.#random.next()));
    return { resident_bytes: resident, virtual_bytes: resident * 6, swap_bytes: 0 };
  }

  /**
   * @param {any} process
   * @param {number} seconds
   * @param {number} usual How many CPUs it uses, more or less.
   * @returns {any} The change as in a diff message.
   */
  #work(process, seconds, usual) {
    const random = this.#random;
    const cores = Math.round(usual * (0.7 + 0.6 * random.next()) * 10000) / 10000;
    const { user_seconds, system_seconds } = process.cpu;
    const change = { id: process.id };
    set(process, change, 'cpu', { user_seconds: hundredths(user_seconds + cores * seconds * 0.7), system_seconds: hundredths(system_seconds + cores * seconds * 0.3), cores });
    set(process, change, 'state', cores > 0.3 ? 'running' : random.chance(0.002) ? 'blocked' : random.chance(0.0008) ? 'zombie' : 'sleeping');
    if (process.kernel) return change;
    if (cores > 0 && random.chance(MEMORY_MOVES)) {
      const resident = Math.round(process.memory.resident_bytes * (0.98 + random.next() * 0.042));
      set(process, change, 'memory', { ...process.memory, resident_bytes: Math.min(resident, this.memoryTotal / 8) });
    }
    const moves = cores > 0 && random.chance(IO_MOVES);
    const read = moves && random.chance(0.4) ? random.below(4e6) : 0;
    const written = moves ? random.below(2e6) : 0;
    set(process, change, 'io', {
      read_bytes: process.io.read_bytes + read * seconds, written_bytes: process.io.written_bytes + written * seconds,
      read_bytes_per_second: read, written_bytes_per_second: written,
    });
    return change;
  }
}

/**
 * Sets a field of a process, and of the change where it differs, as the server does.
 * @param {any} process
 * @param {any} change
 * @param {string} field
 * @param {any} value
 */
function set(process, change, field, value) {
  if (JSON.stringify(process[field]) === JSON.stringify(value)) return;
  process[field] = value;
  change[field] = value;
}

/** CPU time comes in ticks of 10 ms. @param {number} seconds */
const hundredths = (seconds) => Math.round(seconds * 100) / 100;

/** As systemd and Docker make them. @param {any} kind */
function cgroupOf({ name, user, unit, container, kernel }) {
  if (kernel) return '/';
  if (name === 'systemd') return '/init.scope';
  if (container) return `/system.slice/docker-${container}.scope`;
  if (unit) return `/system.slice/${unit}`;
  return user === 'root' ? '/system.slice/misc.service' : `/user.slice/user-${user}.slice/session-3.scope`;
}
