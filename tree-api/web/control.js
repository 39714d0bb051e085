import { APIError, get, post } from './api.js';
import { button, el } from './dom.js';

/** @import { TreeModel } from './tree-model.js' */

/** How long a process has to end before KILL is offered. */
const PATIENCE_MILLISECONDS = 10_000;
/** The signals that are to end a process. */
const ENDING = new Set(['TERM', 'INT', 'HUP', 'KILL']);

/** What each signal does. @type {Record<string, string>} */
const EFFECTS = {
  TERM: 'asks the process to end; it can save its data first',
  INT: 'interrupts the process, as Ctrl+C does',
  HUP: 'makes the process reload its configuration, or end',
  USR1: 'means what the program defines',
  USR2: 'means what the program defines',
  STOP: 'pauses the process until CONT',
  CONT: 'continues a paused process',
  KILL: 'ends the process at once; unsaved data is lost',
};

/**
 * Lets a controller act on processes: a button, a dialog, and what became of it. Nobody else
 * sees any of it.
 */
export class ControlDialog {
  /** The button for the drawer; hidden for all who may not use it. */
  button = button('Signal or priority…', { id: 'control', class: 'tool', 'aria-haspopup': 'dialog', 'aria-keyshortcuts': 'x', title: 'Act on this process (x)', hidden: true }, () => this.open());
  /** The processes that were told to end. @type {Set<string>} */
  ending = new Set();
  #model;
  #selected;
  #onChange;
  #dialog = el('dialog', { class: 'control-dialog', 'aria-labelledby': 'control-title' });

  /** @param {TreeModel} model @param {{selected: () => string|undefined, onChange: () => void}} page */
  constructor(model, { selected, onChange }) {
    this.#model = model;
    this.#selected = selected;
    this.#onChange = onChange;
    document.body.append(this.#dialog);
  }

  /** @param {any} host The answer of GET api/v1/host, which names the call only for controllers. */
  setHost(host) {
    this.button.hidden = !host.links?.control;
  }

  /** Forgets the processes that are gone. */
  update() {
    for (const id of this.ending) if (this.#model.slotOf(id) < 0) this.ending.delete(id);
  }

  async open(id = this.#selected(), signal = '') {
    if (this.button.hidden || this.#dialog.open || id === undefined || this.#model.slotOf(id) < 0) return;
    try {
      const [can, node] = await Promise.all([get('api/v1/control'), get(`api/v1/processes/${id.split('-')[0]}`)]);
      if (node.id !== id) throw new APIError(409, 'this process has ended');
      this.#fill(id, node, can.signals, signal);
    } catch (error) {
      this.#dialog.replaceChildren(this.#title('Nothing was done'), problem(error), this.#cancel('Close'));
    }
    this.#dialog.showModal();
  }

  /** @param {string} text */
  #title(text) {
    return el('h2', { id: 'control-title' }, text);
  }

  /** The safe choice: it is first and has the focus. @param {string} label */
  #cancel(label) {
    return button(label, { class: 'tool', autofocus: true }, () => this.#dialog.close());
  }

  /** @param {string} id @param {any} node @param {string[]} signals @param {string} chosen */
  #fill(id, node, signals, chosen) {
    const choice = el('select', { id: 'control-action' }, ...signals.map((s) => el('option', { value: s, selected: s === chosen }, `${s}: ${EFFECTS[s] ?? ''}`)),
      el('option', { value: 'nice' }, 'Priority: set the nice value'));
    const nice = el('input', { id: 'control-nice', type: 'number', min: -20, max: 19, step: 1, value: node.nice ?? 0, 'aria-label': 'Nice value, -20 to 19' });
    const will = el('p', { class: 'notice warn' });
    const show = () => {
      nice.hidden = choice.value !== 'nice';
      will.textContent = choice.value === 'nice' ? `Process ${node.pid} gets the nice value ${nice.value}.` : `Process ${node.pid} gets ${choice.value}, which ${EFFECTS[choice.value] ?? 'is a signal'}.`;
    };
    choice.addEventListener('change', show);
    nice.addEventListener('input', show);
    show();
    const act = button('Do it', { class: 'tool danger' }, () => {
      act.disabled = true;
      this.#act(id, choice.value, Number(nice.value));
    });
    /** @param {string} name @param {string} value */
    const line = (name, value) => [el('dt', {}, name), el('dd', {}, value)];
    this.#dialog.replaceChildren(
      this.#title(`Act on ${node.name}?`),
      el('dl', { class: 'facts-list' }, ...line('Process', node.name), ...line('PID', String(node.pid)), ...line('User', node.user ?? 'unknown'),
        ...line('Command line', (node.cmdline ?? []).join(' ') || 'unknown')),
      el('p', {}, choice, nice), will, el('p', { class: 'control-buttons' }, this.#cancel('Cancel'), act),
    );
  }

  /** @param {string} id @param {string} action @param {number} nice */
  async #act(id, action, nice) {
    try {
      // Each token holds once, so it is fetched for each request.
      const { csrf_token: token = '' } = await get('api/v1/control');
      await post(`api/v1/processes/${id}/${action === 'nice' ? 'priority' : 'signal'}`, action === 'nice' ? { nice } : { signal: action }, token);
      this.#dialog.close();
      if (ENDING.has(action) && action !== 'HUP') this.#await(id, action);
    } catch (error) {
      this.#dialog.replaceChildren(this.#title('Nothing was done'), problem(error), this.#cancel('Close'));
    }
  }

  /** Shows that a process is to end, and offers KILL if it does not. @param {string} id @param {string} action */
  #await(id, action) {
    this.ending.add(id);
    this.#onChange();
    setTimeout(() => {
      this.update();
      if (!this.ending.delete(id)) return;
      this.#onChange();
      if (action !== 'KILL') this.open(id, 'KILL');
    }, PATIENCE_MILLISECONDS);
  }
}

/** @param {unknown} error */
const problem = (error) => el('p', { class: 'notice bad', role: 'alert' }, error instanceof Error ? error.message : String(error));
