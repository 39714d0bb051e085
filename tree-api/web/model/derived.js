/** @import { Metric } from './columns.gen.js' */

/**
 * Columns that are the sum of two others. The API does not send them.
 * @type {readonly (Metric & {from: readonly [string, string]})[]}
 */
export const DERIVED = [
  { key: 'cpu_seconds', from: ['user_seconds', 'system_seconds'], field: '', kind: 'counter', unit: 'seconds', sum: true, title: 'TIME+', help: 'CPU time since the process started, user time and system time together' },
  { key: 'io', from: ['read', 'written'], field: '', kind: 'rate', unit: 'bytes/s', sum: true, title: 'I/O', help: 'Bytes read from and written to storage per second' },
];

/**
 * Makes the derived values of a process.
 * @param {Record<string, Float64Array>} numbers @param {number} slot
 */
export function derive(numbers, slot) {
  for (const { key, from: [a, b] } of DERIVED) {
    const x = numbers[a][slot];
    const y = numbers[b][slot];
    numbers[key][slot] = x !== x ? y : y !== y ? x : x + y;
  }
}
