import { Sparkline } from './charts.js';
import { el, setText } from './dom.js';

/** @import { TreeModel } from './tree-model.js' */
/** @import { History, HistoryKey } from './history.js' */

/** A chart of one process with its last and its largest value. */
export class ChartLine {
  #value = el('strong');
  #most = el('span', { class: 'muted' });
  #key;
  #title = el('span');
  #chart;
  element;

  /** @param {string} title @param {HistoryKey} key */
  constructor(title, key) {
    this.#key = key;
    this.#chart = new Sparkline(`${title} of this process since the page opened`);
    this.element = el('div', { class: `chart-line ${key}-chart` }, el('div', { class: 'chart-figures' }, this.#title, this.#value, this.#most), this.#chart.element);
  }

  /**
   * @param {TreeModel} model
   * @param {History} history
   * @param {number} slot
   * @param {{title: string, format: (value: number) => string}} figure
   */
  show(model, history, slot, { title, format }) {
    setText(this.#title, title);
    const { times, values } = history.series(slot, this.#key);
    setText(this.#value, format(model.number(slot, this.#key)));
    const most = Math.max(...values.filter((v) => !Number.isNaN(v)));
    setText(this.#most, Number.isFinite(most) ? `peak ${format(most)}` : '');
    this.#chart.draw(times, values);
  }
}
