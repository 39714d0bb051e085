import { el, setHidden, setText } from './dom.js';
import { indentation } from './indent.js';
import { cellOf } from './table-columns.js';
import { visible } from './visible.js';
import { occurrences } from './model/occurrences.js';

/** @import { TreeModel } from './tree-model.js' */
/** @import { CellContext, Column, Place } from './table-columns.js' */

/**
 * What is the same for all rows of one painting.
 * @typedef {object} Paint
 * @property {TreeModel} model
 * @property {readonly Column[]} columns
 * @property {readonly number[]} widths How wide each column is, in pixels.
 * @property {number} indent The indentation of one level, in pixels.
 * @property {readonly string[]} words What to highlight, in lower case.
 * @property {CellContext} context
 * @property {ReadonlyMap<string, unknown>} fresh The processes whose rows are new.
 * @property {string|undefined} cursor The id of the row with the cursor.
 */

/**
 * @typedef {object} Position
 * @property {number} index The row, from 0.
 * @property {number} slot
 * @property {number} depth
 * @property {number} top In pixels.
 */

/** As wide as a letter of the table gets, nearly: in pixels, as all below. */
const LETTER_WIDTH = 10;
const BEYOND_ASCII = /[^\x20-\x7e]/;
const CELL_PADDING = 16;
const BADGE_EXTRAS = 20;

/** The id of a row's element. @param {string} id The process'. */
export const rowElementId = (id) => `process-${id}`;

/**
 * The elements of one row. They are painted with one process after another as the table
 * scrolls, and only what differs is written: that is what keeps an update cheap.
 */
export class RowView {
  element = el('div', { role: 'row', class: 'row' });
  index = -1;
  id = '';
  /** Of the process shown last. */
  name = '';
  /** @type {HTMLElement[]} */
  #cells = [];
  /** What each cell shows, to tell whether it differs. @type {string[]} */
  #shown = [];
  /** @type {Map<string, string|null>} */
  #attributes = new Map();
  #top = -1;
  #indent = el('span', { class: 'indent' });
  #depth = el('span', { class: 'depth', hidden: true });
  #label = el('span', { class: 'label' });
  #badge = el('span', { class: 'badge', hidden: true });

  /** @param {readonly Column[]} columns @param {readonly Place[]} places */
  setColumns(columns, places) {
    this.#shown = [];
    this.#cells = columns.map((column, i) => el('div', {
      role: i === 0 ? 'rowheader' : 'gridcell',
      class: cellClass(column),
      'aria-colindex': i + 1,
      'data-column': column.key,
    }));
    this.place(places);
    this.#cells[0].append(this.#indent, this.#depth, el('span', { class: 'twist', 'aria-hidden': 'true' }), this.#label, this.#badge);
    this.element.replaceChildren(...this.#cells);
  }

  /** @param {readonly Place[]} places */
  place(places) {
    this.#cells.forEach((cell, i) => Object.assign(cell.style, places[i]));
  }

  /** Whether the place in the tree, or the end of the name, cannot be seen. */
  get isUnclear() {
    return !this.#depth.hidden || this.#label.scrollWidth > this.#label.clientWidth;
  }

  /** @param {Paint} paint @param {Position} position */
  paint(paint, { index, slot, depth, top }) {
    const { model } = paint;
    this.index = index;
    this.id = model.idOf(slot);
    setHidden(this.element, false);
    // Not top: what a row shows need not be painted again when it only moves.
    if (this.#top !== top) this.element.style.translate = `0 ${(this.#top = top)}px`;
    const expandable = model.isExpandable(slot);
    const open = expandable && model.isExpanded(slot);
    const branch = model.isBranch(slot);
    this.#set('id', rowElementId(this.id));
    this.#set('aria-rowindex', String(index + 2));
    this.#set('aria-level', String(depth + 1));
    this.#set('aria-expanded', expandable ? String(open) : null);
    this.#set('aria-selected', String(this.id === paint.cursor));
    this.#set('class', `row${branch ? ' branch' : model.isContext(slot) ? ' context' : ''}${model.isKernel(slot) ? ' kernel' : ''}${paint.fresh.has(this.id) ? ' fresh' : ''}${paint.context.ending?.has(this.id) ? ' ending' : ''}`);
    this.#paintName(paint, slot, depth, branch || expandable && !open);
    for (let i = 1; i < this.#cells.length; i++) this.#paintCell(paint, i, slot, expandable && !open);
  }

  hide() {
    this.index = -1;
    this.id = '';
    setHidden(this.element, true);
    this.#set('id', null);
  }

  /** @param {Paint} paint @param {number} slot @param {number} depth @param {boolean} summed Whether the values are sums. */
  #paintName({ model, columns, widths, indent, words }, slot, depth, summed) {
    this.name = model.text(slot, 'name');
    const name = this.name || '?';
    const badge = summed ? `${model.branchSize(slot)}` : '';
    const key = `${model.isBranch(slot)}|${depth}|${badge}|${words.join(' ')}|${widths[0]}|${indent}|${name}`;
    if (this.#shown[0] === key) return;
    this.#shown[0] = key;
    const { levels, capped, room: most } = indentation({ depth, width: widths[0], step: indent });
    const room = most - (summed ? BADGE_EXTRAS + badge.length * LETTER_WIDTH : 0);
    setClass(this.#cells[0], cellClass(columns[0], { long: isLong(name, room) }));
    this.#indent.style.setProperty('--depth', String(levels));
    setHidden(this.#depth, !capped);
    if (capped) setText(this.#depth, String(depth + 1));
    writeHighlighted(this.#label, name, model.isBranch(slot) ? [] : words);
    setHidden(this.#badge, !summed);
    if (!summed) return;
    setText(this.#badge, badge);
    this.#badge.title = `${badge} ${badge === '1' ? 'process' : 'processes'} in this subtree; the values are ${badge === '1' ? 'its own' : 'their sums'}`;
  }

  /** @param {Paint} paint @param {number} at @param {number} slot @param {boolean} folded */
  #paintCell({ model, columns, widths, words, context }, at, slot, folded) {
    const column = columns[at];
    const { text, heat } = cellOf(model, column, { slot, folded }, context);
    const searched = !column.format || column.key === 'pid';
    const long = !column.format && column.key !== 'state' && column.key !== 'waiting' && isLong(text, widths[at] - CELL_PADDING);
    const key = searched ? `${long}|${heat}|${text}|${words.join(' ')}` : `${heat}|${text}`;
    if (this.#shown[at] === key) return;
    this.#shown[at] = key;
    const cell = this.#cells[at];
    setClass(cell, cellClass(column, { text, heat, long }));
    if (searched) writeHighlighted(cell, text, words);
    else setText(cell, text);
  }

  /** @param {string} name @param {string|null} value */
  #set(name, value) {
    if (this.#attributes.get(name) === value) return;
    this.#attributes.set(name, value);
    if (value === null) this.element.removeAttribute(name);
    else this.element.setAttribute(name, value);
  }
}

/** @param {HTMLElement} element @param {string} name */
function setClass(element, name) {
  if (element.className !== name) element.className = name;
}

/**
 * Whether a text may be wider than its room. It is a guess to the safe side, for to measure
 * a text would make the browser lay out the page in between.
 * @param {string} text
 * @param {number} room In pixels; NaN is not known.
 */
function isLong(text, room) {
  return !(text.length * LETTER_WIDTH <= room) || BEYOND_ASCII.test(text);
}

/** @param {Column} column @param {{text?: string, heat?: number, long?: boolean}} [shown] */
function cellClass(column, { text = '', heat = 0, long = false } = {}) {
  let name = `cell ${column.key}-cell`;
  if (column.number) name += ' number';
  if (heat > 0) name += ` heat-${heat}`;
  if ((column.key === 'state' || column.key === 'waiting') && text) name += ` ${column.key}-${text}`;
  if (text === '0' || text === '\u2013') name += ' faint';
  if (long) name += ' long';
  return name;
}

/**
 * Writes a text with every occurrence of a word marked. The text goes in as text nodes.
 * @param {Element} element
 * @param {string} text
 * @param {readonly string[]} words In lower case.
 */
export function writeHighlighted(element, text, words) {
  const ranges = words.length === 0 ? [] : occurrences(text, words);
  if (ranges.length === 0) {
    setText(element, text);
    return;
  }
  const parts = [];
  let end = 0;
  for (const [from, to] of ranges) {
    parts.push(visible(text.slice(end, from)), el('mark', {}, text.slice(from, to)));
    end = to;
  }
  element.replaceChildren(...parts, visible(text.slice(end)));
}
