import { type DataFrame, type Field, FieldType } from '@grafana/data';
import type { PanelOptions } from '../options.ts';

/** The fields of a frame that make a tree of it. */
export interface TreeFields {
  id: Field;
  parent: Field;
  label: Field;
  /** The label included. */
  columns: Field[];
}

/** Why a frame is no tree, to be read by the person who made the query. */
export interface Problem {
  problem: string;
}

const ID_NAMES = ['id', 'pid', 'uid', 'key'];
const PARENT_NAMES = ['parent', 'parentid', 'parent_id', 'ppid', 'parent_pid'];
const LABEL_NAMES = ['name', 'label', 'title', 'comm'];

const isColumn = ({ type }: Field): boolean => type !== FieldType.nestedFrames && type !== FieldType.frame && type !== FieldType.trace;

/**
 * Finds the fields by the options, else by their names.
 * An option that names no field is a problem, not a reason to guess.
 */
export function findFields(frame: DataFrame, options: PanelOptions): TreeFields | Problem {
  const fields = frame.fields.filter(isColumn);
  const id = options.idField ? named(fields, options.idField) : byNames(fields, ID_NAMES);
  const parent = options.parentField ? named(fields, options.parentField) : parentFor(fields, id);
  for (const [what, name, field] of [['ID', options.idField, id], ['parent', options.parentField, parent]] as const) {
    if (field) continue;
    if (name) return { problem: `The frame has no field named “${name}”, which the options name as the ${what} field.` };
    return { problem: `The frame has no ${what} field (${(what === 'ID' ? ID_NAMES : PARENT_NAMES).join(', ')}). Name it in the panel’s options.` };
  }
  const rest = fields.filter((field) => field !== id && field !== parent);
  const label = named(fields, options.labelField) ?? byNames(rest, LABEL_NAMES) ?? rest.find((f) => f.type === FieldType.string) ?? id!;
  return { id: id!, parent: parent!, label, columns: columnsOf(fields, { id: id!, parent: parent!, label }) };
}

function named(fields: Field[], name: string | undefined): Field | undefined {
  return fields.find((field) => field.name === name) ?? fields.find(({ config }) => config.displayName !== undefined && config.displayName === name);
}

function byNames(fields: Field[], names: readonly string[]): Field | undefined {
  for (const name of names) {
    const field = fields.find((f) => f.name.toLowerCase() === name);
    if (field) return field;
  }
  return undefined;
}

/** A process ID has its parent in ppid, whatever other field is there. */
function parentFor(fields: Field[], id: Field | undefined): Field | undefined {
  const names = id?.name.toLowerCase() === 'pid' ? ['ppid', ...PARENT_NAMES] : PARENT_NAMES;
  return byNames(fields, names);
}

/** The label first. An ID that is made of text only links the rows, so that nobody reads it. */
function columnsOf(fields: Field[], { id, parent, label }: Omit<TreeFields, 'columns'>): Field[] {
  const isLink = (field: Field) => (field === id || field === parent) && field.type === FieldType.string;
  return [label, ...fields.filter((field) => field !== label && !isLink(field))];
}
