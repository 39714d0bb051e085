import { byId, el, setText } from './dom.js';
import { Menu } from './menu.js';

/** What can be searched for, with an example of each. @type {[string, string][]} */
const SYNTAX = [
  ['nginx www-data', 'both words, in name, PID, user, group, unit, container or command line'],
  ['"worker process"', 'exactly these words'],
  ['!root', 'without this; it can stand before every other form'],
  ['/^ng.*x$/', 'a regular expression'],
  ['pid:1', 'this PID and no other'],
  ['user:www', 'user contains this; also name, unit, container, group, exe, cmd'],
  ['user=www-data', 'user is exactly this'],
  ['state:run', 'in this state: running, sleeping, blocked, stopped, zombie'],
  ['cpu>0.5 cpu>50%', 'more CPU than this, in cores; also < <= >= ='],
  ['mem>1g', 'more memory; also swap, virtual, read, written, with k, m, g, t'],
  ['port:443', 'has this TCP or UDP port open, its own or the peer’s'],
  ['file:/var/log', 'has a file open whose path contains this'],
  ['threads>=100', 'also nice, open_fds'],
];

/** The list of what can be searched for, and the line that says what is wrong with a search. */
export class SearchHelp {
  #input;
  #problem = byId('search-problem');

  /** @param {HTMLInputElement} input */
  constructor(input) {
    this.#input = input;
    const menu = new Menu('?', { id: 'search-help', class: 'syntax-button', title: 'How to search', onOpen: (panel) => panel.replaceChildren(list()) });
    byId('search-help-place').append(menu.button, menu.panel);
  }

  /** @param {string} problem '' if there is none. @param {string} [note] What else is to be said. */
  show(problem, note = '') {
    setText(this.#problem, problem || note);
    this.#problem.hidden = problem === '' && note === '';
    this.#problem.classList.toggle('note', problem === '');
    this.#input.setAttribute('aria-invalid', String(problem !== ''));
  }
}

function list() {
  return el('dl', { class: 'syntax' }, ...SYNTAX.flatMap(([example, text]) => [
    el('dt', {}, el('code', {}, example)), el('dd', {}, text)]));
}
