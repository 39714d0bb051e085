/** What the panel knows about a field by its name alone. Everything here can be overridden. */
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

/** The fields of a process, by their names in lower case. */
const KNOWN = new Map<string, Known>(Object.entries({
  pid: { width: 72, from: 520 },
  ppid: { width: 72, from: Infinity },
  user: { width: 96, from: 640 },
  state: { width: 96, from: 900 },
  cpu: { width: 78, sum: true, heat: 'orange', heatFull: 1 },
  memory: { width: 92, sum: true, heat: 'purple' },
  virtual: { width: 92, from: Infinity },
  swap: { width: 84, from: Infinity, sum: true },
  read: { width: 96, from: 1080, sum: true, heat: 'blue' },
  written: { width: 96, from: 1080, sum: true, heat: 'blue' },
  threads: { width: 84, from: 1200, sum: true },
  open_fds: { width: 96, from: 1200, sum: true },
  start_time: { from: 1500 },
  group: { width: 120, from: 1000 },
  unit: { width: 160, from: Infinity },
  container: { width: 120, from: Infinity },
  exe: { width: 180, from: Infinity },
  cmdline: { width: 180, grow: 2, from: 800 },
}));

/** Other names that the same figures go by. */
const ALIASES: Record<string, string> = {
  cores: 'cpu', '%cpu': 'cpu', cpu_cores: 'cpu', rss: 'memory', mem: 'memory', resident: 'memory', resident_bytes: 'memory',
  read_bytes: 'read', write: 'written', written_bytes: 'written', fds: 'open_fds', files: 'open_fds',
  started: 'start_time', command: 'cmdline', 'command line': 'cmdline',
};

/** @param name The field's name. Nothing is known about most. */
export function known(name: string): Known {
  const lower = name.toLowerCase();
  return KNOWN.get(ALIASES[lower] ?? lower) ?? {};
}
