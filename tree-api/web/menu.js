import { button, el } from './dom.js';

const GAP = 4;

/**
 * A button that opens a small window below itself. The browser's own popover closes it
 * on Escape and on a click elsewhere.
 */
export class Menu {
  /** @type {HTMLDivElement} */
  panel;
  /** @type {HTMLButtonElement} */
  button;

  /**
   * @param {string} label
   * @param {{id: string, title?: string, class?: string, onOpen?: (panel: HTMLElement) => void}} options
   *   onOpen fills the panel each time before it is seen.
   */
  constructor(label, { id, title, class: name = '', onOpen }) {
    this.panel = el('div', { id: `${id}-menu`, class: 'menu', popover: 'auto', role: 'dialog', 'aria-label': title ?? label });
    this.button = button(label, {
      id, class: `tool ${name}`, title, 'aria-haspopup': 'dialog', 'aria-expanded': 'false', popovertarget: `${id}-menu`,
    }, () => {});
    this.panel.addEventListener('beforetoggle', (event) => {
      if (/** @type {ToggleEvent} */ (event).newState === 'open') onOpen?.(this.panel);
    });
    this.panel.addEventListener('toggle', (event) => {
      const open = /** @type {ToggleEvent} */ (event).newState === 'open';
      this.button.setAttribute('aria-expanded', String(open));
      if (open) this.#place();
    });
  }

  close() {
    this.panel.hidePopover();
  }

  #place() {
    const at = this.button.getBoundingClientRect();
    const width = this.panel.offsetWidth;
    const left = Math.max(GAP, Math.min(at.left, innerWidth - width - GAP));
    this.panel.style.left = `${left}px`;
    this.panel.style.top = `${at.bottom + GAP}px`;
    this.panel.style.maxHeight = `${innerHeight - at.bottom - 3 * GAP}px`;
    const first = /** @type {HTMLElement|null} */ (this.panel.querySelector('input, select, button'));
    first?.focus();
  }
}

/**
 * A line with a box to tick.
 * @param {string} label
 * @param {boolean} checked
 * @param {(checked: boolean) => void} onChange
 * @param {string} [note] Stands at the right.
 */
export function checkLine(label, checked, onChange, note) {
  const input = el('input', { type: 'checkbox', checked });
  input.addEventListener('change', () => onChange(input.checked));
  return el('label', { class: 'line' }, input, el('span', { class: 'line-text' }, label), note && el('span', { class: 'line-note' }, note));
}

/**
 * A line to choose one of several.
 * @param {string} label
 * @param {{name: string, checked: boolean}} options name joins the lines that exclude each other.
 * @param {() => void} onChoose
 */
export function choiceLine(label, { name, checked }, onChoose) {
  const input = el('input', { type: 'radio', name, checked });
  input.addEventListener('change', onChoose);
  return el('label', { class: 'line' }, input, el('span', { class: 'line-text' }, label));
}
