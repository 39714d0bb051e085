import { EARLIER_NAMES, METRICS } from './known.gen.ts';

/** What the panel knows about a field from its name. Everything here can be overridden. */
export interface Known {
  /** The least width of the column in pixels. */
  width?: number;
  /** The column's share of the room that is left. */
  grow?: number;
  /** The panel's width in pixels from which the column is shown; Infinity: only when asked for. */
  from?: number;
  /** Whether a branch has a sum of it. */
  sum?: boolean;
  /** Coloured by its size, in this colour of the theme. */
  heat?: 'orange' | 'purple' | 'blue';
  /** The value that has the full heat, in place of the largest one there is. */
  heatFull?: number;
}

/** How this panel lays out some fields of a process, by their names. The others are shown when somebody asks for them. */
const LAYOUT: Record<string, Known> = {
  name: { from: 0 },
  pid: { width: 72, from: 520 },
  ppid: { width: 72 },
  user: { width: 96, from: 640 },
  state: { width: 96, from: 900 },
  cpu: { width: 78, from: 0, heat: 'orange', heatFull: 1 },
  memory: { width: 92, from: 0, heat: 'purple' },
  pss: { width: 92 },
  virtual: { width: 92 },
  swap: { width: 84 },
  read: { width: 96, from: 1080, heat: 'blue' },
  written: { width: 96, from: 1080, heat: 'blue' },
  threads: { width: 84, from: 1200 },
  nice: { width: 64 },
  open_fds: { width: 96, from: 1200 },
  start_time: { from: 1500 },
  group: { width: 120, from: 1000 },
  unit: { width: 160 },
  container: { width: 120 },
  exe: { width: 180 },
  cmdline: { width: 180, grow: 2, from: 800 },
};

/** Names that other sources give to the same metrics. */
const OTHER_NAMES: Record<string, string> = {
  cores: 'cpu', '%cpu': 'cpu', cpu_cores: 'cpu', rss: 'memory', mem: 'memory', resident: 'memory', resident_bytes: 'memory',
  read_bytes: 'read', written_bytes: 'written', files: 'open_fds', started: 'start_time', command: 'cmdline', 'command line': 'cmdline',
};

const KNOWN = new Map<string, Known>(Object.entries(METRICS).map(([name, { sum }]) => [name, { from: Infinity, sum, ...LAYOUT[name] }]));
const ALIASES = new Map(Object.entries({ ...OTHER_NAMES, ...EARLIER_NAMES }));

/** The metric of a process that a field has by its name; the name itself where that is another. */
export function metricOf(name: string): string {
  const lower = name.toLowerCase();
  return ALIASES.get(lower) ?? lower;
}

/** @param name The field's name. Nothing is known about most. */
export const known = (name: string): Known => KNOWN.get(metricOf(name)) ?? {};
