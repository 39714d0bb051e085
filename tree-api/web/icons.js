import { svg } from './dom.js';

/** The icons, as paths on a field of 16 by 16. */
const PATHS = /** @type {const} */ ({
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  play: 'M5 3.2v9.6l7.5-4.8z',
  back: 'M11.5 3.2v9.6L5.5 8zM4 3.2v9.6',
  forward: 'M4.5 3.2v9.6l6-4.8zM12 3.2v9.6',
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  whole: 'M1.5 3v10M14.5 3v10M4 8h8M6 5.5L3.8 8 6 10.5M10 5.5l2.2 2.5L10 10.5',
  events: 'M9 1.8L3.8 9h4l-.8 5.2L12.2 7h-4z',
  span: 'M3.5 3v10M12.5 3v10M3.5 8h9',
  bell: 'M4 11.5V7.2a4 4 0 0 1 8 0v4.3M2.8 11.5h10.4M6.8 13.8h2.4',
  chart: 'M2.5 2.5v11h11M5 10.5l2.6-3.2 2.2 1.8 3.2-4.4',
  tree: 'M3.5 2.5v9.2a1 1 0 0 0 1 1h2M3.5 6.5h3M8.5 6.5h5M8.5 12.7h5M6 2.5h7.5',
  sum: 'M11.8 4.6V3H4.2l4 5-4 5h7.6v-1.6',
  list: 'M2.5 4h11M2.5 8h11M2.5 12h11',
  expand: 'M4 6l4-3.5L12 6M4 10l4 3.5 4-3.5',
  collapse: 'M4 2.5L8 6l4-3.5M4 13.5L8 10l4 3.5',
  columns: 'M2.5 3h11v10h-11zM6.2 3v10M9.8 3v10',
  overview: 'M2.5 3h4.7v4H2.5zM8.8 3h4.7v4H8.8zM2.5 9.2h11V13h-11z',
  close: 'M4 4l8 8M12 4l-8 8',
  save: 'M8 2.5v7.2M4.8 6.8L8 10l3.2-3.2M2.8 12.8h10.4',
  exit: 'M9.5 3H3.5v10h6M7 8h6.5M11 5.5L13.5 8 11 10.5',
});

/** @typedef {keyof typeof PATHS} IconName */

/** @param {IconName} name @returns {SVGElement} It is for the eye alone: the element around it has a name. */
export function icon(name) {
  return svg('svg', { class: 'icon', viewBox: '0 0 16 16', 'aria-hidden': 'true' }, svg('path', { d: PATHS[name] }));
}

/**
 * Puts an icon before a button's label, which a narrow page hides from the eye.
 * @template {HTMLElement} T
 * @param {IconName} name
 * @param {T} element
 * @returns {T}
 */
export function withIcon(name, element) {
  const label = document.createElement('span');
  label.className = 'tool-label';
  label.append(...element.childNodes);
  element.replaceChildren(icon(name), label);
  return element;
}
