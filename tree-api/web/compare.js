import { clock } from './chart-scale.js';
import { CompareChart } from './compare-chart.js';
import { CPU_UNITS, formatCPU } from './cpu-unit.js';
import { button, el, setAttribute, setHidden, setText } from './dom.js';
import { formatBytes, formatRate } from './format.js';
import { Pin, WATCHED } from './pins.js';

/** @import { CpuContext } from './cpu-unit.js' */
/** @import { History } from './history.js' */
/** @import { WatchedKey } from './pins.js' */
/** @import { TreeModel } from './tree-model.js' */

/** @type {Record<WatchedKey, string>} */
const TITLES = { cpu: 'CPU', memory: 'Memory', read: 'Read', written: 'Written' };

/** The pinned processes in one chart, above the table. */
export class Compare {
  #root;
  #on;
  /** @type {Pin[]} */
  #pins = [];
  #legend = el('ul', { class: 'compare-legend', 'aria-label': 'Pinned processes' });
  #time = el('output', { class: 'muted' });
  #chart = new CompareChart(() => this.#on.redraw());
  #choice = el('div', { class: 'segments', role: 'group', 'aria-label': 'Compare' });

  /**
   * @param {HTMLElement} root
   * @param {object} on
   * @param {(key: WatchedKey) => void} on.metric
   * @param {(id: string) => void} on.unpin
   * @param {(id: string) => void} on.open
   * @param {() => void} on.clear
   * @param {() => void} on.redraw
   */
  constructor(root, on) {
    this.#root = root;
    this.#on = on;
    for (const key of WATCHED) this.#choice.append(button(TITLES[key], { class: 'tool', 'data-metric': key, 'aria-pressed': 'false' }, () => on.metric(key)));
    root.append(
      el('div', { class: 'compare-head' }, el('h2', {}, 'Compare'), this.#choice, this.#time, button('Unpin all', { class: 'tool quiet' }, on.clear)),
      el('div', { class: 'compare-body' }, this.#chart.element, this.#legend),
    );
  }

  /** @param {readonly string[]} ids @param {TreeModel} model @param {History} history */
  setPins(ids, model, history) {
    if (ids.join() === this.#pins.map(({ id }) => id).join()) return;
    this.#pins = ids.map((id) => this.#pins.find((pin) => pin.id === id) ?? newPin(id, model, history));
    setHidden(this.#root, ids.length === 0);
    this.#legend.replaceChildren(...this.#pins.map((pin, i) => this.#legendLine(pin, i)));
  }

  /** Notes the values of one message. @param {number} time @param {TreeModel} model @param {History} history */
  record(time, model, history) {
    for (const pin of this.#pins) {
      if (pin.times.length === 0) pin.begin(model, history);
      pin.record(time, model);
    }
  }

  /** @param {WatchedKey} metric @param {CpuContext} context */
  show(metric, context) {
    if (this.#pins.length === 0) return;
    for (const choice of this.#choice.children) setAttribute(choice, 'aria-pressed', String(/** @type {HTMLElement} */ (choice).dataset.metric === metric));
    const format = formatOf(metric, context);
    this.#chart.show(this.#pins.map((pin, i) => ({ times: pin.times, values: pin.values[metric], series: i })), { format, binary: metric !== 'cpu' });
    const { moment } = this.#chart;
    const unit = metric === 'cpu' ? CPU_UNITS[context.cpuUnit ?? 'cores'].title : TITLES[metric];
    setText(this.#time, `${unit} ${moment === undefined ? 'now' : `at ${clock(moment)}`}`);
    this.#pins.forEach((pin, i) => {
      const line = this.#legend.children[i];
      setText(/** @type {Element} */ (line.querySelector('.link bdi')), pin.name || '?');
      setText(/** @type {Element} */ (line.querySelector('strong')), format(pin.valueAt(metric, moment ?? Infinity)));
      setText(/** @type {Element} */ (line.querySelector('.ended-note')), pin.ended ? 'ended' : '');
    });
  }

  /** @param {Pin} pin @param {number} i */
  #legendLine({ id, pid }, i) {
    // A name in another direction of writing must not move the PID.
    const link = button('', { class: 'link', title: `Details of PID ${pid}` }, () => this.#on.open(id));
    link.append(el('bdi'), ` ${pid}`);
    return el('li', {},
      el('span', { class: `swatch series-${i}`, 'aria-hidden': 'true' }),
      link,
      el('span', { class: 'muted ended-note' }), el('strong'),
      button('×', { class: 'tool quiet unpin', 'aria-label': `Unpin PID ${pid}`, title: 'Unpin' }, () => this.#on.unpin(id)));
  }
}

/** @param {string} id @param {TreeModel} model @param {History} history */
function newPin(id, model, history) {
  const pin = new Pin(id);
  pin.begin(model, history);
  const slot = model.slotOf(id);
  if (slot >= 0) pin.name = model.text(slot, 'name');
  return pin;
}

/** @param {WatchedKey} metric @param {CpuContext} context @returns {(value: number) => string} */
function formatOf(metric, context) {
  if (metric === 'cpu') return (value) => formatCPU(value, context);
  return metric === 'memory' ? formatBytes : formatRate;
}
