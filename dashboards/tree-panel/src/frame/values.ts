import { type Field, FieldType } from '@grafana/data';

/** A number by which rows are told apart is looked for as often as a name. */
export const isIdentifier = ({ name, type }: Field): boolean => type === FieldType.number && /^p?pid$|(^|_)id$/i.test(name);

/** An ID as a text; "" is none. */
export function keyOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === null || value === undefined ? '' : String(value);
}

/** Whether values are shown as what they are mapped to. */
export const isMapped = ({ type, config }: Field): boolean => type === FieldType.enum || (config.mappings?.length ?? 0) > 0;

/**
 * How the values of a field read.
 * @param show The text that a mapped value is shown as.
 */
export function textReader(field: Field, show: (value: unknown) => string): (value: unknown) => string {
  const mapped = isMapped(field);
  return (value) => {
    if (value === null || value === undefined) return '';
    if (mapped) return show(value);
    if (typeof value === 'string') return value;
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
  };
}
