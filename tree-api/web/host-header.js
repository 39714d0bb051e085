import { byId, el, setHidden, setText } from './dom.js';
import { grafanaLink } from './grafana-link.js';
import { withIcon } from './icons.js';
import { formatDuration } from './format.js';

/** Writes the host's name and what is known of it into the head of the page. */
export class HostHeader {
  #grafana = withIcon('chart', el('a', { id: 'grafana', class: 'tool', target: '_blank', rel: 'noopener noreferrer', title: 'History in Grafana', 'aria-label': 'Grafana', hidden: true }, 'Grafana'));

  #logout = el('form', { id: 'logout', method: 'post', action: 'logout', hidden: true }, withIcon('exit', el('button', { class: 'tool', title: 'End this session', 'aria-label': 'Sign out' }, 'Sign out')));

  /** @type {unknown} What links.grafana was last. */
  #link;

  /** @param {HTMLElement} tools Where the link to Grafana and the way out go. */
  constructor(tools) {
    tools.append(this.#grafana, this.#logout);
  }

  /** @param {any} host The answer of GET api/v1/host. */
  show(host) {
    const { name, os, kernel, arch, cpus, uptime_seconds: uptime, links } = host;
    setText(byId('host-name'), name ?? 'proctree');
    const title = name ? `${name} · proctree` : 'proctree';
    if (document.title !== title) document.title = title;
    const facts = [
      [os, kernel, arch].filter(Boolean).join(' '),
      cpus === undefined ? '' : `${cpus} CPUs`,
      uptime === undefined ? '' : `up ${formatDuration(uptime)}`,
    ];
    setText(byId('host-facts'), facts.filter(Boolean).join(' · '));
    setHidden(this.#logout, links?.logout === undefined);
    if (links?.grafana === this.#link) return;
    this.#link = links?.grafana;
    const grafana = grafanaLink(this.#link, { host: name });
    this.#grafana.hidden = grafana === undefined;
    if (grafana !== undefined) this.#grafana.href = grafana;
  }
}
