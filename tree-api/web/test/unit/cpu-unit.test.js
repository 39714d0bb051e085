import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cpuUnitOf, formatCPU, formatCPUInFull, nextCpuUnit } from '../../cpu-unit.js';

/** @import { CpuUnit } from '../../cpu-unit.js' */

/** @type {[CpuUnit|undefined, number|undefined, number, string, string][]} */
const cases = [
  [undefined, 8, 0.5, '0.50', '0.50 cores'],
  ['cores', undefined, 12, '12.0', '12.0 cores'],
  ['core', undefined, 0.5, '50 %', '50 % of a core'],
  ['core', 8, 2.5, '250 %', '250 % of a core'],
  ['host', 8, 2, '25 %', '25 % of the host'],
  ['host', 64, 0.064, '0.1 %', '0.1 % of the host'],
  ['host', 64, 0.001, '<0.1 %', '<0.1 % of the host'],
  ['host', undefined, 2, '–', '–'],
  ['core', 8, NaN, '–', '–'],
  ['core', 8, 0, '0', '0 of a core'],
];
for (const [cpuUnit, cpus, cores, want, inFull] of cases) {
  test(`${cores} cores of ${cpus} in ${cpuUnit}`, () => {
    assert.equal(formatCPU(cores, { cpuUnit, cpus }), want);
    assert.equal(formatCPUInFull(cores, { cpuUnit, cpus }), inFull);
  });
}

test('the units follow each other in a circle', () => {
  assert.deepEqual(['cores', 'core', 'host'].map((unit) => nextCpuUnit(cpuUnitOf(unit))), ['core', 'host', 'cores']);
  for (const nonsense of [null, '', 'percent', '__proto__']) assert.equal(cpuUnitOf(nonsense), 'cores');
});
