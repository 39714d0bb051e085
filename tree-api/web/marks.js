/** @import { TreeModel } from './tree-model.js' */

const STORAGE_KEY = 'proctree-marks';
/** For how long a row is marked as new, and one that ended goes on being seen. */
const NEW_MILLISECONDS = 5000;
const ENDED_MILLISECONDS = 1800;
/** When more rows than this come or go at once, none is marked. */
const MOST = 60;

/** Marks the rows of processes that started, and lets those that ended fade. */
export class Marks {
  #model;
  #body;
  /** When the mark of each new process ends. @type {Map<string, number>} */
  #fresh = new Map();
  #on = isStoredOn();

  /** @param {TreeModel} model @param {HTMLElement} table */
  constructor(model, table) {
    this.#model = model;
    this.#body = () => /** @type {HTMLElement} */ (table.querySelector('.body'));
  }

  get on() { return this.#on; }

  set on(on) {
    this.#on = on;
    if (!on) this.#fresh.clear();
    try {
      localStorage.setItem(STORAGE_KEY, on ? 'on' : 'off');
    } catch {
      // Storage is full or forbidden: the choice holds for this page.
    }
  }

  /** Which processes are new, by id. @returns {ReadonlyMap<string, number>} */
  get fresh() { return this.#fresh; }

  /** To be called before a change of the model. @param {readonly string[]} ids Those that it names. */
  before(ids) {
    const now = performance.now();
    for (const [id, end] of this.#fresh) if (end < now) this.#fresh.delete(id);
    if (!this.#on) return;
    const came = ids.filter((id) => id !== '' && this.#model.slotOf(id) < 0);
    if (came.length <= MOST) for (const id of came) this.#fresh.set(id, now + NEW_MILLISECONDS);
  }

  /** To be called after it, while the rows are still those from before. */
  after() {
    if (!this.#on) return;
    const rows = /** @type {HTMLElement[]} */ ([...this.#body().querySelectorAll('.row[id]')]);
    const ended = rows.filter((row) => this.#model.slotOf(row.id.slice('process-'.length)) < 0);
    if (ended.length <= MOST) for (const row of ended) this.#fade(row);
  }

  /** A copy of the row stays where it was, for the eye alone. @param {HTMLElement} row */
  #fade(row) {
    const ghost = /** @type {HTMLElement} */ (row.cloneNode(true));
    for (const name of ghost.getAttributeNames()) if (name === 'id' || name === 'role' || name.startsWith('aria-')) ghost.removeAttribute(name);
    for (const cell of ghost.children) cell.removeAttribute('role');
    ghost.className = 'row ended';
    ghost.setAttribute('aria-hidden', 'true');
    this.#body().append(ghost);
    setTimeout(() => ghost.remove(), ENDED_MILLISECONDS);
  }
}

function isStoredOn() {
  try {
    return localStorage.getItem(STORAGE_KEY) !== 'off';
  } catch {
    return true;
  }
}
