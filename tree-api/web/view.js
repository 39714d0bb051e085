import { firstDirection } from './table-columns.js';
import { formatState, parseState } from './view-state.js';

/** @import { TreeModel } from './tree-model.js' */
/** @import { Expansion } from './model/folding.js' */
/** @import { ViewState } from './view-state.js' */

/** Browsers refuse to rewrite the address too often. */
const ADDRESS_MILLISECONDS = 300;

/** What is shown of the processes: it keeps the model and the address to it. */
export class View {
  #model;
  #onChange;
  #state = parseState(location.hash);
  /** Whether somebody folded a branch, so that the address has to tell. */
  #folded = this.#state.expansion !== undefined;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #timer;

  /**
   * @param {TreeModel} model
   * @param {(part: Partial<ViewState>, before: ViewState) => void} onChange Called after each
   *   change, with what it was given and the state before.
   */
  constructor(model, onChange) {
    this.#model = model;
    this.#onChange = onChange;
    addEventListener('hashchange', () => this.#take(parseState(location.hash)));
  }

  /** To be changed by the methods alone. */
  get state() { return this.#state; }

  /** Shows what the address asks for. */
  start() { this.#take(this.#state); }

  /** Shows a whole view, as from an address. @param {ViewState} state */
  #take(state) {
    this.change({ selected: undefined, columns: undefined, ...state });
    if (state.expansion) this.expand(() => this.#model.setExpansion(/** @type {Expansion} */ (state.expansion)));
  }

  /** Changes a part of what is shown. @param {Partial<ViewState>} part */
  change(part) {
    const before = this.#state;
    this.#state = { ...before, ...part };
    if (part.sort) this.#model.setSort(part.sort);
    if (part.shape) this.#model.setShape(part.shape);
    if (part.filter) this.#model.setFilter(part.filter);
    this.#writeAddress();
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
    const { length } = this.#model.column('pid');
    for (let slot = 0; slot < length; slot++) {
      if (this.#model.isKernel(slot) && this.#model.isExpandable(slot)) this.#model.setExpanded(this.#model.idOf(slot), false);
    }
  }

  #writeAddress() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const hash = formatState({ ...this.#state, expansion: this.#folded ? this.#model.expansion : undefined });
      history.replaceState(null, '', hash ? `#${hash}` : location.pathname + location.search);
    }, ADDRESS_MILLISECONDS);
  }
}
