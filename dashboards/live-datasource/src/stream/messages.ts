import type { DataFrameJSON } from '@grafana/data';

/** A process as differences tell it: fields by name, null for what is no longer known. */
export type Row = { id: string } & Record<string, unknown>;

/** The messages of a stream, in the order of seq. */
export type StreamMessage =
  | { type: 'full'; seq: number; frame: DataFrameJSON }
  | { type: 'diff'; seq: number; about: Record<string, unknown>; removed: string[]; added: Row[]; changed: Row[] }
  | { type: 'error'; seq: number; message: string };
