import { Series, Sparkline } from './charts.js';
import { button, el, setAttribute, setHidden, setText } from './dom.js';
import { CPU_UNITS, formatCPU } from './cpu-unit.js';
import { UNKNOWN, formatBytes, formatCores, formatCount, formatPercent } from './format.js';

/** @import { CpuUnit } from './cpu-unit.js' */
/** @import { TreeModel } from './tree-model.js' */
/** @import { Summary } from './stream-table.js' */

/**
 * The values of GET /api/v1/host; each may be absent.
 * @typedef {object} HostMetrics
 * @property {number} [cpus]
 * @property {number} [uptime_seconds]
 * @property {{busy_cores?: number}} [cpu]
 * @property {{total_bytes?: number, available_bytes?: number}} [memory]
 * @property {{total_bytes?: number, free_bytes?: number}} [swap]
 * @property {number[]} [load]
 * @property {{cpu?: number, memory?: number, io?: number}} [pressure]
 */

const MOST_POINTS = 180;
const TOP_LENGTH = 4;
/** How much higher than the highest load its chart reaches. */
const LOAD_HEADROOM = 1.3;
/** Worst first, as they are shown. */
const STATES = ['running', 'blocked', 'zombie', 'stopped', 'sleeping', 'other'];

/** The cards above the table: the host's values and its busiest processes. */
export class Overview {
  #cpu = new MetricCard('CPU', 'CPU in use since the page opened');
  #memory = new MetricCard('Memory', 'Memory in use since the page opened');
  #load = new MetricCard('Load', 'Load average over one minute since the page opened');
  #pressure = new BarsCard('Pressure', ['CPU', 'Memory', 'I/O'], 'Share of the last 10 s in which some task had to wait');
  #states;
  #topCPU;
  #topMemory;

  /**
   * @param {HTMLElement} root
   * @param {{onSelect: (id: string) => void, onState: (state: string) => void}} on
   */
  constructor(root, { onSelect, onState }) {
    this.#states = new StatesCard(onState);
    this.#topCPU = new TopCard('cpu', onSelect);
    this.#topMemory = new TopCard('memory', onSelect);
    const cards = [this.#cpu, this.#memory, this.#load, this.#pressure, this.#states, this.#topCPU, this.#topMemory];
    root.append(...cards.map((card) => card.element));
  }

  /** Notes the figures of one message for the charts. @param {number} time @param {HostMetrics} host */
  record(time, host) {
    this.#cpu.series.add(time, host.cpu?.busy_cores);
    this.#memory.series.add(time, usedMemory(host));
    this.#load.series.add(time, host.load?.[0] ?? undefined);
  }

  /**
   * @param {HostMetrics} host
   * @param {TreeModel} model
   * @param {object} view
   * @param {Summary|undefined} view.summary Of what the model holds now.
   * @param {readonly string[]} view.chosenStates
   * @param {CpuUnit} view.cpuUnit
   * @param {{times: number[], cpu: number[], memory: number[]}} [view.recorded] The host before a moment of the past; absent in the present.
   */
  render(host, model, { summary, chosenStates, cpuUnit, recorded }) {
    this.#cpu.recorded = recorded && { times: recorded.times, values: recorded.cpu };
    this.#memory.recorded = recorded && { times: recorded.times, values: recorded.memory };
    this.#load.recorded = recorded && { times: [], values: [] };
    const { cpus, load } = host;
    const busy = host.cpu?.busy_cores;
    this.#cpu.show(formatPercent(busy === undefined || !cpus ? undefined : busy / cpus), `${formatCores(busy)} of ${formatCount(cpus)} CPUs`, cpus);
    const total = host.memory?.total_bytes;
    const used = usedMemory(host);
    this.#memory.show(formatPercent(used === undefined || !total ? undefined : used / total), `${formatBytes(used)} of ${formatBytes(total)}`, total);
    const [one, ...longer] = (load ?? []).map((average) => average?.toFixed(average < 99.5 ? 2 : 0) ?? UNKNOWN);
    this.#load.show(one ?? formatCount(undefined), longer.length === 2 ? `5m ${longer[0]} · 15m ${longer[1]}` : '', Math.max(0.1, ...this.#load.series.values.filter((v) => v > 0)) * LOAD_HEADROOM);
    const { cpu, memory, io } = host.pressure ?? {};
    this.#pressure.show([cpu, memory, io]);
    this.#states.show(model.total, summary?.states ?? new Map(), chosenStates);
    this.#topCPU.show(model, summary?.topCPU ?? [], { title: `Top ${CPU_UNITS[cpuUnit].title}`, least: 1, format: (v) => formatCPU(v, { cpuUnit, cpus }) });
    this.#topMemory.show(model, summary?.topMemory ?? [], { title: 'Top memory', least: 0, format: formatBytes });
  }
}

/** @param {HostMetrics} host */
function usedMemory({ memory }) {
  return memory?.total_bytes === undefined || memory.available_bytes === undefined
    ? undefined : memory.total_bytes - memory.available_bytes;
}

/** A large value, a line below it, and a chart. */
class MetricCard {
  series = new Series(MOST_POINTS);
  /** What is drawn instead while the page shows the past. @type {{times: number[], values: number[]}|undefined} */
  recorded;
  #label;
  #figure = el('strong', { class: 'figure' });
  #note = el('span', { class: 'note' });
  #chart;
  element;

  /** @param {string} title @param {string} chartLabel */
  constructor(title, chartLabel) {
    this.#label = chartLabel;
    this.#chart = new Sparkline(chartLabel);
    this.element = el('div', { class: `card ${title.toLowerCase()}-card` }, el('h2', {}, title), this.#figure, this.#note, this.#chart.element);
  }

  /** @param {string} figure @param {string} note @param {number} [top] */
  show(figure, note, top) {
    setText(this.#figure, figure);
    setText(this.#note, note);
    const { times, values } = this.recorded ?? this.series;
    setAttribute(this.#chart.element, 'aria-label', this.recorded ? this.#label.replace('since the page opened', 'before this moment') : this.#label);
    this.#chart.draw(times, values, top);
  }
}

/** Some ratios as bars. */
class BarsCard {
  /** @type {{fill: HTMLElement, value: HTMLElement}[]} */
  #bars = [];
  element;

  /** @param {string} title @param {readonly string[]} names @param {string} hint */
  constructor(title, names, hint) {
    this.element = el('div', { class: 'card pressure-card', title: hint }, el('h2', {}, title));
    for (const name of names) {
      const fill = el('span', { class: 'fill' });
      const value = el('span', { class: 'value' });
      this.#bars.push({ fill, value });
      this.element.append(el('div', { class: 'bar-line' }, el('span', { class: 'name' }, name), el('span', { class: 'track' }, fill), value));
    }
  }

  /** @param {(number|undefined)[]} ratios */
  show(ratios) {
    this.#bars.forEach(({ fill, value }, i) => {
      setText(value, formatPercent(ratios[i]));
      fill.style.width = `${Math.min(1, ratios[i] ?? 0) * 100}%`;
      fill.classList.toggle('high', (ratios[i] ?? 0) > 0.25);
    });
  }
}

/** How many processes are in each state; a click shows those alone. */
class StatesCard {
  #total = el('strong', { class: 'figure' });
  /** @type {Map<string, HTMLButtonElement>} */
  #chips = new Map();
  element;

  /** @param {(state: string) => void} onState */
  constructor(onState) {
    const chips = el('div', { class: 'chips' });
    for (const state of STATES) {
      const chip = button('', { class: `chip state-${state}`, 'aria-pressed': 'false', title: `Show only ${state} processes` }, () => onState(state));
      this.#chips.set(state, chip);
      chips.append(chip);
    }
    this.element = el('div', { class: 'card states-card' }, el('h2', {}, 'Processes'), this.#total, chips);
  }

  /** @param {number} total @param {ReadonlyMap<string, number>} counts @param {readonly string[]} chosen */
  show(total, counts, chosen) {
    setText(this.#total, formatCount(total));
    for (const [state, chip] of this.#chips) {
      setText(chip, `${formatCount(counts.get(state) ?? 0)} ${state}`);
      setAttribute(chip, 'aria-pressed', String(chosen.includes(state)));
      setHidden(chip, !counts.get(state) && !chosen.includes(state));
    }
  }
}

/** The processes with the largest values of one column. */
class TopCard {
  /** @type {{line: HTMLButtonElement, name: HTMLElement, fill: HTMLElement, value: HTMLElement, id: string}[]} */
  #lines = [];
  #key;
  #title = el('h2');
  element;

  /** @param {string} key @param {(id: string) => void} onSelect */
  constructor(key, onSelect) {
    this.#key = key;
    this.element = el('div', { class: 'card top-card' }, this.#title);
    for (let i = 0; i < TOP_LENGTH; i++) {
      const [name, fill, value] = ['name', 'fill', 'value'].map((c) => el('span', { class: c }));
      const line = button('', { class: 'bar-line' }, () => onSelect(this.#lines[i].id));
      line.append(name, el('span', { class: 'track' }, fill), value);
      this.#lines.push({ line, name, fill, value, id: '' });
      this.element.append(line);
    }
  }

  /**
   * @param {TreeModel} model
   * @param {readonly number[]} slots
   * @param {{title: string, least: number, format: (value: number) => string}} options A bar is full at the largest value, or at the least one given.
   */
  show(model, slots, { title, least, format }) {
    setText(this.#title, title);
    const full = Math.max(least, ...slots.map((slot) => model.number(slot, this.#key)));
    this.#lines.forEach((entry, i) => {
      setHidden(entry.line, i >= slots.length);
      if (i >= slots.length) return;
      const value = model.number(slots[i], this.#key);
      entry.id = model.idOf(slots[i]);
      setText(entry.name, model.text(slots[i], 'name') || '?');
      setText(entry.value, format(value));
      setAttribute(entry.line, 'title', `PID ${model.number(slots[i], 'pid')}`);
      entry.fill.style.width = `${value / full * 100}%`;
    });
  }
}
