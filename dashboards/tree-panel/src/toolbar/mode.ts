import { type DataFrame, dateTimeFormat } from '@grafana/data';
import type { Stale } from '../stale.ts';

/** What a data source says about a frame in meta.custom; all of it may be absent. */
interface FrameFacts {
  mode?: 'live' | 'history';
  partial?: boolean;
  /** In Unix milliseconds. */
  time?: number;
  total?: number;
}

/** How fresh and how whole the rows are. */
export interface Mode {
  text: string;
  color: 'green' | 'blue' | 'orange' | 'red';
  /** Whether there is more to say: notesOf. */
  hasNotes: boolean;
}

/** The badge of a frame; undefined when its data source says nothing and warns of nothing. @param stale Takes the place of all else. */
export function modeOf({ meta }: DataFrame, timeZone?: string, stale?: Stale): Mode | undefined {
  const { mode, partial, time } = factsOf(meta);
  const notices = meta?.notices ?? [];
  if (stale) return { text: `Stale for ${stale.seconds} s: ${stale.reason}`, color: 'red', hasNotes: true };
  const isPartial = partial === true;
  const hasWarning = notices.some(({ severity }) => severity !== 'info');
  const parts: string[] = [];
  if (mode === 'live') parts.push('Live');
  if (mode === 'history') parts.push(time === undefined ? 'Past' : `At ${dateTimeFormat(time, { timeZone, format: 'MM-DD HH:mm:ss' })}`);
  if (isPartial) parts.push('partial');
  if (hasWarning) parts.push('warning');
  if (parts.length === 0) return undefined;
  const text = parts.join(' · ');
  return {
    text: text[0].toUpperCase() + text.slice(1),
    color: isPartial || hasWarning ? 'orange' : mode === 'live' ? 'green' : 'blue',
    hasNotes: notices.length > 0 || partial === true || time !== undefined,
  };
}

/** What else there is to say about how fresh and how whole the rows are, line by line. */
export function notesOf({ meta, length }: DataFrame, timeZone?: string): string[] {
  const { partial, time, total } = factsOf(meta);
  const notes = (meta?.notices ?? []).map(({ text }) => text);
  if (partial && notes.length === 0) notes.push(total ? `${length} of ${total} rows are known.` : 'Some rows are not known.');
  if (time !== undefined) notes.push(`Read at ${dateTimeFormat(time, { timeZone })}.`);
  return notes;
}

const factsOf = (meta: DataFrame['meta']): FrameFacts => (meta?.custom ?? {}) as FrameFacts;
