/** Why a value of a process is not known, and what to do about it. */

/** @import { TreeModel } from './tree-model.js' */

/** What the exporter needs on Linux for the values of other users' processes: docs/privileges.md. @type {Record<string, string>} */
const LINUX = {
  read: 'CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH, or CAP_BPF and CAP_PERFMON',
  written: 'CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH, or CAP_BPF and CAP_PERFMON',
  io: 'CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH, or CAP_BPF and CAP_PERFMON',
  open_fds: 'CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH, or CAP_BPF and CAP_PERFMON',
  exe: 'CAP_SYS_PTRACE',
};

/** Whether a system may refuse to show a column of other users' processes. @param {string} key */
export const isGuarded = (key) => Object.hasOwn(LINUX, key);

/** From this share of the processes on, the heading of a column says why it is empty. */
const MOST_UNKNOWN = 0.5;

/**
 * @param {string} key A column.
 * @param {string} [os] The system of the host.
 */
export function whyUnknown(key, os) {
  if (key === 'pss') return 'PSS is read only with --collector.group_proportional_memory, and one process after another.';
  if (key.endsWith('_delay')) return 'The kernel counts this only of processes that start after "sysctl kernel.task_delayacct=1": see docs/metrics.md.';
  if (key === 'network' || key.startsWith('network_')) return 'The network of processes is counted only with --collector.group_network, on Linux 6.3 or later with BPF: see docs/network.md.';
  if (!isGuarded(key)) return '';
  const grant = os === undefined || os === 'linux' ? `Grant it ${LINUX[key]} (see docs/privileges.md), or run it as root.` : 'Run it with the rights of an administrator.';
  return `The system does not let the exporter read this of other users' processes. ${grant}`;
}

/**
 * Whether most processes have no value in a column that the system guards. Threads of the kernel
 * have none by nature.
 * @param {TreeModel} model
 * @param {string} key
 */
export function isMostlyUnknown(model, key) {
  if (!isGuarded(key)) return false;
  const isText = key === 'exe';
  const { length } = model.column('pid');
  let all = 0;
  let unknown = 0;
  for (let slot = 0; slot < length; slot++) {
    if (model.idOf(slot) === '' || model.isKernel(slot)) continue;
    all++;
    if (isText ? model.text(slot, key) === '' : Number.isNaN(model.number(slot, key))) unknown++;
  }
  return all > 0 && unknown / all >= MOST_UNKNOWN;
}
