import * as React from 'react';
import { type DataFrame, LoadingState } from '@grafana/data';

/** How long the rows have been out of date, and why. */
export interface Stale {
  seconds: number;
  reason: string;
}

/** So many intervals without a message are silence: one message may be late. */
const SILENT_INTERVALS = 3;
/** In seconds, where a data source does not say. */
const USUAL_INTERVAL = 5;

/** What a data source says of its times in meta.custom. */
interface Times {
  mode?: 'live' | 'history';
  /** In Unix milliseconds. */
  time?: number;
  intervalSeconds?: number;
}

/** When the newest rows came, by the clock of this browser, in milliseconds. */
export interface Arrival {
  time: number | undefined;
  at: number;
}

/**
 * Whether rows that claim to be live are out of date: their data source reports an error, or
 * a stream is silent. Rows of the past never are.
 * @param now In milliseconds.
 */
export function staleOf({ meta }: DataFrame, { at }: Arrival, isStreaming: boolean, now: number): Stale | undefined {
  const { mode, intervalSeconds } = (meta?.custom ?? {}) as Times;
  if (mode !== 'live') return undefined;
  const seconds = Math.max(0, Math.round((now - at) / 1000));
  const error = meta?.notices?.find(({ severity }) => severity === 'error');
  if (error) return { seconds, reason: error.text };
  const silence = SILENT_INTERVALS * Math.max(1, intervalSeconds || USUAL_INTERVAL);
  return isStreaming && seconds > silence ? { seconds, reason: 'no message from Grafana' } : undefined;
}

/** The same, as time goes by. */
export function useStale(frame: DataFrame | undefined, state: LoadingState): Stale | undefined {
  const arrival = React.useRef<Arrival>({ time: undefined, at: Date.now() });
  const time = ((frame?.meta?.custom ?? {}) as Times).time;
  if (arrival.current.time !== time) arrival.current = { time, at: Date.now() };
  const isStreaming = state === LoadingState.Streaming;
  const now = () => (frame ? staleOf(frame, arrival.current, isStreaming, Date.now()) : undefined);
  const [, setSeconds] = React.useState(0);
  React.useEffect(() => {
    // Draws again only while the rows are out of date, or have just been.
    const timer = setInterval(() => setSeconds(now()?.seconds ?? 0), 1000);
    return () => clearInterval(timer);
  });
  return now();
}
