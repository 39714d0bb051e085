/**
 * Which branches are folded. All are open or all are folded, save for exceptions, so that
 * the state of a tree of any size fits into an address and survives a new full message.
 * While a filter is on, everything that leads to a match is open unless folded since.
 * @typedef {object} Expansion
 * @property {boolean} open
 * @property {string[]} except Ids.
 */
export class Folding {
  #open = true;
  /** @type {Set<string>} */
  #except = new Set();
  /** @type {Set<string>} What was folded while the present filter was on. */
  #foldedMatches = new Set();

  /**
   * @param {string} id
   * @param {boolean} filtered
   */
  isOpen(id, filtered) {
    return filtered ? !this.#foldedMatches.has(id) : this.#open !== this.#except.has(id);
  }

  /**
   * @param {string} id
   * @param {boolean} open
   * @param {boolean} filtered
   */
  set(id, open, filtered) {
    const [set, member] = filtered ? [this.#foldedMatches, !open] : [this.#except, open !== this.#open];
    if (member) set.add(id);
    else set.delete(id);
  }

  /** @param {Expansion} expansion */
  setAll({ open, except }) {
    this.#open = open;
    this.#except = new Set(except);
    this.#foldedMatches.clear();
  }

  forgetMatches() {
    this.#foldedMatches.clear();
  }

  /**
   * Drops what is remembered of processes that have gone.
   * @param {(id: string) => boolean} exists
   */
  prune(exists) {
    for (const set of [this.#except, this.#foldedMatches]) {
      for (const id of set) if (!exists(id)) set.delete(id);
    }
  }

  /** @returns {Expansion} */
  get expansion() {
    return { open: this.#open, except: [...this.#except] };
  }
}
