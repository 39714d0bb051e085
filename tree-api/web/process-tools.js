import { copyButton } from './command-line.js';
import { el } from './dom.js';

/** @import { TreeModel } from './tree-model.js' */

/** What leads from one process to other tools, below its name in the drawer. */
export class ProcessTools {
  /** Whether the host runs Windows, which has no kill. */
  windows = false;
  element = el('div', { class: 'tools process-tools' });
  #command = '';

  /** @param {TreeModel} model @param {string|undefined} id The process in the drawer. */
  show(model, id) {
    const slot = id === undefined ? -1 : model.slotOf(id);
    // Once the process has ended, its PID can belong to another one.
    const command = slot < 0 || model.isKernel(slot) ? '' : killCommand(model.number(slot, 'pid'), this.windows);
    if (command === this.#command) return;
    this.#command = command;
    this.element.replaceChildren(...command ? [copyButton(`Copy ${command}`, () => command)] : []);
  }
}

/** What asks a process to end, for the shell of its host. @param {number} pid @param {boolean} windows */
const killCommand = (pid, windows) => (windows ? `taskkill /PID ${pid}` : `kill -TERM ${pid}`);
