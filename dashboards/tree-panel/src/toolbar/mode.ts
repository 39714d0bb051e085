import { type DataFrame, dateTimeFormat } from '@grafana/data';

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
  color: 'green' | 'blue' | 'orange';
  title: string;
}

/** The badge of a frame; undefined when its data source says nothing and warns of nothing. */
export function modeOf({ meta, length }: DataFrame, timeZone?: string): Mode | undefined {
  const { mode, partial, time, total } = (meta?.custom ?? {}) as FrameFacts;
  const notices = (meta?.notices ?? []).map(({ text }) => text);
  const remarks = (meta?.notices ?? []).some(({ severity }) => severity !== 'info');
  const isPartial = partial === true || remarks;
  const parts: string[] = [];
  if (mode === 'live') parts.push('Live');
  if (mode === 'history') parts.push(time === undefined ? 'Past' : `At ${dateTimeFormat(time, { timeZone, format: 'MM-DD HH:mm:ss' })}`);
  if (isPartial) parts.push('partial');
  if (parts.length === 0) return undefined;
  if (isPartial && partial && notices.length === 0) notices.push(total ? `${length} of ${total} rows are known.` : 'Some rows are not known.');
  if (time !== undefined) notices.push(`Read at ${dateTimeFormat(time, { timeZone })}.`);
  const text = parts.join(' · ');
  return { text: text[0].toUpperCase() + text.slice(1), color: isPartial ? 'orange' : mode === 'live' ? 'green' : 'blue', title: notices.join('\n') };
}
