import { el, setText } from './dom.js';
import { formatCPUInFull } from './cpu-unit.js';
import { UNKNOWN, formatBytes, formatCount, formatRate } from './format.js';
import { memoryKind, nothing, totalOf } from './model/totals.js';

/** @import { CpuContext } from './cpu-unit.js' */
/** @import { Total } from './model/totals.js' */
/** @import { TreeModel } from './tree-model.js' */

/** The line below the table: the sums over all processes that pass the filters. It is always there, so that nothing moves. */
export class TotalsBar {
  #parts = Object.fromEntries(['processes', 'cpu', 'memory', 'read', 'written', 'threads'].map((key) => [key, el('span', { 'data-sum': key })]));

  /** The sums that were shown last, and the version of the model that they are of. The page is drawn much more often than it changes. */
  #last = { version: NaN, total: nothing() };

  /** @param {HTMLElement} root */
  constructor(root) {
    root.append(...Object.values(this.#parts));
  }

  /** @param {TreeModel} model @param {{filtered: boolean, context: CpuContext}} view */
  show(model, { filtered, context }) {
    const { version } = model;
    if (version !== this.#last.version) this.#last = { version, total: totalOf(model, model.matchSlots()) };
    const { total } = this.#last;
    const texts = textsOf(total, filtered ? `Sum of ${formatCount(total.processes)} matches` : 'Sum of all', context);
    for (const [key, part] of Object.entries(this.#parts)) setText(part, texts[key]);
    this.#parts.memory.title = memoryNote(total);
  }
}

/** @param {Total} total @param {string} title @param {CpuContext} context @returns {Record<string, string>} */
function textsOf(total, title, context) {
  return {
    processes: title,
    cpu: `CPU ${formatCPUInFull(total.cpu, context)}`,
    memory: total.withRSS > 1 ? `Memory ${formatBytes(total.memory)} (sum of ${memoryKind(total)}; shared pages counted several times)`
      : `Memory ${formatBytes(total.memory)}${total.withPSS > 0 ? ' (sum of PSS)' : ''}`,
    read: total.read !== total.read ? '' : `Read ${formatRate(total.read)}`,
    written: total.written !== total.written ? '' : `Written ${formatRate(total.written)}`,
    threads: total.threads !== total.threads ? '' : `${formatCount(total.threads)} ${total.threads === 1 ? 'thread' : 'threads'}`,
  };
}

/** What was added up as memory. @param {Total} total */
export function memoryNote(total) {
  switch (memoryKind(total)) {
    case 'PSS': return 'Sum of PSS, which divides shared pages among the processes that share them';
    case 'RSS': return `Sum of RSS; shared pages counted up to ${formatCount(total.withRSS)} times`;
    case 'PSS and RSS': return `Sum of PSS; of RSS for ${formatCount(total.withRSS)} processes whose PSS is not known, with shared pages counted once for each`;
    default: return `Memory: ${UNKNOWN}`;
  }
}
