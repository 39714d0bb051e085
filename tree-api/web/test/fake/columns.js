/** The objects of a node that hold figures, and the texts of it. */
const OBJECTS = /** @type {Record<string, readonly string[]>} */ ({
  cpu: ['user_seconds', 'system_seconds', 'cores'],
  memory: ['resident_bytes', 'virtual_bytes', 'swap_bytes'],
  io: ['read_bytes', 'written_bytes', 'read_bytes_per_second', 'written_bytes_per_second'],
});
const FIGURES = ['pid', 'ppid', 'start_time', 'threads', 'nice', 'open_fds'];
const TEXTS = ['name', 'exe', 'cmdline', 'user', 'unit', 'container', 'pod_uid', 'state', 'kernel', 'group', 'context'];

/**
 * Writes processes as the API does in columns.
 * @param {any[]} nodes
 * @returns {Record<string, any>}
 */
export function columnsOf(nodes) {
  return {
    id: nodes.map(({ id }) => id),
    ...Object.fromEntries(FIGURES.map((field) => [field, nodes.map((node) => node[field] ?? null)])),
    ...Object.fromEntries(Object.entries(OBJECTS).map(([object, fields]) => [
      object, Object.fromEntries(fields.map((field) => [field, nodes.map((node) => node[object]?.[field] ?? null)])),
    ])),
    ...Object.fromEntries(TEXTS.map((field) => [field, dictionaryOf(nodes.map((node) => node[field] ?? null))])),
  };
}

/** @param {any[]} list */
function dictionaryOf(list) {
  const texts = list.map((value) => JSON.stringify(value));
  const values = [...new Set(texts)];
  const places = new Map(values.map((text, i) => [text, i]));
  return { values: values.map((text) => JSON.parse(text)), index: texts.map((text) => places.get(text)) };
}
