import * as React from 'react';
import { css, cx } from '@emotion/css';
import { LoadingState, type PanelProps } from '@grafana/data';
import type { pickFrame } from './frame/pick.ts';
import { Loading, Message } from './Message.tsx';
import { useMoments } from './moment/useMoments.ts';
import type { Preparation } from './moment/useFrames.ts';
import type { PanelOptions } from './options.ts';
import { TreeTable } from './table/TreeTable.tsx';
import { TimeBar } from './toolbar/TimeBar.tsx';
import { Toolbar } from './toolbar/Toolbar.tsx';
import { useStale } from './stale.ts';
import { useTree } from './useTree.ts';
import { type ViewState, storageKey, useViewState } from './view-state.ts';

const styles = {
  panel: css({ position: 'relative', display: 'flex', flexDirection: 'column', height: '100%', minHeight: 0 }),
  table: css({ flex: 1, display: 'flex', flexDirection: 'column', minHeight: 0 }),
  stale: css({ opacity: 0.45 }),
};

/** The panel: a toolbar above the tree, or what keeps the tree from being shown. */
export function TreePanel({ id, data, options, fieldConfig, width, replaceVariables, timeZone, registry }: PanelProps<PanelOptions> & Pick<Preparation, 'registry'>) {
  const { view, setView, top } = useViewState(storageKey(id));
  const { found, series, moments } = useMoments({ data, options, view, setView, fieldConfig, replaceVariables, timeZone, registry });
  const picked = found && 'frame' in found && found.frame.length > 0 ? found : undefined;
  const shown = useTree({ picked, series, options, view, width });
  const stale = useStale(picked?.frame, data.state);

  if (!picked || !shown) return <div className={styles.panel}>{whyNothing(data, found, fieldConfig.defaults.noValue)}</div>;
  const { tree, paint } = shown;
  const onSort = (key: string) => {
    const { sort } = tree.model;
    const first = paint.columns.find((column) => column.key === key)?.isSummed === true;
    setView({ sort: { key, descending: sort.key === key ? !sort.descending : first } });
  };
  const onExpand = (ids: string[], open: boolean) => {
    for (const one of ids) tree.model.setExpanded(one, open);
    setView({ expansion: tree.model.expansion });
  };
  const onWidth = (key: string, dragged: number | undefined) => {
    const { [key]: _, ...others } = view.widths ?? {};
    setView({ widths: dragged === undefined ? others : { ...others, [key]: dragged } });
  };
  return (
    <div className={styles.panel}>
      {options.showToolbar && <Toolbar shown={shown} picked={picked} view={view} stale={stale} width={width} setView={setView} hasMoments={moments !== undefined} />}
      {options.showToolbar && moments && isTimeOpen(view) && <TimeBar moments={moments} timeZone={timeZone} />}
      <div className={stale ? cx(styles.table, styles.stale) : styles.table}>
        <TreeTable
          paint={paint}
          width={width}
          cursor={view.cursor}
          top={top}
          panel={id}
          dragged={view.widths}
          onCursor={(cursor) => setView({ cursor })}
          onExpand={onExpand}
          onSort={onSort}
          onWidth={onWidth}
        />
      </div>
    </div>
  );
}

/** The controls of the time stay while another moment than the dashboard's is shown. */
const isTimeOpen = ({ isTimeOpen: isOpen, moment }: ViewState): boolean => isOpen ?? (moment?.at !== undefined || moment?.base !== undefined);

/** @param noValue What the panel's own words for no data are. */
function whyNothing({ state, errors = [] }: PanelProps['data'], found: ReturnType<typeof pickFrame>, noValue = 'The query returned no rows.'): React.ReactNode {
  if (errors.length > 0) return <Message icon="exclamation-triangle" title="The query failed" hint={errors.map(({ message }) => message).join(' ')} />;
  if (state === LoadingState.Loading || state === LoadingState.NotStarted) return <Loading />;
  if (found && 'problem' in found) return <Message icon="info-circle" title="This is no tree yet" hint={found.problem} />;
  return <Message title="No data" hint={noValue} />;
}
