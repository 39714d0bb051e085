import { Alerts } from './alerts-menu.js';
import { get } from './api.js';
import { ConnectionBar } from './connection.js';
import { ControlDialog } from './control.js';
import { button, byId, el, setHidden, setText } from './dom.js';
import { Drawer } from './drawer.js';
import { EmptyState } from './empty.js';
import { EndedMenu } from './ended-menu.js';
import { ExportMenu } from './export.js';
import { Filters } from './filters.js';
import { withWidth } from './column-widths.js';
import { Compare } from './compare.js';
import { nextCpuUnit } from './cpu-unit.js';
import { formatCount, withoutMarks } from './format.js';
import { GroupsView, filterTo } from './groups-view.js';
import { History } from './history.js';
import { HostHeader } from './host-header.js';
import { Lookup } from './lookup.js';
import { Installed } from './installed.js';
import { NESTINGS } from './model/branches.js';
import { isActive } from './model/filter.js';
import { Marks } from './marks.js';
import { Mirror } from './model/mirror.js';
import { Overview } from './overview.js';
import { togglePin } from './pins.js';
import { printAllRows } from './print.js';
import { ProcessTools } from './process-tools.js';
import { SearchHelp } from './search-help.js';
import { addShortcuts } from './shortcuts.js';
import { stream } from './start.js';
import { columnsToShow } from './table-columns.js';
import { TotalsBar } from './totals-bar.js';
import { TreeTable } from './table.js';
import { TreeModel } from './tree-model.js';
import { View } from './view.js';
import { ViewTools } from './view-tools.js';

/** @import { ViewState } from './view-state.js' */
/** @import { Connection } from './stream.js' */
/** @import { Summary, Update } from './stream-table.js' */

/** Up to this width the drawer lies over the table: it must not follow the cursor. */
const narrow = matchMedia('(max-width: 1000px)');

/** The charts of the host while the recording has still to be read. */
const NOTHING = { times: [], cpu: [], memory: [] };

/** The page: it joins the stream, the model and the parts that show it. */
class Page {
  #model = new TreeModel(new Mirror());
  #history = new History();
  #view = new View(this.#model, (part, before) => this.#adapt(part, before));
  /** @type {Connection} */
  #connection = { state: 'connecting' };
  /** @type {any} The answer of GET api/v1/host with the newest values in it. */
  #host = {};
  /** @type {Summary|undefined} Of the last message. */
  #summary;
  #viewer = false;
  /** The time of the last message in Unix seconds, 0 before the first. */
  #lastTime = 0;
  /** The table's, in pixels; 0 before it is known. */
  #width = 0;
  #drawing = false;
  /** Whether more than the strip of time has to be drawn. */
  #changed = false;
  /** Whether what the model holds is of the recording. */
  #past = false;
  /** While the recording plays, the time of its last table: the address follows it, and nobody asks for it. */
  #played = NaN;
  /** The strip of time; undefined where nothing is recorded. @type {import('./past.js').PastControl|undefined} */
  #recording;
  /** What happened between two moments, and the life of the process in the drawer. @type {import('./past.js').Between|undefined} */
  #between;
  /** @type {import('./past.js').Life|undefined} */
  #life;
  /** Read when somebody asks for it. @type {import('./past.js').EventsView|undefined} */
  #events;
  #eventsAsked = false;
  /** The process to put the cursor on when the table of its moment has come. @type {string|undefined} */
  #sought;

  #search = /** @type {HTMLInputElement} */ (byId('search'));
  #table = new TreeTable(byId('table'), this.#model, {
    select: (id) => this.#follow(id),
    open: (id) => this.#view.change({ selected: id }),
    expand: (id, open) => this.#view.expand((model) => model.setExpanded(id, open)),
    expandAll: (open) => this.#expandAll(open),
    sort: (key) => this.#view.sortBy(key),
    resize: (key, width) => this.#view.change({ widths: withWidth(this.#view.state.widths, key, width) }),
  });
  #marks = new Marks(this.#model, byId('table'));
  #ended = new EndedMenu(this.#marks);
  #export = new ExportMenu(() => this.#shown());
  #processTools = new ProcessTools();
  #drawer = new Drawer(byId('drawer'), {
    model: this.#model, history: this.#history, onSelect: (id) => this.#goTo(id), onClose: () => this.#closeDrawer(),
  });
  #overview = new Overview(byId('overview'), { onSelect: (id) => this.#goTo(id), onState: (state) => this.#view.toggleState(state) });
  #filters = new Filters(byId('filters'), this.#model, (filter) => this.#view.change({ filter }));
  #tools = new ViewTools(byId('view-tools'), {
    shape: (shape) => this.#view.change({ shape }),
    nesting: (nesting) => this.#view.change({ nesting, shape: 'tree' }),
    expandAll: (open) => this.#expandAll(open),
    columns: (columns) => this.#view.change(columns ? { columns } : { columns, widths: undefined }),
    cpuUnit: (cpuUnit) => this.#view.change({ cpuUnit }),
    overview: () => this.#view.change({ overview: !this.#view.state.overview }),
  });
  #bar = new ConnectionBar(byId('connection'), byId('notices'), {
    pause: () => this.#togglePause(), retry: () => this.#reopen(), interval: (interval) => this.#view.change({ interval }),
  });
  #alerts = new Alerts(byId('notices'), this.#model, {
    select: (id) => this.#goTo(id),
    group: (group) => this.#view.change({ filter: { group: [group] } }),
  });
  #installed = new Installed(this.#model, () => ({ host: this.#host, time: this.#lastTime }));
  #header = new HostHeader(byId('connection'));
  #compare = new Compare(byId('compare'), {
    metric: (compare) => this.#view.change({ compare }),
    unpin: (id) => this.#togglePin(id),
    open: (id) => this.#goTo(id),
    clear: () => this.#view.change({ pins: undefined }),
    redraw: () => this.#draw(),
  });
  #pinButton = button('Pin to compare', { class: 'tool pin', title: 'Compare this process with others in one chart (w)' }, () => this.#togglePin(this.#drawer.id));
  #totals = new TotalsBar(byId('totals'));
  #groups = new GroupsView(byId('groups'), {
    by: (groupBy) => this.#view.change({ groupBy }),
    choose: (by, name) => this.#view.change({ filter: filterTo(this.#view.state.filter, by, name), shape: 'tree' }),
    redraw: () => this.#draw(),
  });
  #empty = new EmptyState(byId('empty'), () => this.#view.change({ filter: {} }));
  #searchHelp = new SearchHelp(this.#search);
  #lookup = new Lookup(this.#model, () => { this.#showSearchNotes(); this.#draw(); });
  #control = new ControlDialog(this.#model, { selected: () => this.#view.state.selected ?? this.#table.cursor, onChange: () => this.#draw() });
  #help = addShortcuts(this.#search, {
    togglePause: () => this.#togglePause(),
    toggleShape: () => this.#view.change({ shape: this.#view.state.shape === 'tree' ? 'list' : 'tree' }),
    nextNesting: () => {
      const { nesting, shape } = this.#view.state;
      const next = NESTINGS[(NESTINGS.indexOf(nesting) + 1) % NESTINGS.length];
      this.#view.change({ nesting: shape === 'tree' ? next : nesting, shape: 'tree' });
    },
    togglePin: () => this.#togglePin(this.#drawer.id ?? this.#table.cursor),
    toggleGroups: () => this.#view.change({ shape: this.#view.state.shape === 'groups' ? 'tree' : 'groups' }),
    toggleEvents: () => this.#view.change({ shape: this.#view.state.shape === 'events' ? 'tree' : 'events' }),
    nextCpuUnit: () => this.#view.change({ cpuUnit: nextCpuUnit(this.#view.state.cpuUnit) }),
    act: () => this.#control.open(),
    mayAct: () => !this.#control.button.hidden,
    step: (unit, direction) => this.#recording?.step(unit, direction),
    goLive: () => this.#view.change({ time: undefined }),
    closeDrawer: () => this.#closeDrawer(),
    goToMatch: () => this.#table.enterFirstMatch(),
  });

  start() {
    byId('connection').append(this.#alerts.menu.button, this.#alerts.menu.panel, this.#help.button, this.#help.panel);
    this.#search.addEventListener('input', () => this.#view.change({ filter: { ...this.#view.state.filter, text: this.#search.value } }));
    new ResizeObserver(([{ contentRect }]) => {
      this.#width = contentRect.width;
      this.#showColumns();
    }).observe(byId('table'));
    printAllRows(() => ({ model: this.#model, columns: this.#columns(), context: this.#context(), heading: this.#heading(), table: this.#view.state.shape === 'groups' ? this.#groups.table : undefined }));
    this.#table.fresh = this.#marks.fresh;
    byId('view-tools').append(this.#ended.menu.button, this.#ended.menu.panel, this.#export.menu.button, this.#export.menu.panel);
    this.#drawer.addTool(this.#processTools.element);
    this.#drawer.addTool(this.#pinButton);
    this.#drawer.addTool(this.#control.button);
    this.#view.start();
    stream.needed = () => this.#alerts.isOn;
    stream.follow({
      onUpdate: (update) => this.#receive(update),
      onConnection: (connection) => this.#become(connection),
    });
    get('api/v1/host').then((answer) => {
      this.#host = { ...answer, ...this.#host };
      this.#drawer.windows = this.#host.os === 'windows';
      this.#control.setHost(this.#host);
      this.#alerts.setHost(this.#host);
      if (this.#host.links?.history) this.#showRecording();
      else if (this.#view.state.time !== undefined) this.#explainPresent();
      this.#draw();
    }, () => {
      // The stream meets the same trouble and says so.
    });
  }

  /** @param {Connection} connection */
  #become(connection) {
    this.#connection = connection;
    this.#installed.follow(connection.state);
    // After the last table comes the present.
    if (connection.ended) this.#view.change({ time: undefined });
    this.#draw();
  }

  /** What only the past needs is read once it turns out that there is one. */
  async #showRecording() {
    const { Between, Life, PastControl } = await import('./past.js');
    this.#recording = new PastControl(byId('past'), {
      go: (time) => this.#view.change({ time }),
      play: (from, speed) => {
        this.#played = from;
        stream.play(from, speed);
        this.#view.change({ time: from });
      },
      select: (span) => this.#view.change(span ? { span, shape: 'between' } : { span, shape: 'tree' }),
      change: () => this.#draw(),
    });
    const go = (/** @type {number} */ time, /** @type {string|undefined} */ id) => this.#goToMoment(time, id);
    this.#between = new Between(byId('between'), {
      go, change: (span) => this.#view.change({ span }), close: () => this.#view.change({ span: undefined, shape: 'tree' }),
      restarts: (times) => this.#recording?.markRestarts(times),
    });
    this.#life = new Life(go);
    this.#drawer.addSection(this.#life.element);
    this.#events?.setGo(go);
    this.#draw();
  }

  /** Shows the tree of a moment, and a process in it. @param {number} time @param {string|undefined} id */
  #goToMoment(time, id) {
    this.#sought = id;
    const { shape } = this.#view.state;
    this.#view.change({ time, shape: shape === 'list' ? shape : 'tree', selected: id });
  }

  async #showEvents() {
    if (this.#eventsAsked) return;
    this.#eventsAsked = true;
    const { EventsView } = await import('./past.js');
    this.#events = new EventsView(byId('events'), { go: this.#recording && ((time, id) => this.#goToMoment(time, id)) });
    this.#draw();
  }

  /** A link to a moment of a host that does not record leads to the present. */
  #explainPresent() {
    this.#view.change({ time: undefined });
    const notice = el('div', { class: 'notice warn toast' }, el('span', {}, 'This exporter has no recording, so the page shows the present. Start it with --history.dir to record.'));
    notice.append(button('Close', { class: 'tool' }, () => notice.remove()));
    byId('notices').append(notice);
  }

  /** Connects again, to the moment that is shown or the present. */
  #reopen() {
    const { time } = this.#view.state;
    if (time === undefined) stream.open();
    else stream.showMoment(time);
  }

  /** @param {Update} update */
  #receive({ type, time, role = '', host, patch, summary, past = false }) {
    const first = this.#lastTime === 0;
    if (type === 'diff') this.#marks.before(patch.ids);
    this.#model.apply(patch);
    if (type === 'diff') this.#marks.after();
    this.#summary = summary;
    this.#lastTime = time;
    this.#host = { ...this.#host, ...host };
    if (type === 'full') this.#setRole(role);
    if (first) this.#view.foldKernel();
    this.#past = past;
    if (past) this.#arrive(time);
    else {
      this.#history.record(time, this.#model, patch.textSlots);
      this.#compare.record(time, this.#model, this.#history);
      this.#overview.record(time, this.#host);
      this.#alerts.check(this.#host);
    }
    if (first && this.#view.state.selected) this.#goTo(this.#view.state.selected);
    this.#draw();
  }

  /** A table of the recording has come. @param {number} time */
  #arrive(time) {
    if (this.#connection.speed !== undefined && this.#view.state.time !== undefined) {
      this.#played = time;
      this.#view.change({ time });
    }
    const sought = this.#sought;
    if (sought === undefined || this.#model.slotOf(sought) < 0) return;
    this.#sought = undefined;
    this.#goTo(sought);
  }

  /** The page goes to another moment, or to the present. @param {number|undefined} time */
  #travel(time) {
    const isPast = time !== undefined;
    document.body.toggleAttribute('data-past', isPast);
    this.#control.setPast(isPast);
    this.#lookup.past = isPast;
    this.#lookup.follow();
    this.#showSearchNotes();
    setHidden(this.#ended.menu.button, isPast);
    this.#drawer.setMoment(time);
  }

  /** @param {string} role */
  #setRole(role) {
    this.#viewer = role === 'viewer';
    this.#drawer.viewer = this.#viewer;
    this.#showColumns();
  }

  /** Shows what the view has become. @param {Partial<ViewState>} part @param {ViewState} before */
  #adapt(part, before) {
    const { filter, interval } = part;
    const { overview, selected, shape, time } = this.#view.state;
    this.#travel(time);
    if (time !== before.time && time !== this.#played) {
      if (time === undefined) stream.open();
      else stream.showMoment(time);
    }
    if (time === undefined) this.#played = NaN;
    if (filter) this.#showWords(filter.text ?? '');
    if (interval !== undefined && interval !== before.interval) stream.setInterval(interval);
    byId('overview').hidden = !overview;
    this.#compare.setPins(this.#view.state.pins ?? [], this.#model, this.#history);
    for (const panel of /** @type {const} */ (['groups', 'events', 'between'])) byId(panel).hidden = shape !== panel;
    byId('table').inert = shape !== 'tree' && shape !== 'list';
    if (shape === 'events') this.#showEvents();
    const isMove = Object.keys(part).every((key) => key === 'time') && time !== undefined && before.time !== undefined && shape !== 'events';
    if (isMove) {
      this.#drawStrip();
      return;
    }
    this.#showColumns();
    if (selected === undefined) this.#drawer.close();
    else this.#drawer.open(selected, this.#context());
    this.#draw();
  }

  /** @param {string} text What is searched for. */
  #showWords(text) {
    this.#table.words = this.#model.words;
    this.#lookup.follow();
    this.#showSearchNotes();
    if (this.#search.value.trim() !== text.trim()) this.#search.value = text;
  }

  #showSearchNotes() { this.#searchHelp.show(this.#model.searchError, this.#lookup.note); }

  #showColumns() {
    if (this.#width === 0) return;
    const columns = this.#columns();
    this.#table.setColumns(columns);
    this.#tools.show(this.#view.state, columns.map((c) => c.key), this.#viewer);
  }

  #columns() {
    const { columns, cpuUnit, widths } = this.#view.state;
    return columnsToShow({ chosen: columns, width: this.#width, viewer: this.#viewer, cpuUnit, widths });
  }

  #context() {
    const { memory, cpus, os } = this.#host;
    return { now: this.#lastTime, memoryTotal: memory?.total_bytes, ending: this.#control.ending, cpuUnit: this.#view.state.cpuUnit, cpus, os };
  }

  /** What an exported file holds. */
  #shown() {
    const { filter, shape } = this.#view.state;
    return { model: this.#model, columns: this.#columns(), host: this.#host.name, time: this.#lastTime, search: filter.text, shape: shape === 'tree' ? shape : /** @type {const} */ ('list') };
  }

  /** What a printed page says above the rows. */
  #heading() {
    const { text } = this.#view.state.filter;
    return [document.title, byId('count').textContent, text && `search: ${text}`, withoutMarks(new Date(this.#lastTime * 1000).toLocaleString())].filter(Boolean).join(' · ');
  }

  /** @param {boolean} open */
  #expandAll(open) {
    this.#view.expand((model) => model.setAllExpanded(open));
  }

  /** The cursor went to a process: an open drawer beside the table goes with it. @param {string} id */
  #follow(id) {
    if (this.#drawer.id !== undefined && !narrow.matches && !this.#isBranch(id)) this.#view.change({ selected: id });
  }

  /** Shows a process wherever it is hidden. @param {string} id */
  #goTo(id) {
    const slot = this.#model.slotOf(id);
    if (slot >= 0) {
      this.#model.reveal(id);
      if (this.#model.rows().indexOf(slot) < 0) this.#view.change({ filter: {} });
      this.#model.reveal(id);
      this.#table.moveTo(this.#model.rows().indexOf(slot));
    }
    this.#view.change({ selected: id });
  }

  /** @returns {boolean} Whether it was open. */
  #closeDrawer() {
    if (this.#drawer.id === undefined) return false;
    this.#view.change({ selected: undefined });
    this.#table.focus();
    return true;
  }

  /** @param {string} id */
  #isBranch(id) { return this.#model.isBranch(this.#model.slotOf(id)); }

  /** @param {string|undefined} id */
  #togglePin(id) {
    if (id !== undefined && !this.#isBranch(id)) this.#view.change({ pins: togglePin(this.#view.state.pins, id) });
  }

  #togglePause() {
    if (this.#view.state.time !== undefined) this.#recording?.togglePlay();
    else if (this.#connection.state === 'paused') stream.open();
    else stream.pause();
  }

  /** Draws once for all that changes until the next frame. */
  #draw() {
    this.#changed = true;
    this.#drawStrip();
  }

  /** Draws the strip of time alone: while somebody drags, it moves with each frame, and tables come more seldom. */
  #drawStrip() {
    if (this.#drawing) return;
    this.#drawing = true;
    requestAnimationFrame(() => {
      this.#drawing = false;
      const changed = this.#changed;
      this.#changed = false;
      if (changed) this.#render();
      else this.#showStrip();
    });
  }

  #showStrip() {
    const { shape, time, span } = this.#view.state;
    this.#recording?.show({ span: shape === 'between' ? span : undefined, time, tableTime: this.#lastTime, past: this.#past, cpus: this.#host.cpus, connection: this.#connection });
  }

  #render() {
    const { filter, interval, overview, cpuUnit, shape, groupBy, time, span } = this.#view.state;
    const context = this.#context();
    const { total, matched } = this.#model;
    this.#control.update();
    if (shape === 'groups') this.#groups.show(this.#model, { by: groupBy, context });
    else this.#table.render(context);
    if (shape === 'events') this.#events?.show({ filter, time, paused: this.#connection.state === 'paused' });
    else this.#events?.close();
    if (shape === 'between' && span) this.#between?.show(span);
    this.#showStrip();
    this.#life?.show(this.#drawer.id, this.#recording?.lifeSpan(), {
      moment: time === undefined ? undefined : this.#lastTime, inTable: this.#model.slotOf(this.#drawer.id ?? '') >= 0,
    });
    byId('compare').classList.toggle('of-now', time !== undefined);
    this.#compare.show(this.#view.state.compare, context);
    setText(this.#pinButton, this.#view.state.pins?.includes(this.#drawer.id ?? '') ? 'Unpin' : 'Pin to compare');
    this.#totals.show(this.#model, { filtered: isActive(filter), context });
    this.#header.show(this.#host);
    if (overview) this.#overview.render(this.#host, this.#model, { summary: this.#summary, chosenStates: filter.state ?? [], cpuUnit, recorded: this.#past ? this.#recording?.before(this.#lastTime) ?? NOTHING : undefined });
    this.#filters.show(filter);
    this.#drawer.render(context);
    this.#processTools.show(this.#model, this.#drawer.id, this.#host, time !== undefined);
    this.#bar.show(this.#connection, { lastTime: this.#lastTime, interval });
    this.#empty.show({ connection: this.#connection, total, rows: this.#model.rows().length });
    setText(byId('count'), isActive(filter) ? `${formatCount(matched)} of ${formatCount(total)}` : `${formatCount(total)} processes`);
  }
}

new Page().start();
