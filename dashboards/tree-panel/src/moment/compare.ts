import { type DataFrame, type Field, FieldType, getFieldDisplayName } from '@grafana/data';
import { known } from '../frame/known.ts';
import type { Picked } from '../frame/pick.ts';
import { keyOf } from '../frame/values.ts';
import type { FieldOptions } from '../options.ts';

/** The column that says which rows are in one of the moments only. */
export const STATE = 'compared';
export const BEFORE = ' before';
export const CHANGE = ' change';

/** Where each row of the comparison is in the two frames; -1 for nowhere. */
interface Places {
  before: Int32Array;
  after: Int32Array;
}

/**
 * Two moments of one tree as one: the rows of the later one, then those that are in the earlier one only. Each value
 * that has a sum stands beside what it was before and how it has changed; so the sums of a branch agree with each
 * other. A value that is not known in one of the moments has no change, while a row that is not there counts as 0.
 */
export function compare(before: Picked, after: Picked): Picked {
  const places = placesOf(before, after);
  const pairs = after.fields.columns.map((field) => ({ field, earlier: before.fields.columns.find(({ name }) => name === field.name) }));
  const join = (field: Field, earlier: Field | undefined) => joined(field, earlier, places);
  const columns = pairs.flatMap(({ field, earlier }) => (isCompared(field) ? compared(field, earlier, after.frame, places) : [join(field, earlier)]));
  const label = columns.find(({ name }) => name === after.fields.label.name)!;
  const id = join(after.fields.id, before.fields.id);
  const parent = join(after.fields.parent, before.fields.parent);
  const state: Field = {
    name: STATE,
    type: FieldType.string,
    config: { displayName: 'Compared', description: 'Whether the row is in one of the two moments only.', custom: { compared: 'state' } satisfies FieldOptions },
    values: Array.from(places.after, (place, row) => (place < 0 ? 'ended' : places.before[row] < 0 ? 'new' : '')),
  };
  const rest = columns.filter((field) => field !== label);
  const frame: DataFrame = { ...after.frame, length: places.after.length, fields: [id, parent, label, state, ...rest] };
  return { ...after, frame, fields: { id, parent, label, columns: [label, state, ...rest] } };
}

function placesOf(before: Picked, after: Picked): Places {
  const earlier = new Map<string, number>();
  before.fields.id.values.forEach((id, row) => {
    const key = keyOf(id);
    if (!earlier.has(key)) earlier.set(key, row);
  });
  const places: { before: number[]; after: number[] } = { before: [], after: [] };
  after.fields.id.values.forEach((id, row) => {
    const key = keyOf(id);
    places.before.push(earlier.get(key) ?? -1);
    places.after.push(row);
    earlier.delete(key);
  });
  for (const row of earlier.values()) {
    places.before.push(row);
    places.after.push(-1);
  }
  return { before: Int32Array.from(places.before), after: Int32Array.from(places.after) };
}

/** Whether what a field was before, and its change, say something: not of a PID or a start. */
function isCompared({ name, type, config }: Field): boolean {
  const { sum = 'auto' } = (config.custom ?? {}) as FieldOptions;
  return type === FieldType.number && (sum === 'auto' ? known(name).sum === true : sum === 'yes');
}

/** A field as it is after, and as it was before of rows that have ended. */
function joined(field: Field, earlier: Field | undefined, places: Places): Field {
  const count = field.values.length;
  const ended = places.before.subarray(count);
  const { getLinks } = field;
  return {
    ...field,
    values: [...field.values, ...Array.from(ended, (row) => earlier?.values[row] ?? null)],
    // A link takes its values from the frame that the row is of.
    getLinks: getLinks && ((config) => {
      const row = config.valueRowIndex ?? 0;
      return row < count ? getLinks(config) : earlier?.getLinks?.({ ...config, valueRowIndex: ended[row - count] }) ?? [];
    }),
  };
}

/** What a value was, what it is, and how it has changed. */
function compared(field: Field, earlier: Field | undefined, frame: DataFrame, { before, after }: Places): Field[] {
  const title = getFieldDisplayName(field, frame);
  const numberAt = (values: unknown[] | undefined, row: number): number | null => {
    const value = row < 0 ? 0 : values?.[row];
    return typeof value === 'number' ? value : null;
  };
  const derived = (suffix: string, part: 'before' | 'change', values: unknown[]): Field => ({
    ...field,
    name: field.name + suffix,
    values,
    getLinks: undefined,
    state: undefined,
    config: { ...field.config, displayName: title + suffix, custom: { ...field.config.custom, sum: 'yes', width: undefined, compared: part, comparedField: field.name } satisfies FieldOptions },
  });
  return [
    derived(BEFORE, 'before', Array.from(before, (row) => (row < 0 ? null : earlier?.values[row] ?? null))),
    { ...field, values: Array.from(after, (row) => (row < 0 ? null : field.values[row])) },
    derived(CHANGE, 'change', Array.from(after, (row, i) => {
      const [was, is] = [numberAt(earlier?.values, before[i]), numberAt(field.values, row)];
      return was === null || is === null ? null : is - was;
    })),
  ];
}
