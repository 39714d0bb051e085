import { type Field, FieldType } from '@grafana/data';
import type { Column } from './columns.ts';

/** A number by which rows are told apart is looked for as often as a name. */
export const isIdentifier = ({ name, type }: Field): boolean => type === FieldType.number && /^p?pid$|(^|_)id$/i.test(name);

/** An ID as a text; "" is none. */
export function keyOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === null || value === undefined ? '' : String(value);
}

/** How the values of a column read: as what they are mapped to, where they are mapped. */
export function textReader({ field, show }: Column): { isMapped: boolean; textOf: (value: unknown) => string } {
  const isMapped = field.type === FieldType.enum || (field.config.mappings?.length ?? 0) > 0;
  const textOf = (value: unknown) => {
    if (value === null || value === undefined) return '';
    if (isMapped) return show(value).text;
    if (typeof value === 'string') return value;
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
  };
  return { isMapped, textOf };
}
