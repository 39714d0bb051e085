import * as React from 'react';
import type { DataFrame, PanelProps, TimeRange } from '@grafana/data';
import { type Picked, pickFrame } from '../frame/pick.ts';
import type { PanelOptions } from '../options.ts';
import type { SetViewState, ViewState } from '../view-state.ts';
import { compare } from './compare.ts';
import { type Asked, findAsked } from './source.ts';
import { type Preparation, useFrames } from './useFrames.ts';

/** The panel's own time within the range of the dashboard. All times are in Unix milliseconds. */
export interface Moments {
  from: number;
  to: number;
  /** What is shown; undefined is the end of the dashboard's range. */
  at: number | undefined;
  /** What it is compared with. */
  base: number | undefined;
  /** Of the table that is shown, and of the one that it is compared with. */
  shown: number | undefined;
  compared: number | undefined;
  isLoading: boolean;
  problem: string | undefined;
  /** Shows another moment, no earlier than the range begins; at its end and after it is the end. */
  go: (time: number | undefined) => void;
  /** Shows the table before or after. */
  step: (to: 'previous' | 'next') => void;
  /** undefined compares no more. */
  compareWith: (time: number | undefined) => void;
}

interface Input extends Preparation {
  data: PanelProps<PanelOptions>['data'];
  options: PanelOptions;
  view: ViewState;
  setView: SetViewState;
}

interface Facts { mode?: string; time?: number; source?: string; instance?: string }
const factsOf = (frame: DataFrame | undefined): Facts => (frame?.meta?.custom ?? {}) as Facts;

/** Names the range as the dashboard has it: a relative one stays the same as time goes by. */
const rangeKey = ({ raw }: TimeRange): string => `${raw.from.valueOf()} ${raw.to.valueOf()}`;

const SECOND = 1000;
/** Tables are asked for by the second: at this one it is the last. */
const secondOf = (time: number): number => Math.ceil(time / SECOND) * SECOND;

/**
 * The tree of the dashboard, or that of the panel's own moment, compared with another one if that is wanted.
 * @returns No moments where the data source has none.
 */
export function useMoments({ data, options, view, setView, ...preparation }: Input): { found: ReturnType<typeof pickFrame>; series: DataFrame[]; moments: Moments | undefined } {
  const dashboards = React.useMemo(() => pickFrame(data.series, view.frame, options), [data.series, view.frame, options]);
  const frame = dashboards && 'frame' in dashboards ? dashboards.frame : undefined;
  const facts = factsOf(frame);
  const asked = useAsked(data.request, facts.mode === undefined ? undefined : frame?.refId);
  const range = rangeKey(data.timeRange);
  const { at, base } = view.moment?.range === range ? view.moment : { at: undefined, base: undefined };
  const key = `${facts.instance} ${JSON.stringify(asked?.request.targets)}`;
  const own = useFrames(asked, at, key, preparation);
  const other = useFrames(asked, base, key, preparation);
  const [stepProblem, setStepProblem] = React.useState<string>();

  const isOwn = at !== undefined && own !== undefined && own.series.length > 0;
  const series = isOwn ? own.series : data.series;
  const picked = React.useMemo(() => (isOwn ? pickFrame(series, view.frame, options) : dashboards), [isOwn, series, dashboards, view.frame, options]);
  const compared = React.useMemo(() => {
    const one = base === undefined || !other ? undefined : pickFrame(other.series, view.frame, options);
    return one && 'frame' in one ? one : undefined;
  }, [base, other, view.frame, options]);
  const found = React.useMemo(() => (compared && picked && 'frame' in picked && areComparable(compared, picked) ? compare(compared, picked) : picked), [compared, picked]);
  if (!asked || !picked || !('frame' in picked)) return { found, series, moments: undefined };

  const [from, to] = [data.timeRange.from.valueOf(), data.timeRange.to.valueOf()];
  const shown = factsOf(picked.frame).time;
  const set = (change: Partial<NonNullable<ViewState['moment']>>) => {
    setStepProblem(undefined);
    setView({ moment: { at, base, range, ...change } });
  };
  const go = (time: number | undefined) => set({ at: time === undefined || time >= to ? undefined : Math.max(secondOf(from), time) });
  const moments: Moments = {
    from, to, at, base, shown, go,
    compared: compared && factsOf(compared.frame).time,
    isLoading: (at !== undefined && own?.time !== at) || (base !== undefined && other?.time !== base),
    problem: own?.problem ?? other?.problem ?? stepProblem ?? (compared && !areComparable(compared, picked) ? 'One of the moments is from the recording and the other from Prometheus, which names processes otherwise.' : undefined),
    async step(way) {
      if (shown === undefined) return;
      try {
        const { [way]: time } = await asked.source.neighbours(asked.request.targets[0], asked.request.scopedVars, shown);
        if (time === undefined || time > to) go(way === 'next' ? undefined : from);
        else go(time);
      } catch (error) {
        setStepProblem((error as { data?: { message?: string } }).data?.message ?? String(error));
      }
    },
    compareWith: (time) => set({ base: time === undefined ? undefined : secondOf(time) }),
  };
  return { found, series, moments };
}

/** The IDs of what Prometheus kept are others than those of the recording, and of the present. */
function areComparable(one: Picked, other: Picked): boolean {
  const isRebuilt = ({ frame }: Picked) => factsOf(frame).source === 'prometheus';
  return isRebuilt(one) === isRebuilt(other);
}

/** Who answers a query; undefined until that is known. @param refId The query's; undefined for a frame that says nothing of its time. */
function useAsked(request: PanelProps['data']['request'], refId: string | undefined): Asked | undefined {
  const [asked, setAsked] = React.useState<Asked>();
  React.useEffect(() => {
    let isWanted = true;
    const found = refId === undefined ? Promise.resolve(undefined) : findAsked(request, refId);
    // A data source that cannot be found has answered nothing that could be asked for again.
    found.catch(() => undefined).then((one) => { if (isWanted) setAsked(one); });
    return () => { isWanted = false; };
  }, [request, refId]);
  return asked;
}
