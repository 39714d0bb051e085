/** What the page does besides when it is installed: it keeps its last state for the offline page. */
import { formatBytes, formatCores, formatPercent } from './format.js';
import { forgetState, keepState } from './kept-state.js';
import { scriptURL } from './start.js';

/** @import { TreeModel } from './tree-model.js' */

const KEEP_MILLISECONDS = 60_000;
const MOST_PROCESSES = 100;

/** Whether the page was opened from the home screen: only then anything is kept in this browser. */
const isInstalled = () => location.search === '?app' || matchMedia('(display-mode: standalone)').matches;

/**
 * Command lines and paths are not kept: they can hold what only this role may see.
 * @param {TreeModel} model @param {any} host @param {number} time
 */
function stateOf(model, host, time) {
  const slots = Array.from({ length: model.column('pid').length }, (_, slot) => slot).filter((slot) => model.number(slot, 'pid') > 0 && model.idOf(slot));
  const cpu = (/** @type {number} */ slot) => model.number(slot, 'cpu') || 0;
  slots.sort((a, b) => cpu(b) - cpu(a) || (model.number(b, 'memory') || 0) - (model.number(a, 'memory') || 0));
  const { total_bytes: total, available_bytes: available } = host.memory ?? {};
  return {
    host: host.name ?? 'proctree', time, total: model.total,
    facts: [
      host.cpu?.busy_cores !== undefined && host.cpus && `CPU ${formatPercent(host.cpu.busy_cores / host.cpus)} of ${host.cpus}`,
      total && available !== undefined && `Memory ${formatPercent(1 - available / total)} of ${formatBytes(total)}`,
      typeof host.load?.[0] === 'number' && `Load ${host.load[0]}`,
    ].filter(Boolean),
    processes: slots.slice(0, MOST_PROCESSES).map((slot) => ({
      name: model.text(slot, 'name'), pid: model.number(slot, 'pid'), user: model.text(slot, 'user'),
      cpu: formatCores(model.number(slot, 'cpu')), memory: formatBytes(model.number(slot, 'memory')),
    })),
  };
}

/** Keeps the state of an installed page, and forgets it with the session. */
export class Installed {
  #model;
  #current;
  #on = isSecureContext && 'serviceWorker' in navigator && isInstalled();
  /** @type {string} */
  #state = '';

  /** @param {TreeModel} model @param {() => {host: any, time: number}} current */
  constructor(model, current) {
    this.#model = model;
    this.#current = current;
    if (!this.#on) return;
    navigator.serviceWorker.register(scriptURL('service-worker.js'), { scope: './' }).catch((error) => console.warn('no offline page:', error));
    setInterval(() => this.#keep(), KEEP_MILLISECONDS);
    document.addEventListener('visibilitychange', () => { if (document.hidden) this.#keep(); });
    // The worker does the same: this is for the page that it does not control yet.
    document.addEventListener('submit', ({ target }) => { if (target instanceof HTMLFormElement && target.id === 'logout') this.#forget(); });
  }

  /** @param {string} state Of the connection. */
  follow(state) {
    if (!this.#on || state === this.#state) return;
    this.#state = state;
    if (state === 'refused') this.#forget();
    if (state === 'live') setTimeout(() => this.#keep(), 1000);
  }

  #keep() {
    const { host, time } = this.#current();
    if (this.#state === 'live' && time > 0) keepState(stateOf(this.#model, host, time)).catch(() => {});
  }

  #forget() {
    this.#state = 'refused';
    forgetState().catch(() => {});
  }
}
