import { get } from './api.js';
import { button, el } from './dom.js';
import { formatCount, formatDuration } from './format.js';

/**
 * An alert of Prometheus: GET /api/v1/alerts.
 * @typedef {object} Alert
 * @property {string} name
 * @property {string} [severity]
 * @property {number} [since] In Unix seconds.
 * @property {Record<string, string>} labels
 */

/** The exporter asks Prometheus no more often. */
const REFRESH_MILLISECONDS = 30_000;
/** These are the same for all alerts of a host. */
const SAME = new Set(['instance', 'job', 'group']);

/** The alerts of this host that are firing in Prometheus, which the exporter asks. */
export class Firing {
  element = el('section', { class: 'firing', 'aria-label': 'Firing in Prometheus', hidden: true });
  #onCount;
  #onGroup;
  /** @type {string|undefined} Where the alerts are to be had. */
  #path;

  /** @param {{count: (count: number) => void, group: (group: string) => void}} on count is told how many are firing; group is asked to show one. */
  constructor({ count, group }) {
    this.#onCount = count;
    this.#onGroup = group;
    setInterval(() => { if (!document.hidden) this.load(); }, REFRESH_MILLISECONDS);
  }

  /** @param {any} host The answer of GET api/v1/host, which names the call if there is a Prometheus. */
  setHost({ links }) {
    if (links?.alerts === this.#path) return;
    this.#path = links?.alerts;
    this.element.hidden = this.#path === undefined;
    this.load();
  }

  async load() {
    if (this.#path === undefined) return;
    try {
      const { alerts, total, time } = await get(this.#path);
      this.#show(alerts, total, time);
      this.#onCount(total);
    } catch (error) {
      this.#onCount(0);
      this.element.replaceChildren(head(), el('p', { class: 'muted' }, `Not known: ${error instanceof Error ? error.message : error}`));
    }
  }

  /** @param {Alert[]} alerts @param {number} total @param {number} now */
  #show(alerts, total, now) {
    const rest = total - alerts.length;
    this.element.replaceChildren(head(), ...alerts.length === 0 ? [el('p', { class: 'muted' }, 'No alert of this host is firing.')] : [
      el('ul', {}, ...alerts.map((alert) => this.#line(alert, now))),
      rest > 0 ? el('p', { class: 'muted' }, `and ${formatCount(rest)} more`) : '',
    ]);
  }

  /** @param {Alert} alert @param {number} now */
  #line({ name, severity, since, labels }, now) {
    const more = Object.entries(labels).filter(([label]) => !SAME.has(label)).map(([label, value]) => `${label}: ${value}`);
    const { group } = labels;
    return el('li', { class: `severity-${severity === 'critical' || severity === 'warning' ? severity : 'other'}` },
      el('strong', {}, name),
      el('span', { class: 'muted' }, [severity, since !== undefined && `for ${formatDuration(now - since)}`, ...more].filter(Boolean).join(' · ')),
      group !== undefined && button(`group ${group}`, { class: 'link', title: `Show the processes of ${group}` }, () => this.#onGroup(group)));
  }
}

const head = () => el('h2', {}, 'Firing in Prometheus');
