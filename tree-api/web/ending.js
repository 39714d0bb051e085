/** @import { TreeModel } from './tree-model.js' */

/** How long a process has to end before KILL is offered. */
const PATIENCE_MILLISECONDS = 10_000;
/** The signals that are to end a process; HUP makes many programs read their configuration instead. */
const ENDING = new Set(['TERM', 'INT', 'KILL']);

/** The processes that were told to end and have not ended yet. */
export class Ending {
  /** @type {Set<string>} */
  ids = new Set();
  #model;
  #onOverdue;

  /** @param {TreeModel} model @param {(ids: string[]) => void} onOverdue What was told to end 10 seconds ago, and is still there. */
  constructor(model, onOverdue) {
    this.#model = model;
    this.#onOverdue = onOverdue;
  }

  /** @param {string[]} ids The processes that got a signal. @param {string} action */
  add(ids, action) {
    if (!ENDING.has(action)) return;
    for (const id of ids) this.ids.add(id);
    setTimeout(() => {
      this.update();
      const left = ids.filter((id) => this.ids.has(id));
      if (left.length > 0 && action !== 'KILL') this.#onOverdue(left);
    }, PATIENCE_MILLISECONDS);
  }

  /** Forgets the processes that have ended. A zombie has, too: only its parent has not asked for it. */
  update() {
    for (const id of this.ids) {
      const slot = this.#model.slotOf(id);
      if (slot < 0 || this.#model.text(slot, 'state') === 'zombie') this.ids.delete(id);
    }
  }
}
