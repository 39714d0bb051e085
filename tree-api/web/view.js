import { isActive } from './model/filter.js';
import { firstDirection } from './table-columns.js';
import { formatState, parseState } from './view-state.js';

/** @import { TreeModel } from './tree-model.js' */
/** @import { ViewState } from './view-state.js' */

/** Browsers refuse to rewrite the address too often. */
const ADDRESS_MILLISECONDS = 300;

/**
 * The step that a change is in the browser's history, '' if it is none: Back undoes it. A
 * search that goes on with another letter is the same step.
 * @param {ViewState} before @param {ViewState} after
 */
function stepOf(before, after) {
  if ((before.selected === undefined) !== (after.selected === undefined)) return 'drawer';
  if ((before.time === undefined) !== (after.time === undefined)) return 'time';
  if (before.shape !== after.shape || before.nesting !== after.nesting) return 'shape';
  if (before.filter === after.filter) return '';
  const { text: oldText = '', ...oldRest } = before.filter;
  const { text: newText = '', ...newRest } = after.filter;
  if (JSON.stringify(oldRest) !== JSON.stringify(newRest)) return 'filter';
  return (oldText === '') === (newText === '') ? '' : 'search';
}

/** What is shown of the processes: it keeps the model and the address to it. */
export class View {
  #model;
  #onChange;
  #state = parseState(location.hash);
  /** Whether somebody folded a branch, so that the address has to tell. */
  #folded = this.#state.expansion !== undefined;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #timer;
  /** Whether the next address is an entry of its own in the browser's history. */
  #isStep = false;
  /** Whether the browser is on its way back because of #write: it arrives a moment later. */
  #returning = false;

  /**
   * @param {TreeModel} model
   * @param {(part: Partial<ViewState>, before: ViewState) => void} onChange Called after each
   *   change, with what it was given and the state before.
   */
  constructor(model, onChange) {
    this.#model = model;
    this.#onChange = onChange;
    addEventListener('hashchange', () => this.#hear());
  }

  /** To be changed by the methods alone. */
  get state() { return this.#state; }

  /** Shows what the address asks for. */
  start() { this.#take(this.#state); }

  /** The address has changed: by the person, or by #write. */
  #hear() {
    const differs = this.#address() !== location.hash;
    if (differs && !this.#returning) this.#take(parseState(location.hash));
    this.#returning = false;
  }

  /** Shows a whole view, as from an address. @param {ViewState} state */
  #take(state) {
    clearTimeout(this.#timer);
    this.#isStep = false;
    this.#adopt({ time: undefined, selected: undefined, columns: undefined, widths: undefined, pins: undefined, ...state });
    if (!state.expansion) return;
    this.#model.setExpansion(state.expansion);
    this.#folded = true;
    this.#adopt({});
  }

  /** Changes a part of what is shown. @param {Partial<ViewState>} part */
  change(part) {
    const step = stepOf(this.#state, { ...this.#state, ...part });
    // What is not written yet belongs to the entry that the step leaves.
    if (step && this.#timer !== undefined) this.#write();
    this.#isStep ||= step !== '';
    this.#adopt(part);
    // Back on a phone has to close the drawer from the first moment on.
    if (step === 'drawer') this.#write();
    else this.#writeSoon();
  }

  /** @param {Partial<ViewState>} part */
  #adopt(part) {
    const before = this.#state;
    this.#state = { ...before, ...part };
    if (part.sort) this.#model.setSort(part.sort);
    if (part.shape) this.#model.setShape(part.shape === 'tree' ? 'tree' : 'list');
    if (part.nesting && part.nesting !== this.#model.nesting) {
      this.#model.setNesting(part.nesting);
      // What leads to a match stays open.
      if (!isActive(this.#state.filter)) this.foldKernel();
    }
    if (part.filter) this.#model.setFilter(part.filter);
    this.#onChange(part, before);
  }

  /** @param {string} key */
  sortBy(key) {
    const { sort } = this.#state;
    this.change({ sort: { key, descending: sort.key === key ? !sort.descending : firstDirection(key) === 'descending' } });
  }

  /** Shows only what is in a state, or that as well, or not any longer. @param {string} value */
  toggleState(value) {
    const chosen = new Set(this.#state.filter.state);
    if (!chosen.delete(value)) chosen.add(value);
    this.change({ filter: { ...this.#state.filter, state: [...chosen] } });
  }

  /** Folds or opens branches. @param {(model: TreeModel) => void} change */
  expand(change) {
    change(this.#model);
    this.#folded = true;
    this.change({});
  }

  /** The threads of the kernel are many and seldom of interest: they start folded, unless the address says otherwise. */
  foldKernel() {
    if (this.#folded) return;
    for (let slot = 0; slot < this.#model.size; slot++) {
      if (this.#model.isKernel(slot) && this.#model.isExpandable(slot)) this.#model.setExpanded(this.#model.idOf(slot), false);
    }
  }

  /** The part of the page's address from "#" on. */
  #address() {
    const hash = formatState({ ...this.#state, expansion: this.#folded ? this.#model.expansion : undefined });
    return hash ? `#${hash}` : '';
  }

  #writeSoon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#write(), ADDRESS_MILLISECONDS);
  }

  #write() {
    if (this.#returning) {
      this.#writeSoon();
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const address = this.#address();
    const isStep = this.#isStep && address !== location.hash;
    this.#isStep = false;
    const url = address || location.pathname + location.search;
    if (!isStep) history.replaceState(history.state, '', url);
    // To undo the last step is to go back.
    else if (history.state?.before === address) {
      this.#returning = true;
      history.back();
    } else history.pushState({ before: location.hash }, '', url);
  }
}
