import { copyButton } from './command-line.js';
import { el } from './dom.js';
import { grafanaLink, isForProcesses } from './grafana-link.js';

/** @import { TreeModel } from './tree-model.js' */

/** What leads from one process to other tools, below its name in the drawer. */
export class ProcessTools {
  element = el('div', { class: 'tools process-tools' });
  /** What the buttons were made of, and for which process. */
  #made = '';
  /** @type {string|undefined} */
  #id;

  /**
   * @param {TreeModel} model
   * @param {string|undefined} id The process in the drawer.
   * @param {any} host The answer of GET api/v1/host.
   * @param {boolean} [past] Whether a moment of the recording is shown: then the PID can belong to another process by now.
   */
  show(model, id, { name, os, links }, past = false) {
    const slot = id === undefined ? -1 : model.slotOf(id);
    if (slot < 0) {
      this.#leave(id);
      return;
    }
    this.#id = id;
    const command = past || model.isKernel(slot) ? '' : killCommand(model.number(slot, 'pid'), os === 'windows');
    const history = isForProcesses(links?.grafana) ? grafanaLink(links.grafana, { host: name, model, slot }) : undefined;
    const made = `${command} ${history}`;
    if (made === this.#made) return;
    this.#made = made;
    this.element.replaceChildren(...[
      command && copyButton(`Copy ${command}`, () => command),
      history && el('a', { class: 'tool', href: history, target: '_blank', rel: 'noopener noreferrer', title: 'The history of this process in Grafana' }, 'History in Grafana'),
    ].filter((tool) => typeof tool === 'object'));
  }

  /**
   * The process has ended: its PID can belong to another one, but its history stays.
   * @param {string|undefined} id
   */
  #leave(id) {
    const left = id === this.#id ? [...this.element.querySelectorAll('a')] : [];
    if (this.element.childElementCount !== left.length) this.element.replaceChildren(...left);
    this.#made = '';
  }
}

/** What asks a process to end, for the shell of its host. @param {number} pid @param {boolean} windows */
const killCommand = (pid, windows) => (windows ? `taskkill /PID ${pid}` : `kill -TERM ${pid}`);
