import type { QueryType } from '../types.ts';

export const TYPES: Array<{ label: string; value: QueryType; description: string }> = [
  { label: 'Tree', value: 'tree', description: 'The processes, each below its parent; of the past what Prometheus kept' },
  { label: 'Top', value: 'top', description: 'The first processes by one metric, for tables and alert rules' },
  { label: 'Count', value: 'count', description: 'How many processes pass the filters' },
  { label: 'Host', value: 'host', description: 'CPU, memory, load and pressure of the host, now' },
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
