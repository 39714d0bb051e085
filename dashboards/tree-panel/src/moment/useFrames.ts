import * as React from 'react';
import { type DataFrame, type FieldConfigOptionsRegistry, type PanelProps, applyFieldOverrides, toDataFrame } from '@grafana/data';
import { useTheme2 } from '@grafana/ui';
import type { PanelOptions } from '../options.ts';
import { type Asked, framesAt } from './source.ts';

/** What a panel gets to prepare frames with, as Grafana prepares those of the dashboard. */
export type Preparation = Pick<PanelProps<PanelOptions>, 'fieldConfig' | 'replaceVariables' | 'timeZone'> & { registry: FieldConfigOptionsRegistry };

/** The frames of a moment that the panel asked for. */
export interface Frames {
  /** In Unix milliseconds. */
  time: number;
  series: DataFrame[];
  problem?: string;
}

/**
 * The frames of a moment. Those of the last one stay until the next ones are there.
 * @param key Another one means that another question is asked: of another host, with another filter.
 */
export function useFrames(asked: Asked | undefined, time: number | undefined, key: string, { fieldConfig, replaceVariables, timeZone, registry }: Preparation): Frames | undefined {
  const theme = useTheme2();
  const [answer, setAnswer] = React.useState<Frames>();
  // The dashboard makes a new request at each refresh, which is no other question.
  const latest = React.useRef(asked);
  latest.current = asked;
  React.useEffect(() => {
    if (time === undefined || !latest.current) {
      setAnswer(undefined);
      return undefined;
    }
    let isWanted = true;
    const answered = (series: DataFrame[], problem?: string) => { if (isWanted) setAnswer((last) => ({ time, series: problem ? last?.series ?? [] : series, problem })); };
    framesAt(latest.current, time).then((data) => answered(data.map((frame) => toDataFrame(frame))), (error: Error) => answered([], error.message));
    return () => { isWanted = false; };
  }, [time, key, asked === undefined]);
  return React.useMemo(() => answer && ({
    ...answer,
    series: applyFieldOverrides({ data: answer.series, fieldConfig, fieldConfigRegistry: registry, replaceVariables, theme, timeZone }),
  }), [answer, fieldConfig, registry, theme, timeZone]);
}
