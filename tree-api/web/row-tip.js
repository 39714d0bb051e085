import { el, setText } from './dom.js';
import { rowElementId } from './table-row.js';

/** @import { TreeModel } from './tree-model.js' */

const REST_MILLISECONDS = 400;
const GAP = 4;

/**
 * The full name of a process and its ancestors, beside its row: where the pointer rests on a
 * name, and where the cursor of the keyboard rests on a row whose place in the tree cannot be seen.
 * The pointer can go into it, Escape closes it (WCAG 2.2, 1.4.13).
 */
export class RowTip {
  #root;
  #model;
  #name = el('strong');
  #path = el('span');
  #element = el('div', { id: 'row-tip', class: 'row-tip', role: 'tooltip', hidden: true }, this.#name, this.#path);
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #timer;

  /** @param {HTMLElement} root The table. @param {TreeModel} model */
  constructor(root, model) {
    this.#root = root;
    this.#model = model;
    root.after(this.#element);
    for (const part of [root, this.#element]) part.addEventListener('pointerleave', (event) => { if (!this.#isInside(event)) this.hide(); });
    // What is to be shown soon looks for its row then.
    root.addEventListener('scroll', () => this.#close(), { passive: true });
    root.addEventListener('blur', () => this.hide());
    document.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || this.#element.hidden) return;
      this.hide();
      event.preventDefault();
    }, true);
  }

  /**
   * Shows a process soon, if nothing else comes before.
   * @param {string} id
   */
  showSoon(id) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#show(id), REST_MILLISECONDS);
  }

  hide() {
    clearTimeout(this.#timer);
    this.#close();
  }

  #close() {
    if (this.#element.hidden) return;
    this.#element.hidden = true;
    this.#root.removeAttribute('aria-describedby');
  }

  /** @param {string} id */
  #show(id) {
    const slot = this.#model.slotOf(id);
    const row = document.getElementById(rowElementId(id));
    if (slot < 0 || !row) return;
    setText(this.#name, titleOf(this.#model, slot));
    setText(this.#path, pathTo(this.#model, slot));
    this.#element.hidden = false;
    this.#root.setAttribute('aria-describedby', this.#element.id);
    this.#place(row.getBoundingClientRect());
  }

  /** Below the row, or above it where there is no room. @param {DOMRect} row */
  #place(row) {
    const frame = /** @type {HTMLElement} */ (this.#element.parentElement).getBoundingClientRect();
    const { offsetHeight, offsetWidth } = this.#element;
    const below = row.bottom - frame.top;
    const top = below + offsetHeight <= frame.height ? below : Math.max(0, row.top - frame.top - offsetHeight);
    const left = Math.max(GAP, Math.min(row.left - frame.left + 5 * GAP, frame.width - offsetWidth - GAP));
    this.#element.style.translate = `${left}px ${top}px`;
  }

  /** @param {PointerEvent} event */
  #isInside({ relatedTarget }) {
    return relatedTarget instanceof Node && (this.#element.contains(relatedTarget) || this.#root.contains(relatedTarget));
  }
}

/** @param {TreeModel} model @param {number} slot */
function titleOf(model, slot) {
  const branch = model.branchOf(slot);
  if (!branch) return `${model.text(slot, 'name') || '?'} · PID ${model.number(slot, 'pid')}`;
  const size = model.branchSize(slot);
  return `${model.text(slot, 'name')} · ${branch.kind === 'cgroup' ? 'control group' : branch.kind}${branch.label.endsWith(branch.name) ? '' : ` ${branch.name}`} · ${size} ${size === 1 ? 'process' : 'processes'}`;
}

/**
 * The depth of a row and what it stands below, the topmost first.
 * @param {TreeModel} model
 * @param {number} slot
 */
export function pathTo(model, slot) {
  const names = [];
  for (let s = model.parentOf(slot); s >= 0; s = model.parentOf(s)) names.unshift(model.isBranch(s) ? model.text(s, 'name') : `${model.text(s, 'name') || '?'} (${model.number(s, 'pid')})`);
  if (names.length === 0) return model.isBranch(slot) ? '' : 'No parent';
  return `Depth ${names.length + 1}, below ${names.join(' › ')}`;
}
