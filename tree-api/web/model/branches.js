/** What the tree can be nested by, as the parameter `by` of GET /api/v1/tree. @typedef {'parent'|'cgroup'|'user'|'group'} By */
/** @import { Columns } from './columns.js' */

/**
 * One level on the way to a process: what kind it is, and its name, "" for processes of which it is not known.
 * @typedef {object} Step
 * @property {'slice'|'unit'|'pod'|'container'|'cgroup'|'user'|'group'} kind
 * @property {string} name As the API has it.
 * @property {string} label What is shown of it.
 */

/** The texts of a row, by the name of the metric; "" is not known. @typedef {(metric: string) => string} Texts */

/** What each tree needs to know of a process. @type {Record<Exclude<By, 'parent'>, readonly string[]>} */
export const TEXTS_OF = {
  cgroup: ['cgroup', 'unit', 'pod_uid', 'namespace', 'pod', 'container', 'container_name'],
  user: ['user'],
  group: ['group'],
};

/** @type {readonly By[]} */
export const NESTINGS = ['parent', 'cgroup', 'user', 'group'];

/** @param {string|null} text @returns {By} */
export const nestingOf = (text) => NESTINGS.find((by) => by === text) ?? 'parent';

/** Deeper control groups are part of the name of the last level, as in the API: a path can have 2,000 of them. */
const MOST_LEVELS = 98;

/** As much of the ID of a container as its tools show. */
const SHORT_ID = 12;

/**
 * The way to a process, as the server takes it (tree-api/tree/branches.go); tree-api/tree/testdata/nesting.json holds
 * the cases that both pass.
 * @param {By} by
 * @param {Texts} text
 * @returns {Step[]}
 */
export function stepsTo(by, text) {
  if (by === 'user' || by === 'group') return [step(by, text(by), text(by) || `(no ${by})`)];
  return text('cgroup') === '' ? knownSteps(text) : pathSteps(text('cgroup'), text);
}

/** @param {Step['kind']} kind @param {string} name @param {string} label @returns {Step} */
const step = (kind, name, label) => ({ kind, name, label });

/** For those who do not see the path of a control group. @param {Texts} text */
function knownSteps(text) {
  const way = [];
  if (text('unit') !== '') way.push(step('unit', text('unit'), text('unit')));
  if (text('pod_uid') !== '') way.push(podStep(text));
  if (text('container') !== '') way.push(containerStep(text));
  return way.length > 0 ? way : [step('cgroup', '', '(no control group)')];
}

/** @param {string} path @param {Texts} text */
function pathSteps(path, text) {
  const parts = path.replace(/^\/+|\/+$/g, '').split('/');
  const names = parts.length > MOST_LEVELS ? [...parts.slice(0, MOST_LEVELS - 1), parts.slice(MOST_LEVELS - 1).join('/')] : parts;
  return names.map((name) => {
    const [container, pod] = [text('container'), text('pod_uid')];
    if (container !== '' && name.includes(container)) return containerStep(text);
    // The systemd driver writes the UID of a pod with underscores.
    if (pod !== '' && (name.includes(pod) || name.includes(pod.replaceAll('-', '_')))) return podStep(text);
    if (name !== '' && name === text('unit')) return step('unit', name, name);
    return step(name.endsWith('.slice') ? 'slice' : 'cgroup', name || '/', name || '/');
  });
}

/** @param {Texts} text */
function podStep(text) {
  const [uid, pod, namespace] = [text('pod_uid'), text('pod'), text('namespace')];
  return step('pod', uid, pod === '' ? `pod ${uid}` : `pod ${namespace}/${pod}`);
}

/** @param {Texts} text */
function containerStep(text) {
  const [id, name] = [text('container'), text('container_name')];
  return step('container', id, `container ${name || (/^[0-9a-f]{32,}$/.test(id) ? id.slice(0, SHORT_ID) : id)}`);
}

/**
 * Whether rows with these columns can be nested by something.
 * @param {By} by @param {Columns} columns @param {(metric: string) => string|undefined} keyOf The column of a metric.
 */
export function canNest(by, { texts }, keyOf) {
  if (by === 'parent') return true;
  return TEXTS_OF[by].some((metric) => texts.includes(keyOf(metric) ?? ''));
}
