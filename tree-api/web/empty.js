import { button, el, setHidden } from './dom.js';

/** @import { Connection } from './stream.js' */

/** What stands in the table's place while there is nothing to show in it. */
export class EmptyState {
  #root;
  #clear;
  #shown = '';

  /** @param {HTMLElement} root @param {() => void} onClear */
  constructor(root, onClear) {
    this.#root = root;
    this.#clear = button('Clear filters', { class: 'tool' }, onClear);
  }

  /** @param {{connection: Connection, total: number, rows: number}} page */
  show({ connection, total, rows }) {
    const state = stateOf(connection, total, rows);
    const reason = state === 'unrecorded' ? connection.reason ?? '' : '';
    if (this.#shown === state + reason) return;
    this.#shown = state + reason;
    setHidden(this.#root, state === 'filled');
    this.#root.dataset.state = state;
    this.#root.replaceChildren(...this.#content(state, reason));
  }

  /** @param {string} state @param {string} reason Why there is no table of a moment of the past. */
  #content(state, reason) {
    switch (state) {
      case 'loading': return [el('span', { class: 'spinner', 'aria-hidden': 'true' }), 'Reading the process table…'];
      case 'lost': return ['No data: the server cannot be reached.'];
      case 'login': return [el('p', {}, 'Sign in to see the processes of this host.'), el('a', { class: 'tool primary', href: 'login' }, 'Sign in')];
      case 'refused': return ['The server refuses access to the tree.'];
      case 'unrecorded': return [`No processes of this moment: ${reason}`];
      case 'none': return ['There are no processes to show.'];
      case 'filtered': return [el('p', {}, 'No process matches the filters.'), this.#clear];
      default: return [];
    }
  }
}

/** @param {Connection} connection @param {number} total @param {number} rows */
function stateOf({ state, status, reason }, total, rows) {
  if (rows > 0) return 'filled';
  if (total > 0) return 'filtered';
  if (state === 'refused') return status === 401 ? 'login' : 'refused';
  if (state === 'lost') return 'lost';
  if (state === 'past') return reason ? 'unrecorded' : 'loading';
  return state === 'connecting' ? 'loading' : 'none';
}
