import { Alerts } from './alerts-menu.js';
import { get } from './api.js';
import { ConnectionBar } from './connection.js';
import { byId, setText } from './dom.js';
import { Drawer } from './drawer.js';
import { EmptyState } from './empty.js';
import { Filters } from './filters.js';
import { formatCount } from './format.js';
import { History } from './history.js';
import { HostHeader } from './host-header.js';
import { isActive, parseWords } from './model/filter.js';
import { Mirror } from './model/mirror.js';
import { Overview } from './overview.js';
import { addShortcuts } from './shortcuts.js';
import { stream } from './start.js';
import { columnsToShow, firstDirection } from './table-columns.js';
import { TreeTable } from './table.js';
import { TreeModel } from './tree-model.js';
import { formatState, parseState } from './view-state.js';
import { ViewTools } from './view-tools.js';

/** @import { Expansion } from './model/folding.js' */
/** @import { ViewState } from './view-state.js' */
/** @import { Connection } from './stream.js' */
/** @import { Summary, Update } from './stream-table.js' */

/** Browsers refuse to rewrite the address too often. */
const ADDRESS_MILLISECONDS = 300;
/** Up to this width the drawer lies over the table: it must not follow the cursor. */
const narrow = matchMedia('(max-width: 1000px)');

/** The page: it joins the stream, the model and the parts that show it. */
class Page {
  #model = new TreeModel(new Mirror());
  #history = new History();
  /** What is shown; changed by #change alone. */
  #state = parseState(location.hash);
  /** Whether somebody folded a branch, so that the address has to tell. */
  #folded = this.#state.expansion !== undefined;
  /** @type {Connection} */
  #connection = { state: 'connecting' };
  /** @type {any} The answer of GET api/v1/host with the newest figures in it. */
  #host = {};
  /** @type {Summary|undefined} Of the last message. */
  #summary;
  #viewer = false;
  /** The time of the last message in Unix seconds, 0 before the first. */
  #lastTime = 0;
  /** The table's, in pixels; 0 before it is known. */
  #width = 0;
  #drawing = false;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #addressTimer;

  #search = /** @type {HTMLInputElement} */ (byId('search'));
  #table = new TreeTable(byId('table'), this.#model, {
    select: (id) => this.#follow(id),
    open: (id) => this.#change({ selected: id }),
    expand: (id, open) => this.#expand(() => this.#model.setExpanded(id, open)),
    expandAll: (open) => this.#expandAll(open),
    sort: (key) => this.#sortBy(key),
  });
  #drawer = new Drawer(byId('drawer'), {
    model: this.#model, history: this.#history, onSelect: (id) => this.#goTo(id), onClose: () => this.#closeDrawer(),
  });
  #overview = new Overview(byId('overview'), { onSelect: (id) => this.#goTo(id), onState: (state) => this.#toggleState(state) });
  #filters = new Filters(byId('filters'), this.#model, (filter) => this.#change({ filter }));
  #tools = new ViewTools(byId('view-tools'), {
    shape: (shape) => this.#change({ shape }),
    expandAll: (open) => this.#expandAll(open),
    columns: (columns) => this.#change({ columns }),
    overview: () => this.#change({ overview: !this.#state.overview }),
  });
  #bar = new ConnectionBar(byId('connection'), byId('notices'), {
    pause: () => this.#togglePause(), retry: () => stream.open(), interval: (interval) => this.#change({ interval }),
  });
  #alerts = new Alerts(byId('notices'), this.#model, (id) => this.#goTo(id));
  #header = new HostHeader(byId('connection'));
  #empty = new EmptyState(byId('empty'), () => this.#change({ filter: {} }));
  #help = addShortcuts(this.#search, {
    togglePause: () => this.#togglePause(),
    toggleShape: () => this.#change({ shape: this.#state.shape === 'tree' ? 'list' : 'tree' }),
    closeDrawer: () => this.#closeDrawer(),
    focusTable: () => this.#table.enter(),
  });

  start() {
    byId('connection').append(this.#alerts.menu.button, this.#alerts.menu.panel, this.#help.button, this.#help.panel);
    this.#search.addEventListener('input', () => this.#change({ filter: { ...this.#state.filter, text: this.#search.value } }));
    addEventListener('hashchange', () => this.#take(parseState(location.hash)));
    new ResizeObserver(([{ contentRect }]) => {
      this.#width = contentRect.width;
      this.#showColumns();
    }).observe(byId('table'));
    this.#take(this.#state);
    stream.follow({
      onUpdate: (update) => this.#receive(update),
      onConnection: (connection) => { this.#connection = connection; this.#draw(); },
    });
    get('api/v1/host').then((answer) => { this.#host = { ...answer, ...this.#host }; this.#draw(); }, () => {
      // The stream meets the same trouble and says so.
    });
  }

  /** @param {Update} update */
  #receive({ type, time, role = '', host, patch, summary }) {
    const first = this.#lastTime === 0;
    this.#model.apply(patch);
    this.#summary = summary;
    this.#lastTime = time;
    this.#host = { ...this.#host, ...host };
    if (type === 'full') this.#setRole(role);
    if (first && !this.#folded) this.#foldKernel();
    this.#history.record(time, this.#model, patch.textSlots);
    this.#overview.record(time, this.#host);
    this.#alerts.check(this.#host);
    if (first && this.#state.selected) this.#goTo(this.#state.selected);
    this.#draw();
  }

  /** @param {string} role */
  #setRole(role) {
    this.#viewer = role === 'viewer';
    this.#drawer.viewer = this.#viewer;
    this.#showColumns();
  }

  /** The threads of the kernel are many and seldom of interest: they start folded. */
  #foldKernel() {
    const { length } = this.#model.column('pid');
    for (let slot = 0; slot < length; slot++) {
      if (this.#model.isKernel(slot) && this.#model.isExpandable(slot)) this.#model.setExpanded(this.#model.idOf(slot), false);
    }
  }

  /** Shows a whole view, as from an address. @param {ViewState} state */
  #take(state) {
    this.#search.value = state.filter.text ?? '';
    if (state.interval !== this.#state.interval) stream.setInterval(state.interval);
    this.#change({ selected: undefined, columns: undefined, ...state });
    if (state.expansion) this.#expand(() => this.#model.setExpansion(/** @type {Expansion} */ (state.expansion)));
  }

  /** Changes a part of what is shown. @param {Partial<ViewState>} part */
  #change(part) {
    const before = this.#state;
    const state = { ...before, ...part };
    this.#state = state;
    if (part.sort) this.#model.setSort(part.sort);
    if (part.shape) this.#model.setShape(part.shape);
    if (part.filter) this.#setFilter(part.filter);
    if (part.interval !== undefined && part.interval !== before.interval) stream.setInterval(part.interval);
    byId('overview').hidden = !state.overview;
    this.#showColumns();
    if (state.selected === undefined) this.#drawer.close();
    else this.#drawer.open(state.selected, this.#lastTime);
    this.#writeAddress();
    this.#draw();
  }

  /** @param {import('./model/filter.js').Filter} filter */
  #setFilter(filter) {
    this.#model.setFilter(filter);
    this.#table.words = parseWords(filter.text ?? '').wanted;
    if (this.#search.value.trim() !== (filter.text ?? '').trim()) this.#search.value = filter.text ?? '';
  }

  #writeAddress() {
    clearTimeout(this.#addressTimer);
    this.#addressTimer = setTimeout(() => {
      const hash = formatState({ ...this.#state, expansion: this.#folded ? this.#model.expansion : undefined });
      history.replaceState(null, '', hash ? `#${hash}` : location.pathname + location.search);
    }, ADDRESS_MILLISECONDS);
  }

  #showColumns() {
    if (this.#width === 0) return;
    const columns = columnsToShow({ chosen: this.#state.columns, width: this.#width, viewer: this.#viewer });
    this.#table.setColumns(columns);
    this.#tools.show(this.#state, columns.map((c) => c.key), this.#viewer);
  }

  /** @param {string} key */
  #sortBy(key) {
    const { sort } = this.#state;
    this.#change({ sort: { key, descending: sort.key === key ? !sort.descending : firstDirection(key) === 'descending' } });
  }

  /** @param {() => void} change */
  #expand(change) {
    change();
    this.#folded = true;
    this.#writeAddress();
    this.#draw();
  }

  /** @param {boolean} open */
  #expandAll(open) {
    this.#expand(() => this.#model.setAllExpanded(open));
  }

  /** @param {string} value */
  #toggleState(value) {
    const chosen = new Set(this.#state.filter.state);
    if (!chosen.delete(value)) chosen.add(value);
    this.#change({ filter: { ...this.#state.filter, state: [...chosen] } });
  }

  /** The cursor went to a process: an open drawer beside the table goes with it. @param {string} id */
  #follow(id) {
    if (this.#drawer.id !== undefined && !narrow.matches) this.#change({ selected: id });
  }

  /** Shows a process wherever it is hidden. @param {string} id */
  #goTo(id) {
    const slot = this.#model.slotOf(id);
    if (slot >= 0) {
      this.#model.reveal(id);
      if (this.#model.rows().indexOf(slot) < 0) this.#change({ filter: {} });
      this.#model.reveal(id);
      this.#table.moveTo(this.#model.rows().indexOf(slot));
    }
    this.#change({ selected: id });
  }

  /** @returns {boolean} Whether it was open. */
  #closeDrawer() {
    if (this.#drawer.id === undefined) return false;
    this.#change({ selected: undefined });
    this.#table.focus();
    return true;
  }

  #togglePause() {
    if (this.#connection.state === 'paused') stream.open();
    else stream.pause();
  }

  /** Draws once for all that changes until the next frame. */
  #draw() {
    if (this.#drawing) return;
    this.#drawing = true;
    requestAnimationFrame(() => {
      this.#drawing = false;
      this.#render();
    });
  }

  #render() {
    const { filter, interval, overview } = this.#state;
    const { total, matched } = this.#model;
    this.#table.render({ now: this.#lastTime, memoryTotal: this.#host.memory?.total_bytes });
    this.#header.show(this.#host);
    if (overview) this.#overview.render(this.#host, this.#model, { summary: this.#summary, chosenStates: filter.state ?? [] });
    this.#filters.show(filter);
    this.#drawer.render(this.#lastTime);
    this.#bar.show(this.#connection, { lastTime: this.#lastTime, interval });
    this.#empty.show({ connection: this.#connection, total, rows: this.#model.rows().length });
    setText(byId('count'), isActive(filter) ? `${formatCount(matched)} of ${formatCount(total)}` : `${formatCount(total)} processes`);
  }
}

new Page().start();
