import { visible } from './visible.js';

/** Attributes that people read. */
const READ = new Set(['title', 'aria-label', 'placeholder']);

/**
 * Makes an element. Text goes in as text nodes alone, so that no name or command line of
 * a process can ever become markup, and with its hidden characters made visible.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, string|number|boolean|undefined>} [attributes] true is an empty attribute;
 *   false and undefined leave it out.
 * @param {...(Node|string|null|undefined|false)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false && value !== undefined) element.setAttribute(name, value === true ? '' : shownValue(name, String(value)));
  }
  for (const child of children) if (child || child === '') element.append(typeof child === 'string' ? visible(child) : child);
  return element;
}

/** @param {string} name @param {string} value */
const shownValue = (name, value) => (READ.has(name) ? visible(value) : value);

/**
 * Makes a button.
 * @param {string} label
 * @param {Record<string, string|number|boolean|undefined>} attributes
 * @param {(event: MouseEvent) => void} onClick
 */
export function button(label, attributes, onClick) {
  const b = el('button', { type: 'button', ...attributes }, label);
  b.addEventListener('click', onClick);
  return b;
}

/**
 * Writes a text only where it differs, and into the text node that is there: a new node
 * would cost the browser several times as much. Hidden characters are made visible.
 * @param {Element} element
 * @param {string} text
 */
export function setText(element, text) {
  const shown = visible(text);
  const node = element.firstChild;
  if (node instanceof Text && node === element.lastChild) {
    if (node.data !== shown) node.data = shown;
  } else {
    element.textContent = shown;
  }
}

/**
 * Writes an attribute only where it differs: even the same value again makes the browser
 * look at the element's style again.
 * @param {Element} element
 * @param {string} name
 * @param {string|null} value null: no such attribute.
 */
export function setAttribute(element, name, value) {
  const shown = value === null ? null : shownValue(name, value);
  if (element.getAttribute(name) === shown) return;
  if (shown === null) element.removeAttribute(name);
  else element.setAttribute(name, shown);
}

/** @param {Element} element @param {boolean} hidden */
export const setHidden = (element, hidden) => setAttribute(element, 'hidden', hidden ? '' : null);

/**
 * The element with an id that the page is known to have.
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} id
 * @returns {T}
 */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no element "${id}"`);
  return /** @type {T} */ (element);
}

const SVG = 'http://www.w3.org/2000/svg';

/**
 * @param {string} tag
 * @param {Record<string, string|number>} attributes
 * @param {...Node} children
 * @returns {SVGElement}
 */
export function svg(tag, attributes, ...children) {
  const element = /** @type {SVGElement} */ (document.createElementNS(SVG, tag));
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}
