import { Sparkline } from './charts.js';
import { el, setText } from './dom.js';

/** @import { TreeModel } from './tree-model.js' */
/** @import { History, HistoryKey } from './history.js' */

/** A chart of one process with its last and its largest value. */
export class ChartLine {
  #value = el('strong');
  #most = el('span', { class: 'muted' });
  #key;
  #format;
  #chart;
  element;

  /** @param {string} title @param {HistoryKey} key @param {(value: number) => string} format */
  constructor(title, key, format) {
    this.#key = key;
    this.#format = format;
    this.#chart = new Sparkline(`${title} of this process since the page opened`);
    this.element = el('div', { class: `chart-line ${key}-chart` }, el('div', { class: 'chart-figures' }, el('span', {}, title), this.#value, this.#most), this.#chart.element);
  }

  /** @param {TreeModel} model @param {History} history @param {number} slot */
  show(model, history, slot) {
    const { times, values } = history.series(slot, this.#key);
    setText(this.#value, this.#format(model.number(slot, this.#key)));
    const most = Math.max(...values.filter((v) => !Number.isNaN(v)));
    setText(this.#most, Number.isFinite(most) ? `peak ${this.#format(most)}` : '');
    this.#chart.draw(times, values);
  }
}
