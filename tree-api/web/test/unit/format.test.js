import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as format from '../../format.js';

/** @type {[string, (value: any) => string, [any, string][]][]} */
const tables = [
  ['bytes', format.formatBytes, [
    [undefined, '–'], [NaN, '–'], [0, '0'], [1, '1 B'], [1023, '1023 B'], [1024, '1.00 KiB'], [1536, '1.50 KiB'],
    [10.4 * 1024, '10.4 KiB'], [1023.4 * 1024, '1023 KiB'], [1023.6 * 1024, '1.00 MiB'], [5 * 1024 ** 4, '5.00 TiB'], [2 ** 70, '1048576 PiB'],
  ]],
  ['rate', format.formatRate, [[NaN, '–'], [0, '0'], [2048, '2.00 KiB/s']]],
  ['cores', format.formatCores, [[NaN, '–'], [0, '0'], [0.0001, '<0.01'], [0.005, '0.01'], [0.5, '0.50'], [9.999, '10.0'], [127.96, '128']]],
  ['percent', format.formatPercent, [[undefined, '–'], [0, '0 %'], [0.001, '0.1 %'], [0.0994, '9.9 %'], [0.0996, '10 %'], [1, '100 %']]],
  ['count', format.formatCount, [[NaN, '–'], [0, '0'], [999, '999'], [10_000, '10,000'], [1234567, '1,234,567']]],
  ['duration', format.formatDuration, [
    [NaN, '–'], [-3, '0s'], [0.9, '0s'], [59, '59s'], [61, '1m 1s'], [3600, '1h 0m'], [86399, '23h 59m'], [86400 * 12 + 3600 * 4, '12d 4h'],
  ]],
  ['CPU time', format.formatCPUTime, [[NaN, '–'], [0, '0:00.00'], [65.5, '1:05.50'], [3723.45, '1:02:03'], [360000, '100:00:00']]],
];

for (const [name, format, cases] of tables) {
  for (const [value, want] of cases) test(`${name} ${value}`, () => assert.equal(format(value), want));
}
