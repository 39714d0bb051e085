import { NUMBER_COLUMNS, TEXT_COLUMNS } from '../../model/columns.js';

const OBJECTS = [...new Set(NUMBER_COLUMNS.flatMap(({ within }) => within ?? []))];
const TEXTS = [...TEXT_COLUMNS.map(({ field }) => field), 'kernel', 'context'];

/** @param {string|undefined} object */
const fieldsOf = (object) => NUMBER_COLUMNS.filter(({ within }) => within === object).map(({ field }) => field);

/**
 * Writes processes as the API does in columns.
 * @param {any[]} nodes
 * @returns {Record<string, any>}
 */
export function columnsOf(nodes) {
  return {
    id: nodes.map(({ id }) => id),
    ...Object.fromEntries(fieldsOf(undefined).map((field) => [field, nodes.map((node) => node[field] ?? null)])),
    ...Object.fromEntries(OBJECTS.map((object) => [
      object, Object.fromEntries(fieldsOf(object).map((field) => [field, nodes.map((node) => node[object]?.[field] ?? null)])),
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
