import { UNKNOWN, formatCores, formatPercent } from './format.js';

/** The units in which CPU can be shown. @typedef {'cores'|'core'|'host'} CpuUnit */

/**
 * @typedef {object} CpuContext
 * @property {CpuUnit} [cpuUnit] Cores if absent.
 * @property {number} [cpus] How many the host has.
 */

/** @type {Record<CpuUnit, {title: string, choice: string}>} */
export const CPU_UNITS = {
  cores: { title: 'CPU (cores)', choice: 'Cores: 1 is one core that is busy all the time' },
  core: { title: 'CPU (% core)', choice: 'Percent of a core: 100 % is one core' },
  host: { title: 'CPU (% host)', choice: 'Percent of the host: 100 % is all its cores' },
};

/** @param {string|null} text @returns {CpuUnit} */
export const cpuUnitOf = (text) => (text !== null && Object.hasOwn(CPU_UNITS, text) ? /** @type {CpuUnit} */ (text) : 'cores');

/** The unit after another one, from the last to the first. @param {CpuUnit} unit */
export function nextCpuUnit(unit) {
  const units = /** @type {CpuUnit[]} */ (Object.keys(CPU_UNITS));
  return units[(units.indexOf(unit) + 1) % units.length];
}

/** @param {number} cores @param {CpuContext} context */
export function formatCPU(cores, { cpuUnit = 'cores', cpus }) {
  if (cpuUnit === 'cores') return formatCores(cores);
  const ratio = cpuUnit === 'core' ? cores : cpus ? cores / cpus : NaN;
  if (ratio === 0) return '0';
  return ratio > 0 && ratio < 0.0005 ? '<0.1 %' : formatPercent(ratio);
}

/** As formatCPU, with the unit where the number does not show it. @param {number} cores @param {CpuContext} context */
export function formatCPUInFull(cores, context) {
  const text = formatCPU(cores, context);
  if (text === UNKNOWN) return text;
  return { cores: `${text} cores`, core: `${text} of a core`, host: `${text} of the host` }[context.cpuUnit ?? 'cores'];
}
