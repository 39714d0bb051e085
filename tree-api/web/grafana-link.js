/** The link to Grafana: --web.grafana-url, whose placeholders the exporter has checked. */

/** @import { TreeModel } from './tree-model.js' */

/**
 * What a link is filled in for.
 * @typedef {object} Subject
 * @property {string} [host] The host's name.
 * @property {TreeModel} [model]
 * @property {number} [slot] The process in the model; none is the host.
 */

/** How far back a link looks, in milliseconds; for a younger process not before its start. */
const RANGE = 6 * 3600e3;
/** A chart begins a little before the process. */
const MARGIN = 60e3;

/** @param {string} key @returns {(subject: Subject) => string|number|undefined} */
const text = (key) => ({ model, slot }) => (slot === undefined ? undefined : model?.text(slot, key));

/** What stands for each placeholder; undefined or "" is not known. @type {Record<string, (subject: Subject) => string|number|undefined>} */
const VALUES = {
  host: ({ host }) => host,
  pid: ({ model, slot }) => (slot === undefined ? undefined : model?.number(slot, 'pid')),
  name: (subject) => text('name')(subject),
  user: (subject) => text('user')(subject),
  group: (subject) => text('group')(subject),
  unit: (subject) => text('unit')(subject),
  container: (subject) => text('container')(subject),
  from: ({ model, slot }) => {
    const start = slot === undefined ? NaN : (model?.number(slot, 'start_time') ?? NaN) * 1e3;
    return start > Date.now() - RANGE ? Math.round(start - MARGIN) : 'now-6h';
  },
  to: () => 'now',
};

/**
 * Fills in a link. A parameter for which something is not known is left out, so that Grafana shows
 * its default.
 * @param {unknown} template
 * @param {Subject} subject
 * @returns {string|undefined} undefined unless it leads to a web page.
 */
export function grafanaLink(template, subject) {
  if (typeof template !== 'string') return undefined;
  const [, address, query, fragment = ''] = /** @type {RegExpMatchArray} */ (template.match(/^([^?#]*)\??([^#]*)(#.*)?$/s) ?? []);
  if (!address) return undefined;
  const parameters = query.split('&').map((part) => fill(part, subject)).filter((part) => part !== '');
  return safeLink(address + (parameters.length > 0 ? `?${parameters.join('&')}` : '') + fill(fragment, subject));
}

/** @param {string} part @param {Subject} subject @returns {string} "" if something is not known. */
function fill(part, subject) {
  let known = true;
  const filled = part.replace(/\{([a-z]+)\}/g, (_, name) => {
    const value = Object.hasOwn(VALUES, name) ? VALUES[name](subject) : undefined;
    known &&= value !== undefined && value !== '';
    return encodeURIComponent(String(value ?? '').toWellFormed());
  });
  return known ? filled : '';
}

/** Whether a link is another one for each process. @param {unknown} template */
export const isForProcesses = (template) => typeof template === 'string' && /\{(?!host\}|from\}|to\})[a-z]+\}/.test(template);

/**
 * @param {unknown} link
 * @returns {string|undefined} undefined unless it leads to a web page.
 */
export function safeLink(link) {
  if (typeof link !== 'string' || !URL.canParse(link, document.baseURI)) return undefined;
  const url = new URL(link, document.baseURI);
  return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : undefined;
}
