import { Watch } from './alerts.js';
import { button, el, setText } from './dom.js';
import { Firing } from './firing.js';
import { formatBytes, formatCores, formatPercent } from './format.js';
import { visible } from './visible.js';
import { withIcon } from './icons.js';
import { Menu } from './menu.js';

/** @import { TreeModel } from './tree-model.js' */
/** @import { Crossing, Limits } from './alerts.js' */
/** @import { HostMetrics } from './overview.js' */

const STORAGE_KEY = 'proctree-alerts';
const MIB = 1024 * 1024;
/** More crossings than this in one update become one message. */
const MOST_MESSAGES = 3;
const TOAST_MILLISECONDS = 12_000;

/** @type {{key: keyof Limits, title: string, factor: number, format: (value: number) => string}[]} */
const FIELDS = [
  { key: 'processCPU', title: 'CPU of a process, cores', factor: 1, format: (v) => `${formatCores(v)} CPUs` },
  { key: 'processMemory', title: 'Memory of a process, MiB', factor: MIB, format: formatBytes },
  { key: 'hostCPU', title: 'CPU of the host, %', factor: 0.01, format: (v) => `CPU at ${formatPercent(v)}` },
  { key: 'hostMemory', title: 'Memory of the host, %', factor: 0.01, format: (v) => `memory at ${formatPercent(v)}` },
];

/** The alerts: those of Prometheus, and the limits of this browser, which are off until somebody sets them. */
export class Alerts {
  menu = new Menu('Alerts', { id: 'alerts', title: 'Alerts, and limits of this browser', onOpen: (panel) => this.#fill(panel) });
  /** @type {Limits} */
  #limits = load();
  #watch = new Watch();
  #toasts;
  #onSelect;
  #model;
  #count = el('span', { class: 'firing-count', hidden: true });
  #firing;

  /** @param {HTMLElement} toasts @param {TreeModel} model @param {{select: (id: string) => void, group: (group: string) => void}} on */
  constructor(toasts, model, { select, group }) {
    this.#toasts = toasts;
    this.#model = model;
    this.#onSelect = select;
    this.#firing = new Firing({
      count: (count) => this.#showCount(count),
      group: (name) => {
        this.menu.close();
        group(name);
      },
    });
    withIcon('bell', this.menu.button).setAttribute('aria-label', 'Alerts');
    this.menu.button.append(this.#count);
    this.#showActive();
  }

  /** @param {any} host The answer of GET api/v1/host. */
  setHost(host) { this.#firing.setHost(host); }

  /** @param {number} count How many alerts are firing. */
  #showCount(count) {
    this.#count.hidden = count === 0;
    setText(this.#count, count > 99 ? '99+' : String(count));
    this.menu.button.setAttribute('aria-label', count === 0 ? 'Alerts' : `Alerts: ${count} firing`);
  }

  /** Looks at the figures of a message. @param {HostMetrics} host */
  check(host) {
    if (!this.isOn) return;
    const crossings = this.#watch.check(this.#limits, this.#model, host);
    if (crossings.length > MOST_MESSAGES) {
      const worst = crossings[0];
      this.#tell(`${crossings.length} values exceeded their limits; the first is ${this.#describe(worst)}`, worst.id);
      return;
    }
    for (const crossing of crossings) this.#tell(this.#describe(crossing), crossing.id);
  }

  /** Whether there is a limit to watch. */
  get isOn() {
    return Object.keys(this.#limits).length > 0;
  }

  /** @param {Crossing} crossing */
  #describe({ limit, id, value }) {
    const field = /** @type {typeof FIELDS[number]} */ (FIELDS.find((f) => f.key === limit));
    if (id === undefined) return `this host: ${field.format(value)}`;
    const slot = this.#model.slotOf(id);
    return `${this.#model.text(slot, 'name') || '?'} (PID ${this.#model.number(slot, 'pid')}): ${field.format(value)}`;
  }

  /** @param {string} text @param {string} [id] */
  #tell(text, id) {
    const toast = el('div', { class: 'notice warn toast' }, el('span', {}, text));
    if (id) toast.append(button('Show', { class: 'tool' }, () => this.#onSelect(id)));
    toast.append(button('Dismiss', { class: 'tool' }, () => toast.remove()));
    this.#toasts.append(toast);
    setTimeout(() => toast.remove(), TOAST_MILLISECONDS);
    if (!mayNotify()) return;
    const notification = new Notification(document.title, { body: visible(text), tag: `proctree ${text.split(':')[0]}` });
    notification.addEventListener('click', () => {
      focus();
      if (id) this.#onSelect(id);
    });
  }

  /** @param {HTMLElement} panel */
  #fill(panel) {
    const fields = FIELDS.map(({ key, title, factor }) => {
      const current = this.#limits[key];
      const input = el('input', { type: 'number', min: '0', step: 'any', name: key, placeholder: 'off', value: current === undefined ? '' : +(current / factor).toFixed(4) });
      input.addEventListener('change', () => this.#set(key, input.valueAsNumber * factor));
      return el('label', { class: 'field' }, title, input);
    });
    this.#firing.load();
    panel.replaceChildren(
      this.#firing.element,
      el('h2', {}, 'Limits of this browser'),
      el('p', { class: 'muted' }, 'Shows a message when a value exceeds its limit in two updates in a row. An empty field is off. The limits are stored in this browser and work while the page is open.'),
      ...fields, notificationLine(),
    );
  }

  /** @param {keyof Limits} key @param {number} value */
  #set(key, value) {
    if (value > 0) this.#limits[key] = value;
    else delete this.#limits[key];
    localStorage.setItem(STORAGE_KEY, JSON.stringify(this.#limits));
    this.#showActive();
  }

  #showActive() {
    this.menu.button.classList.toggle('active', this.isOn);
  }
}

/** @returns {Limits} */
function load() {
  try {
    const stored = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? '{}');
    return Object.fromEntries(FIELDS.filter(({ key }) => stored[key] > 0).map(({ key }) => [key, Number(stored[key])]));
  } catch {
    return {};
  }
}

const mayNotify = () => 'Notification' in window && Notification.permission === 'granted';

/** What is to be said or asked about the browser's own notifications. */
function notificationLine() {
  if (!isSecureContext || !('Notification' in window)) {
    return el('p', { class: 'muted' }, 'Messages appear on this page. Browser notifications need HTTPS.');
  }
  if (Notification.permission === 'denied') return el('p', { class: 'muted' }, 'Messages appear on this page. This browser blocks notifications for it.');
  if (Notification.permission === 'granted') return el('p', { class: 'muted' }, 'Messages appear on this page and as notifications.');
  const ask = button('Also notify me outside this page', { class: 'tool' }, async () => {
    await Notification.requestPermission();
    ask.replaceWith(notificationLine());
  });
  return ask;
}
