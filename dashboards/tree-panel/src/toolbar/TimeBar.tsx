import * as React from 'react';
import { css } from '@emotion/css';
import { type GrafanaTheme2, dateTimeFormat } from '@grafana/data';
import { Button, useStyles2 } from '@grafana/ui';
import type { Moments } from '../moment/useMoments.ts';

interface Props {
  moments: Moments;
  timeZone: string;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** The panel's own time: it moves within the range of the dashboard, which stays as it is. */
export function TimeBar({ moments, timeZone }: Props) {
  const styles = useStyles2(getStyles);
  const { from, to, at, base, shown, compared, isLoading, problem, go, step, compareWith } = moments;
  const now = at ?? Math.min(to, shown ?? to);
  const words = (time: number | undefined) => (time === undefined ? '' : dateTimeFormat(time, { timeZone, format: 'MM-DD HH:mm:ss' }));
  const by = (text: string, name: string, milliseconds: number) => (
    <Button size="sm" variant="secondary" fill="text" aria-label={name} disabled={milliseconds < 0 ? now <= from : at === undefined} onClick={() => go(now + milliseconds)}>{text}</Button>
  );
  return (
    <div className={styles.bar} role="group" aria-label="Time" aria-busy={isLoading}>
      <Button size="sm" variant="secondary" fill="text" icon="step-backward" aria-label="Previous table" disabled={now <= from} onClick={() => step('previous')} />
      {by('−1 min', 'A minute back', -MINUTE)}
      {by('−1 s', 'A second back', -SECOND)}
      {by('+1 s', 'A second forward', SECOND)}
      {by('+1 min', 'A minute forward', MINUTE)}
      <Button size="sm" variant="secondary" fill="text" aria-label="Next table" disabled={at === undefined} onClick={() => step('next')}>▶|</Button>
      <input
        type="range"
        className={styles.slider}
        aria-label="Moment"
        aria-valuetext={words(at ?? shown)}
        min={from}
        max={to}
        step={SECOND}
        value={now}
        onChange={(event) => go(Number(event.currentTarget.value))}
      />
      <Button size="sm" variant={at === undefined ? 'secondary' : 'primary'} fill="outline" aria-label="End" disabled={at === undefined} tooltip="Back to the end of the dashboard’s range" onClick={() => go(undefined)}>End</Button>
      <Button size="sm" variant={base === undefined ? 'secondary' : 'primary'} fill="outline" aria-label="Compare" aria-pressed={base !== undefined} tooltip="Show what each value was before, and how it has changed" onClick={() => compareWith(base === undefined ? from : undefined)}>Compare</Button>
      {base !== undefined && <Button size="sm" variant="secondary" fill="text" aria-label="From here" tooltip="Compare with the moment that is shown now" onClick={() => compareWith(shown)}>From here</Button>}
      <span className={styles.words} role="status">
        {problem ?? (base === undefined ? `At ${words(shown)}` : `${words(compared ?? base)} → ${words(shown)}`)}
      </span>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  bar: css({ flex: 'none', display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: theme.spacing(0.25), padding: theme.spacing(0, 1, 1, 1) }),
  slider: css({ flex: '1 1 120px', minWidth: 80, maxWidth: 420, margin: theme.spacing(0, 1), accentColor: theme.colors.primary.main }),
  words: css({ marginLeft: theme.spacing(1), color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
});
