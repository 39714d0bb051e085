import { button, el } from './dom.js';
import { withIcon } from './icons.js';
import { Menu, checkLine, choiceLine } from './menu.js';
import { CPU_UNITS } from './cpu-unit.js';
import { NESTINGS, nestingOf } from './model/branches.js';
import { TABLE_COLUMNS } from './table-columns.js';

/** @import { CpuUnit } from './cpu-unit.js' */
/** @import { By } from './model/branches.js' */
/** @import { ViewState } from './view-state.js' */

/** @type {Record<By, string>} */
const NESTING_TITLES = { parent: 'parent', cgroup: 'control group', user: 'user', group: 'group' };

/** The controls at the right of the toolbar: how the processes are laid out. */
export class ViewTools {
  #shape = {
    tree: withIcon('tree', button('Tree', { class: 'tool', title: 'Tree: processes below their parents (t)', 'aria-label': 'Tree' }, () => this.#on.shape('tree'))),
    list: withIcon('list', button('List', { class: 'tool', title: 'List: all processes, without parents (t)', 'aria-label': 'List' }, () => this.#on.shape('list'))),
    groups: withIcon('sum', button('Groups', { class: 'tool', title: 'Groups: sums by user, group, unit or container (g)', 'aria-label': 'Groups' }, () => this.#on.shape('groups'))),
    events: withIcon('events', button('Events', { class: 'tool', title: 'Events: what started, ended and was killed (e)', 'aria-label': 'Events' }, () => this.#on.shape('events'))),
  };
  #nesting = el('select', { class: 'tool nesting', 'aria-label': 'Tree by', title: 'Tree by parent, control group, user or group (b)' },
    ...NESTINGS.map((by) => el('option', { value: by }, `By ${NESTING_TITLES[by]}`)));
  #folding = [
    withIcon('expand', button('Expand', { id: 'expand-all', class: 'tool', title: 'Unfold all rows (*)', 'aria-label': 'Expand all' }, () => this.#on.expandAll(true))),
    withIcon('collapse', button('Collapse', { id: 'collapse-all', class: 'tool', title: 'Fold all rows (_)', 'aria-label': 'Collapse all' }, () => this.#on.expandAll(false))),
  ];
  #overview = withIcon('overview', button('Overview', {
    class: 'tool', title: 'Show or hide the values of the host', 'aria-label': 'Overview', 'aria-controls': 'overview',
  }, () => this.#on.overview()));
  #columns = new Menu('Columns', { id: 'columns', title: 'Choose columns', onOpen: (panel) => this.#fillColumns(panel) });
  /** @type {{shown: readonly string[], viewer: boolean, cpuUnit: CpuUnit}} */
  #state = { shown: [], viewer: false, cpuUnit: 'cores' };
  #on;

  /**
   * @param {HTMLElement} root
   * @param {object} on
   * @param {(shape: ViewState['shape']) => void} on.shape
   * @param {(by: By) => void} on.nesting
   * @param {(open: boolean) => void} on.expandAll
   * @param {(keys: string[]|undefined) => void} on.columns undefined: those that fit.
   * @param {(unit: CpuUnit) => void} on.cpuUnit
   * @param {() => void} on.overview
   */
  constructor(root, on) {
    this.#on = on;
    this.#nesting.addEventListener('change', () => on.nesting(nestingOf(this.#nesting.value)));
    withIcon('columns', this.#columns.button).setAttribute('aria-label', 'Columns');
    root.append(
      el('div', { class: 'segments', role: 'group', 'aria-label': 'Layout' }, ...Object.values(this.#shape)),
      this.#nesting, ...this.#folding, this.#overview, this.#columns.button, this.#columns.panel,
    );
  }

  /** @param {ViewState} state @param {readonly string[]} shown The keys of the columns shown. @param {boolean} viewer */
  show({ shape, nesting, overview, cpuUnit }, shown, viewer) {
    this.#state = { shown, viewer, cpuUnit };
    for (const [name, choice] of Object.entries(this.#shape)) choice.setAttribute('aria-pressed', String(shape === name));
    if (this.#nesting.value !== nesting) this.#nesting.value = nesting;
    this.#overview.setAttribute('aria-expanded', String(overview));
    for (const tool of this.#folding) tool.disabled = shape !== 'tree';
  }

  /** @param {HTMLElement} panel */
  #fillColumns(panel) {
    const shown = new Set(this.#state.shown);
    const lines = TABLE_COLUMNS.filter((c) => c.key !== 'name' && !(this.#state.viewer && c.secret)).map((column) => {
      const line = checkLine(column.title, shown.has(column.key), (checked) => {
        if (checked) shown.add(column.key);
        else shown.delete(column.key);
        this.#on.columns([...shown]);
      });
      line.title = column.hint;
      return line;
    });
    const reset = button('Default columns', { class: 'tool' }, () => {
      this.#on.columns(undefined);
      this.#columns.close();
    });
    const units = /** @type {CpuUnit[]} */ (Object.keys(CPU_UNITS)).map((unit) => choiceLine(CPU_UNITS[unit].choice, { name: 'cpu-unit', checked: unit === this.#state.cpuUnit }, () => this.#on.cpuUnit(unit)));
    panel.replaceChildren(...lines, reset, el('hr'), el('fieldset', {}, el('legend', {}, 'CPU in'), ...units));
  }
}
