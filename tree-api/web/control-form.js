import { button, el, setText } from './dom.js';
import { quotePosix, quoteWindows } from './quote.js';

/** What each signal does. @type {Record<string, string>} */
const EFFECTS = {
  TERM: 'asks it to end; it can save its data first',
  INT: 'interrupts it, as Ctrl+C does',
  HUP: 'makes it reload its configuration, or end',
  USR1: 'means what the program defines',
  USR2: 'means what the program defines',
  STOP: 'pauses it until CONT',
  CONT: 'continues it if it is paused',
  KILL: 'ends it at once; unsaved data is lost',
};

/** The choice that is no signal. */
export const NICE = 'nice';
/** setpriority(2) */
const [LEAST_NICE, MOST_NICE] = [-20, 19];
/** What one request can act on, beside the process itself (docs/api.md). */
const MOST_DESCENDANTS = 1000;

/** @param {number} value */
const isNice = (value) => Number.isInteger(value) && value >= LEAST_NICE && value <= MOST_NICE;

/** @typedef {{id: string, pid: number, name: string}} Descendant */
/** @typedef {{action: string, nice: number, descendants?: string[]}} Order */

/**
 * What the dialog asks: which process, what to do, and to which of its descendants.
 * @param {any} node The process, as GET api/v1/processes/PID answers.
 * @param {object} options
 * @param {string[]} options.signals Those that may be sent, the mildest first.
 * @param {string} options.chosen The signal to begin with; '' is the first.
 * @param {Descendant[]} options.descendants Those that the person sees.
 * @param {boolean} options.all Whether to begin with the descendants included.
 * @param {boolean} options.windows Whether the host runs Windows.
 * @param {HTMLElement} options.cancel
 * @param {(order: Order) => void} options.act
 * @returns {HTMLElement[]}
 */
export function controlForm(node, { signals, chosen, descendants, all, windows, cancel, act }) {
  const choice = el('select', { id: 'control-action', 'aria-label': 'What to do' },
    ...signals.map((s) => el('option', { value: s, selected: s === chosen }, `${s}: ${EFFECTS[s] ?? ''}`)),
    el('option', { value: NICE }, 'Priority: set the nice value'));
  const nice = el('input', { id: 'control-nice', type: 'number', min: LEAST_NICE, max: MOST_NICE, step: 1, required: true, value: node.nice ?? 0, 'aria-label': `Nice value, ${LEAST_NICE} to ${MOST_NICE}` });
  const most = descendants.length <= MOST_DESCENDANTS;
  const below = el('input', { id: 'control-descendants', type: 'checkbox', checked: all && most, disabled: !most });
  const will = el('p', { class: 'notice warn', role: 'status' });
  const order = () => ({ action: choice.value, nice: nice.valueAsNumber, descendants: below.checked ? descendants.map((d) => d.id) : undefined });
  const doIt = button('Do it', { class: 'tool danger' }, () => {
    doIt.disabled = true;
    act(order());
  });
  const show = () => {
    nice.hidden = choice.value !== NICE;
    doIt.disabled = !nice.hidden && !isNice(nice.valueAsNumber);
    setText(will, effectOf(order(), node.pid));
  };
  for (const input of [choice, nice, below]) input.addEventListener('input', show);
  show();
  return [
    facts(node, (windows ? quoteWindows : quotePosix)(node.cmdline ?? [])),
    el('p', {}, choice, nice),
    ...(descendants.length > 0 ? [belowChoice(below, descendants, most)] : []),
    will,
    el('p', { class: 'control-buttons' }, cancel, doIt),
  ];
}

/** @param {any} node @param {string} commandLine */
function facts(node, commandLine) {
  /** @param {string} name @param {string} value */
  const line = (name, value) => [el('dt', {}, name), el('dd', {}, el('bdi', {}, value))];
  return el('dl', { class: 'facts-list' }, ...line('Process', node.name), ...line('PID', String(node.pid)), ...line('User', node.user ?? 'unknown'),
    // Any user chooses how long it is: it scrolls by itself, and what says which process this is stays in view.
    el('dt', {}, 'Command line'), el('dd', { class: 'control-command', tabindex: 0, role: 'region', 'aria-label': 'Command line' }, commandLine || 'unknown'));
}

/** @param {HTMLInputElement} below @param {Descendant[]} descendants @param {boolean} most Whether one request can act on all of them. */
function belowChoice(below, descendants, most) {
  const count = descendants.length.toLocaleString('en');
  return el('div', { class: 'control-below' },
    el('label', {}, below, most
      ? ` Also ${descendants.length === 1 ? 'its descendant' : `its ${count} descendants`}`
      : ` Not possible with its descendants: there are ${count}, and one request can act on ${MOST_DESCENDANTS.toLocaleString('en')} at most`),
    most && el('ul', { tabindex: 0, 'aria-label': 'Descendants' }, ...descendants.map((d) => el('li', {}, `${d.pid} ${d.name}`))));
}

/** @param {Order} order @param {number} pid */
export function effectOf({ action, nice, descendants = [] }, pid) {
  const who = descendants.length === 0 ? `Process ${pid} gets` : `${(descendants.length + 1).toLocaleString('en')} processes (${pid} and the descendants in the list) get`;
  if (action !== NICE) return `${who} ${action}, which ${EFFECTS[action] ?? 'is a signal'}.`;
  return isNice(nice) ? `${who} the nice value ${nice}.` : `${Number.isNaN(nice) ? 'This is not a number' : `The nice value ${nice} is not possible`}: set a whole number from ${LEAST_NICE} to ${MOST_NICE}.`;
}
