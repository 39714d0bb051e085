/**
 * Makes an element. Text goes in as text nodes alone, so that no name or command line of
 * a process can ever become markup.
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
    if (value !== false && value !== undefined) element.setAttribute(name, value === true ? '' : String(value));
  }
  for (const child of children) if (child || child === '') element.append(child);
  return element;
}

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
 * would cost the browser several times as much.
 * @param {Element} element
 * @param {string} text
 */
export function setText(element, text) {
  const node = element.firstChild;
  if (node instanceof Text && node === element.lastChild) {
    if (node.data !== text) node.data = text;
  } else {
    element.textContent = text;
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
  if (element.getAttribute(name) === value) return;
  if (value === null) element.removeAttribute(name);
  else element.setAttribute(name, value);
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
