/** Rows kept ready above and below what is seen while somebody scrolls, so that no gap shows. */
const OVERSCAN = 4;
/** So long after the last movement the scrolling is over. */
const REST_MILLISECONDS = 1000;

/**
 * The part of the rows that is in view. All rows have one height, so that it follows from
 * the scroll position alone.
 */
export class TableWindow {
  /** In pixels, as all lengths here. */
  rowHeight = 26;
  /** The indentation of one level. */
  indent = 16;
  #root;
  /** The height in which rows are seen. */
  #seen = 0;
  /** When somebody scrolled last, in milliseconds as performance.now. */
  #scrolledAt = -Infinity;

  /** @param {HTMLElement} root What scrolls. */
  constructor(root) {
    this.#root = root;
    root.addEventListener('scroll', () => { this.#scrolledAt = performance.now(); }, { passive: true });
  }

  /** Takes in the sizes of now. @param {number} headHeight What the headings cover. */
  measure(headHeight) {
    const style = getComputedStyle(this.#root);
    this.rowHeight = parseFloat(style.getPropertyValue('--row-height')) || this.rowHeight;
    this.indent = parseFloat(style.getPropertyValue('--indent')) || this.indent;
    this.#seen = this.#root.clientHeight - headHeight;
  }

  /** How many rows there are to paint at most. */
  get most() { return Math.ceil(this.#seen / this.rowHeight) + 1 + 2 * OVERSCAN; }

  /** How many whole rows can be seen. */
  get pageLength() { return Math.max(1, Math.floor(this.#seen / this.rowHeight) - 1); }

  /**
   * The rows to paint, of so many. Those beyond what is seen are left out while nobody
   * scrolls: each would cost as much as one that is seen.
   * @param {number} length
   * @returns {{first: number, last: number}} last is the one after.
   */
  range(length) {
    const { scrollTop } = this.#root;
    const spare = performance.now() - this.#scrolledAt < REST_MILLISECONDS ? OVERSCAN : 0;
    return {
      first: Math.max(0, Math.floor(scrollTop / this.rowHeight) - spare),
      last: Math.min(length, Math.ceil((scrollTop + this.#seen) / this.rowHeight) + spare),
    };
  }

  /** Scrolls as little as it takes to see a row. @param {number} index */
  show(index) {
    const top = index * this.rowHeight;
    if (top < this.#root.scrollTop) this.#root.scrollTop = top;
    if (top + this.rowHeight > this.#root.scrollTop + this.#seen) this.#root.scrollTop = top + this.rowHeight - this.#seen;
  }
}
