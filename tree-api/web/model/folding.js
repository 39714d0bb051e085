/**
 * Which branches are open: all or none, save for exceptions, so that the state of a tree
 * of any size fits into an address and survives a new full message.
 * @typedef {object} Branches
 * @property {boolean} open
 * @property {string[]} except Ids.
 */

/**
 * Which branches are open, and which are while a filter is on: then everything that leads
 * to a match is open until it is folded, and a new filter opens it again.
 * @typedef {Branches & {filtered?: Branches}} Expansion filtered is absent where nothing
 *   was folded while the present filter is on.
 */

/** What is folded in the tree, with and without a filter. */
export class Folding {
  #usual = new Side();
  #filtered = new Side();

  /**
   * @param {string} id
   * @param {boolean} filtered Whether a filter is on; so below.
   */
  isOpen(id, filtered) { return this.#side(filtered).isOpen(id); }

  /**
   * @param {string} id
   * @param {boolean} open
   * @param {boolean} filtered
   */
  set(id, open, filtered) { this.#side(filtered).set(id, open); }

  /** @param {boolean} open @param {boolean} filtered */
  setAll(open, filtered) { this.#side(filtered).restore({ open, except: [] }); }

  /** @param {Expansion} expansion */
  restore({ filtered, ...usual }) {
    this.#usual.restore(usual);
    this.#filtered.restore(filtered);
  }

  /** Opens what leads to the matches: to be called when the filter changes. */
  forgetMatches() { this.#filtered.restore(); }

  /**
   * Drops what is remembered of processes that have gone.
   * @param {(id: string) => boolean} exists
   */
  prune(exists) {
    this.#usual.prune(exists);
    this.#filtered.prune(exists);
  }

  /** @returns {Expansion} */
  get expansion() {
    const usual = this.#usual.branches;
    return this.#filtered.isUntouched ? usual : { ...usual, filtered: this.#filtered.branches };
  }

  /** @param {boolean} filtered */
  #side(filtered) { return filtered ? this.#filtered : this.#usual; }
}

/** One choice of open branches. */
class Side {
  #open = true;
  /** @type {Set<string>} */
  #except = new Set();

  /** @param {string} id */
  isOpen(id) { return this.#except.size === 0 ? this.#open : this.#open !== this.#except.has(id); }

  /** @param {string} id @param {boolean} open */
  set(id, open) {
    if (open !== this.#open) this.#except.add(id);
    else this.#except.delete(id);
  }

  /** @param {Branches} [branches] All open if absent. */
  restore({ open, except } = { open: true, except: [] }) {
    this.#open = open;
    this.#except = new Set(except);
  }

  /** @param {(id: string) => boolean} exists */
  prune(exists) {
    for (const id of this.#except) if (!exists(id)) this.#except.delete(id);
  }

  get isUntouched() { return this.#open && this.#except.size === 0; }

  /** @returns {Branches} */
  get branches() { return { open: this.#open, except: [...this.#except] }; }
}
