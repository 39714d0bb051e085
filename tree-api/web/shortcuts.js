import { el } from './dom.js';
import { Menu } from './menu.js';

/** @type {[string, string][]} */
const HELP = [
  ['/', 'Search'],
  ['↑ ↓ Page Home End', 'Move'],
  ['→ ←', 'Unfold or go to the child; fold or go to the parent'],
  ['+ − Space', 'Unfold, fold or toggle a row'],
  ['* _', 'Unfold or fold all rows'],
  ['Enter', 'In the search box: go to the first match; in the table: show the details'],
  ['n N', 'Next or previous match'],
  ['Shift+← Shift+→ Shift+Home', 'In a heading: narrower, wider, or the default width'],
  ['Esc', 'Close what is open'],
  ['t', 'Tree or list'],
  ['b', 'Tree by parent, control group, user or group'],
  ['w', 'Pin the process, to compare it with others; again: unpin'],
  ['g', 'Sums by user, group, unit or container'],
  ['e', 'Events'],
  ['c', 'CPU in cores, percent of a core or percent of the host'],
  ['p', 'Pause or resume; in the past: play or stop'],
  [', .', 'Previous or next table of the recording'],
  ['< >', 'A minute back or forward in the recording'],
  ['l', 'Back to the present'],
  ['?', 'This list'],
];

/** For controllers alone. @type {[string, string]} */
const ACT = ['x', 'Send a signal, or set the priority'];

/**
 * What the keys do that work everywhere on the page.
 * @typedef {object} Page
 * @property {() => void} togglePause
 * @property {() => void} toggleShape
 * @property {() => void} nextNesting
 * @property {() => void} togglePin
 * @property {() => void} toggleGroups
 * @property {() => void} toggleEvents
 * @property {() => void} nextCpuUnit
 * @property {(unit: 'table'|'minute', direction: 1|-1) => void} step Moves in the recording.
 * @property {() => void} goLive
 * @property {() => void} act Acts on the process, for controllers.
 * @property {() => boolean} mayAct Whether this person is one.
 * @property {() => boolean} closeDrawer Whether there was anything to close.
 * @property {() => void} goToMatch Moves the focus to the first row that matches.
 */

/** @param {HTMLInputElement} search @param {Page} page @returns {Menu} The button that lists the keys. */
export function addShortcuts(search, page) {
  const help = new Menu('?', { id: 'help', class: 'help', title: 'Keys', onOpen: (panel) => panel.replaceChildren(helpList(page.mayAct())) });
  const actions = /** @type {Record<string, () => void>} */ ({
    '/': () => { search.focus(); search.select(); },
    p: () => page.togglePause(),
    t: () => page.toggleShape(),
    b: () => page.nextNesting(),
    w: () => page.togglePin(),
    g: () => page.toggleGroups(),
    c: () => page.nextCpuUnit(),
    e: () => page.toggleEvents(),
    x: () => page.act(),
    ',': () => page.step('table', -1),
    '.': () => page.step('table', 1),
    '<': () => page.step('minute', -1),
    '>': () => page.step('minute', 1),
    l: () => page.goLive(),
    '?': () => help.panel.togglePopover(),
  });
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const target = /** @type {Element} */ (event.target);
    if (event.key === 'Escape' && !target.closest('[popover], dialog') && page.closeDrawer()) return;
    if (target.matches('input, select, textarea') || !actions[event.key]) return;
    event.preventDefault();
    actions[event.key]();
  });
  search.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' && event.key !== 'ArrowDown') return;
    event.preventDefault();
    page.goToMatch();
  });
  return help;
}

/** @param {boolean} mayAct */
function helpList(mayAct) {
  const list = mayAct ? [...HELP.slice(0, -1), ACT, ...HELP.slice(-1)] : HELP;
  return el('dl', { class: 'keys', tabindex: 0 }, ...list.flatMap(([keys, text]) => [el('dt', {}, ...keys.split(' ').map((k) => el('kbd', {}, k))), el('dd', {}, text)]));
}
