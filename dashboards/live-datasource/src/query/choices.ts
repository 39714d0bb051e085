import type { QueryType } from '../types.ts';

export const TYPES: Array<{ label: string; value: QueryType; description: string }> = [
  { label: 'Tree', value: 'tree', description: 'The processes, each below its parent; of the past as recorded, or what Prometheus kept' },
  { label: 'Top', value: 'top', description: 'The first processes by one metric, for tables and alert rules' },
  { label: 'Count', value: 'count', description: 'How many processes pass the filters' },
  { label: 'Host', value: 'host', description: 'CPU, memory, load and pressure of the host' },
  { label: 'Process', value: 'process', description: 'One process over time, by its id, from the recording' },
  { label: 'Used', value: 'used', description: 'Who used most in the time range, from the recording' },
  { label: 'Events', value: 'events', description: 'Starts, exits and OOM kills, as lines of a log or as annotations' },
  { label: 'Report', value: 'report', description: 'What happened in the time range: crashes, restarts, growth; from the recording' },
];

/** The values of a query of type host. */
export const HOST_METRICS = [
  { label: 'Busy CPUs', value: 'cpu' },
  { label: 'CPUs', value: 'cpus' },
  { label: 'Memory', value: 'memory_total' },
  { label: 'Memory available', value: 'memory_available' },
  { label: 'Swap', value: 'swap_total' },
  { label: 'Swap free', value: 'swap_free' },
  { label: 'Load 1 min', value: 'load1' },
  { label: 'Load 5 min', value: 'load5' },
  { label: 'Load 15 min', value: 'load15' },
  { label: 'CPU pressure', value: 'pressure_cpu' },
  { label: 'Memory pressure', value: 'pressure_memory' },
  { label: 'I/O pressure', value: 'pressure_io' },
  { label: 'Uptime', value: 'uptime' },
];

/** The states of a process, as the exporter names them. */
export const STATES = ['running', 'sleeping', 'blocked', 'stopped', 'zombie', 'other'].map((value) => ({ value }));

/** What a query of type used ranks by, and whose use is added up. */
export const RESOURCES = [
  { label: 'CPU time', value: 'cpu' },
  { label: 'Most memory', value: 'memory' },
  { label: 'Read', value: 'read' },
  { label: 'Written', value: 'written' },
];
export const USED_BY = [
  { label: 'Process', value: 'process' },
  { label: 'Group', value: 'group' },
  { label: 'User', value: 'user' },
  { label: 'Unit', value: 'unit' },
  { label: 'Process with descendants', value: 'subtree' },
];

/** The parts of a report, as the backend names them. */
export const SECTIONS = [
  { label: 'OOM kills', value: 'oom_kills' },
  { label: 'Crashed', value: 'crashed' },
  { label: 'Failed by exit code', value: 'failed' },
  { label: 'Ended by other signals', value: 'killed' },
  { label: 'Restarted', value: 'restarted' },
  { label: 'Top CPU', value: 'top_cpu' },
  { label: 'Top memory', value: 'top_memory' },
  { label: 'Top read', value: 'top_read' },
  { label: 'Top written', value: 'top_written' },
  { label: 'Started', value: 'started' },
  { label: 'Ended', value: 'ended' },
  { label: 'Short-lived', value: 'short_lived' },
  { label: 'Started most often', value: 'most_started' },
  { label: 'Grew', value: 'grew' },
  { label: 'Limits nearly reached', value: 'limits_nearly_reached' },
  { label: 'Peaks of the host', value: 'peaks' },
];

export const EVENT_KINDS = ['fork', 'exec', 'exit', 'oom_kill', 'control', 'lost'].map((value) => ({ value }));

/** How a process ended; any exit code or signal is possible, too. */
export const EVENT_STATUS = ['abnormal', 'normal', 'exit_code', 'signal', 'oom_kill', 'SIGSEGV', 'SIGABRT', 'SIGKILL'].map((value) => ({ value }));
