import { APIError, get, post } from './api.js';
import { controlForm, NICE } from './control-form.js';
import { button, el } from './dom.js';
import { Ending } from './ending.js';

/** @import { TreeModel } from './tree-model.js' */
/** @import { Order } from './control-form.js' */

/**
 * Lets a controller act on processes: a button, a dialog, and what became of it. Nobody else
 * sees any of it.
 */
export class ControlDialog {
  /** The button for the drawer; hidden for all who may not use it. */
  button = button('Signal or priority…', { id: 'control', class: 'tool', 'aria-haspopup': 'dialog', 'aria-keyshortcuts': 'x', title: 'Act on this process (x)', hidden: true }, () => this.open());
  #model;
  #selected;
  #onChange;
  #ending;
  #busy = false;
  #windows = false;
  /** Whether this person may act on processes at all. */
  #allowed = false;
  /** Nobody acts on a process of the past. */
  #past = false;
  /** What to offer KILL for when the dialog is free: processes that had 10 seconds to end. @type {Set<string>} */
  #overdue = new Set();
  #dialog = el('dialog', { class: 'control-dialog', 'aria-labelledby': 'control-title' });

  /** @param {TreeModel} model @param {{selected: () => string|undefined, onChange: () => void}} page */
  constructor(model, { selected, onChange }) {
    this.#model = model;
    this.#selected = selected;
    this.#onChange = onChange;
    this.#ending = new Ending(model, (ids) => {
      for (const id of ids) this.#overdue.add(id);
      this.#offerKill();
    });
    this.#dialog.addEventListener('close', () => this.#offerKill());
    document.body.append(this.#dialog);
  }

  /** The processes that were told to end. @returns {ReadonlySet<string>} */
  get ending() { return this.#ending.ids; }

  /** @param {any} host The answer of GET api/v1/host, which names the call only for controllers. */
  setHost(host) {
    // A page that frames this one could lead a click to where it was not meant (clickjacking).
    this.#allowed = host.links?.control !== undefined && window.top === window;
    this.button.hidden = !this.#allowed || this.#past;
    this.#windows = host.os === 'windows';
  }

  /** @param {boolean} past Whether a moment of the recording is shown. */
  setPast(past) {
    if (past === this.#past) return;
    this.#past = past;
    this.button.hidden = !this.#allowed || past;
    if (past) this.#dialog.close();
    else this.#offerKill();
  }

  /** Forgets the processes that are gone. */
  update() { if (!this.#past) this.#ending.update(); }

  async open(id = this.#selected()) {
    if (this.button.hidden || id === undefined || this.#model.slotOf(id) < 0 || this.#model.isBranch(this.#model.slotOf(id))) return;
    await this.#show(() => this.#ask(id, { chosen: '', all: false }));
  }

  /**
   * Opens the dialog with what it is to show; one at a time.
   * @param {() => Promise<HTMLElement[]|undefined>} content undefined: there is nothing to show.
   */
  async #show(content) {
    if (this.#busy || this.#dialog.open) return;
    this.#busy = true;
    const shown = await content().catch(failure);
    this.#busy = false;
    if (shown) this.#fill(shown);
  }

  /** @param {HTMLElement[]} content */
  #fill(content) {
    const [title, ...rest] = content;
    title.id = 'control-title';
    if (!rest.some((part) => part.querySelector('button'))) rest.push(this.#cancel('Close'));
    this.#dialog.replaceChildren(title, ...rest);
    if (this.#dialog.open) /** @type {HTMLElement|null} */ (this.#dialog.querySelector('[autofocus]'))?.focus();
    else this.#dialog.showModal();
  }

  /** The safe choice: it is first and has the focus. @param {string} label */
  #cancel(label) {
    return button(label, { class: 'tool', autofocus: true }, () => this.#dialog.close());
  }

  /**
   * What the dialog asks about a process.
   * @param {string} id
   * @param {{chosen: string, all: boolean}} begin
   * @returns {Promise<HTMLElement[]|undefined>} undefined if nobody may send the chosen signal.
   */
  async #ask(id, begin) {
    const [can, node] = await Promise.all([get('api/v1/control'), get(`api/v1/processes/${id.split('-')[0]}`)]);
    if (node.id !== id) throw new APIError(409, 'this process has ended');
    if (begin.chosen && !can.signals.includes(begin.chosen)) return undefined;
    const slot = this.#model.slotOf(id);
    const descendants = slot < 0 ? [] : this.#model.descendantsOf(slot).map((s) => ({ id: this.#model.idOf(s), pid: this.#model.number(s, 'pid'), name: this.#model.text(s, 'name') }));
    const name = el('bdi', {}, node.name);
    const title = begin.chosen ? [name, ` has not ended. Use ${begin.chosen}?`] : ['Act on ', name, '?'];
    return [el('h2', {}, ...title), ...controlForm(node, {
      ...begin, signals: can.signals, descendants, windows: this.#windows, cancel: this.#cancel('Cancel'), act: (order) => this.#act(id, order),
    })];
  }

  /** @param {string} id @param {Order} order */
  async #act(id, order) {
    // Escape closes the dialog meanwhile; nothing else is asked before the answer is there.
    this.#busy = true;
    const problems = await this.#send(id, order).catch(failure);
    this.#busy = false;
    if (problems) this.#fill(problems);
    else this.#dialog.close();
    this.#onChange();
    this.#offerKill();
  }

  /** @param {string} id @param {Order} order @returns {Promise<HTMLElement[]|undefined>} What the person must know of the answer. */
  async #send(id, { action, nice, descendants }) {
    // Each token holds once, so it is fetched for each request.
    const { csrf_token: token = '' } = await get('api/v1/control');
    const below = descendants ? { descendants: true, ids: descendants } : {};
    const answer = await post(`api/v1/processes/${id}/${action === NICE ? 'priority' : 'signal'}`, { ...(action === NICE ? { nice } : { signal: action }), ...below }, token);
    this.#ending.add(answer.processes.filter(isDone).map((/** @type {Result} */ r) => r.id), action);
    return outcome(answer);
  }

  /** Offers KILL for a process that was told to end and has not, unless something is being asked already. */
  async #offerKill() {
    this.update();
    const [id] = this.#overdue;
    if (id === undefined || this.#past || this.#busy || this.#dialog.open) return;
    this.#overdue.delete(id);
    if (!this.#ending.ids.has(id)) {
      this.#offerKill();
      return;
    }
    // Those below it that have not ended either are offered with it.
    const below = this.#model.descendantsOf(this.#model.slotOf(id)).map((slot) => this.#model.idOf(slot)).filter((d) => this.#overdue.delete(d));
    await this.#show(() => this.#ask(id, { chosen: 'KILL', all: below.length > 0 }).catch((error) => {
      if (!(error instanceof APIError) || error.status !== 404 && error.status !== 409) throw error;
      return undefined; // It has ended meanwhile; the next message says so.
    }));
    this.#offerKill();
  }
}

/** @typedef {{id: string, pid: number, name?: string, result: string, error?: string}} Result */

/** @param {Result} result */
const isDone = (result) => result.result === 'done';

/**
 * What the person must know of an answer; undefined if all went as was said.
 * @param {{processes: Result[], unseen?: string[]}} answer
 */
function outcome({ processes, unseen = [] }) {
  // A descendant that has ended needs nothing more.
  const left = processes.filter((r) => !isDone(r) && r.result !== 'not_found');
  if (left.length === 0 && unseen.length === 0) return undefined;
  const lines = left.map((r) => `${r.pid} ${r.name ?? ''}: ${r.error ?? r.result}`);
  const started = unseen.map((id) => `${id.split('-')[0]}: it was not in the list, so it was not touched`);
  return [
    el('h2', {}, `Done for ${processes.filter(isDone).length} of ${processes.length + unseen.length} processes`),
    el('div', { class: 'notice bad', role: 'alert' }, 'These were not touched:', el('ul', { tabindex: 0, 'aria-label': 'Processes' }, ...[...lines, ...started].map((line) => el('li', {}, line)))),
  ];
}

/** @param {unknown} error */
const failure = (error) => [
  el('h2', {}, 'Nothing was done'),
  el('p', { class: 'notice bad', role: 'alert' }, error instanceof Error ? error.message : String(error)),
];
