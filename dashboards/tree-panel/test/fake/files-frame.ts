import { type DataFrame, type Field, type FieldConfig, FieldType, applyFieldOverrides, createTheme, toDataFrame } from '@grafana/data';
import { type Column, columnsOf } from '../../src/frame/columns.ts';
import { findFields } from '../../src/frame/fields.ts';
import type { Rows } from '../../src/frame/frame-table.ts';
import { DEFAULTS, type PanelOptions } from '../../src/options.ts';

/** A row of a made-up tree that is not of processes. */
export type FileRow = [id: string | null, parent: string | null, size: number | null, owner?: string | null];

/** A small tree: etc with two files, var with log with one file. */
export const FILES: FileRow[] = [
  ['/', null, null, 'root'], ['/etc', '/', 4, 'root'], ['/etc/hosts', '/etc', 1, 'root'], ['/etc/passwd', '/etc', 3, 'root'],
  ['/var', '/', 0, 'root'], ['/var/log', '/var', 2, 'syslog'], ['/var/log/messages', '/var/log', 70, 'syslog'],
];

/** The frame of the rows, with the display of Grafana. */
export function filesFrame(rows: FileRow[], configs: Record<string, FieldConfig> = {}): DataFrame {
  const field = (name: string, type: FieldType, at: number): Field => ({ name, type, values: rows.map((row) => row[at] ?? null), config: configs[name] ?? {} });
  const frame = toDataFrame({ name: 'files', fields: [field('id', FieldType.string, 0), field('parent', FieldType.string, 1), field('size', FieldType.number, 2), field('owner', FieldType.string, 3)] });
  const [shown] = applyFieldOverrides({ data: [frame], fieldConfig: { defaults: {}, overrides: [] }, replaceVariables: (text) => text, theme: createTheme() });
  return shown;
}

/** What the tree takes of a frame. */
export function rowsOf(frame: DataFrame, options: Partial<PanelOptions> = {}): Rows & { columns: Column[] } {
  const all = { ...DEFAULTS, ...options };
  const fields = findFields(frame, all);
  if ('problem' in fields) throw new Error(fields.problem);
  return { length: frame.length, id: fields.id, parent: fields.parent, columns: columnsOf(frame, fields, [frame], all) };
}
