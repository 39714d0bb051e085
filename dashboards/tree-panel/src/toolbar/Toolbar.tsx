import * as React from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Badge, Combobox, FilterInput, IconButton, useStyles2 } from '@grafana/ui';
import type { Picked } from '../frame/pick.ts';
import type { Shown } from '../useTree.ts';
import type { SetViewState, ViewState } from '../view-state.ts';
import { ColumnChooser } from './ColumnChooser.tsx';
import { FilterMenu } from './FilterMenu.tsx';
import { modeOf } from './mode.ts';

/** Below this width, in pixels, buttons have no words. */
const NARROW = 620;

interface Props {
  shown: Shown;
  picked: Picked;
  view: ViewState;
  /** The panel's, in pixels. */
  width: number;
  setView: SetViewState;
}

/** Search, filters, columns and the state of the data. */
export function Toolbar({ shown, picked, view, width, setView }: Props) {
  const styles = useStyles2(getStyles);
  const { tree, paint } = shown;
  const { model } = tree;
  const isNarrow = width < NARROW;
  const mode = modeOf(picked.frame);
  const { skipped } = tree.table;
  const leftOut = skipped.withoutID + skipped.repeated;
  const expandAll = (open: boolean) => {
    model.setExpansion({ open, except: [] });
    setView({ expansion: model.expansion });
  };
  return (
    <div className={styles.toolbar} role="toolbar" aria-label="Tree">
      {picked.names.length > 1 && <FramePicker picked={picked} setView={setView} />}
      <div className={styles.search}>
        <FilterInput value={view.filter.text ?? ''} placeholder="Search" aria-label="Search" escapeRegex={false} onChange={(text) => setView({ filter: { ...view.filter, text } })} />
      </div>
      <div className={styles.buttons}>
        <IconButton name="sitemap" aria-label="Tree" tooltip={paint.isTree ? 'Show as a list' : 'Show as a tree'} aria-pressed={paint.isTree} variant={paint.isTree ? 'primary' : 'secondary'} onClick={() => setView({ shape: paint.isTree ? 'list' : 'tree' })} />
        {paint.isTree && <IconButton name="angle-double-down" tooltip="Open all" onClick={() => expandAll(true)} />}
        {paint.isTree && <IconButton name="angle-double-right" tooltip="Fold all" onClick={() => expandAll(false)} />}
        <FilterMenu shown={shown} filter={view.filter} isNarrow={isNarrow} setView={setView} />
        <ColumnChooser shown={shown} isChosen={view.columns !== undefined} isNarrow={isNarrow} setView={setView} />
      </div>
      <div className={styles.facts}>
        <span aria-live="polite">{model.matched === model.total ? model.total : `${model.matched} / ${model.total}`}</span>
        {leftOut > 0 && <span title={`${skipped.withoutID} rows have no ID, ${skipped.repeated} have that of another row.`}>{leftOut} left out</span>}
        {mode && <Badge text={mode.text} color={mode.color} tooltip={mode.title || undefined} />}
      </div>
    </div>
  );
}

function FramePicker({ picked: { names, name }, setView }: Pick<Props, 'picked' | 'setView'>) {
  const id = React.useId();
  return (
    <>
      <span id={id} hidden>Frame</span>
      <Combobox aria-labelledby={id} options={names.map((value) => ({ value }))} value={name} width="auto" minWidth={12} maxWidth={30} onChange={({ value }) => setView({ frame: value })} />
    </>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  toolbar: css({ flex: 'none', display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: theme.spacing(0.5, 1), padding: theme.spacing(0, 1, 1, 1) }),
  search: css({ flex: '1 1 90px', maxWidth: 300 }),
  buttons: css({ display: 'flex', alignItems: 'center', gap: theme.spacing(0.5) }),
  facts: css({ display: 'flex', alignItems: 'center', gap: theme.spacing(1), marginLeft: 'auto', color: theme.colors.text.secondary, whiteSpace: 'nowrap' }),
});
