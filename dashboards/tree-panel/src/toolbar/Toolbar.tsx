import * as React from 'react';
import { css } from '@emotion/css';
import type { DataFrame, GrafanaTheme2 } from '@grafana/data';
import { Badge, Combobox, FilterInput, IconButton, useStyles2 } from '@grafana/ui';
import { type By, NESTINGS } from '../../../../tree-api/web/model/branches.js';
import type { Filter } from '../../../../tree-api/web/model/filter.js';
import { NESTING_TITLES } from '../options.ts';
import type { Picked } from '../frame/pick.ts';
import type { Tree } from '../tree.ts';
import type { Stale } from '../stale.ts';
import type { Shown } from '../useTree.ts';
import type { SetViewState, ViewState } from '../view-state.ts';
import { ColumnChooser } from './ColumnChooser.tsx';
import { FilterMenu, countConditions } from './FilterMenu.tsx';
import { modeOf, notesOf } from './mode.ts';
import { ShownContext, useShown } from './shown.ts';

/** Below this width, in pixels, buttons have no words. */
const NARROW = 620;

interface Props {
  shown: Shown;
  picked: Picked;
  view: ViewState;
  /** Whether the rows are out of date. */
  stale: Stale | undefined;
  /** The panel's, in pixels. */
  width: number;
  setView: SetViewState;
  /** Whether the panel can show other moments than the dashboard. */
  hasMoments: boolean;
}

/** Search, filters, columns and the state of the data. */
export function Toolbar({ shown, picked, view, stale, width, setView, hasMoments }: Props) {
  const styles = useStyles2(getStyles);
  const { tree, paint } = shown;
  const { filter } = view;
  return (
    <div className={styles.toolbar} role="toolbar" aria-label="Tree">
      {picked.names.length > 1 && <FramePicker picked={picked} setView={setView} />}
      <Search filter={filter} problem={tree.model.searchError} setView={setView} />
      <ShownContext.Provider value={{ ...shown, filter, frame: picked.frame }}>
        <Buttons model={tree.model} conditions={countConditions(filter)} isTree={paint.isTree} nesting={tree.model.nesting} isChosen={view.columns !== undefined} isNarrow={width < NARROW} isTimeOpen={hasMoments ? view.isTimeOpen === true : undefined} setView={setView} />
        <Facts tree={tree} frame={picked.frame} stale={stale} />
      </ShownContext.Provider>
    </div>
  );
}

/** How to search; model/search.js reads it. */
const SYNTAX = [
  'nginx www-data: both words', '"worker process": exactly these words', '!root: without this', '/^ng.*x$/: a regular expression',
  'pid:1: this PID', 'user:www: contains; user=www-data: is; also name, unit, container, group, exe, cmd', 'state:run: in this state',
  'cpu>0.5, mem>1g: a number; also < <= >= =',
].join('\n');

// Memoized: new data are no reason to draw these again, which would take longer than the rows.
const Search = React.memo(function Search({ filter, problem, setView }: { filter: Filter; problem: string; setView: SetViewState }) {
  const styles = useStyles2(getStyles);
  const id = React.useId();
  return (
    <div className={styles.search}>
      <FilterInput
        value={filter.text ?? ''}
        placeholder="Search"
        aria-label="Search"
        aria-describedby={problem ? id : undefined}
        title={SYNTAX}
        {...{ invalid: problem !== '' }}
        escapeRegex={false}
        onChange={(text) => setView({ filter: { ...filter, text } })}
      />
      {problem && <div id={id} role="status" className={styles.problem}>{problem}</div>}
    </div>
  );
});

interface ButtonsProps {
  model: Tree['model'];
  conditions: number;
  isTree: boolean;
  nesting: By;
  /** Whether a person chose the columns. */
  isChosen: boolean;
  isNarrow: boolean;
  /** undefined where there is no other moment. */
  isTimeOpen: boolean | undefined;
  setView: SetViewState;
}

const Buttons = React.memo(function Buttons({ model, conditions, isTree, nesting, isChosen, isNarrow, isTimeOpen, setView }: ButtonsProps) {
  const styles = useStyles2(getStyles);
  const expandAll = (open: boolean) => {
    model.setExpansion({ open, except: [] });
    setView({ expansion: model.expansion });
  };
  return (
    <div className={styles.buttons}>
      <IconButton name="sitemap" aria-label="Tree" tooltip={isTree ? 'Show as a list' : 'Show as a tree'} aria-pressed={isTree} variant={isTree ? 'primary' : 'secondary'} onClick={() => setView({ shape: isTree ? 'list' : 'tree' })} />
      {isTree && <NestingPicker model={model} nesting={nesting} setView={setView} />}
      {isTree && <IconButton name="angle-double-down" tooltip="Open all" onClick={() => expandAll(true)} />}
      {isTree && <IconButton name="angle-double-right" tooltip="Fold all" onClick={() => expandAll(false)} />}
      {isTimeOpen !== undefined && <IconButton name="clock-nine" tooltip="Time" aria-pressed={isTimeOpen} variant={isTimeOpen ? 'primary' : 'secondary'} onClick={() => setView({ isTimeOpen: !isTimeOpen })} />}
      <FilterMenu count={conditions} isNarrow={isNarrow} setView={setView} />
      <ColumnChooser isChosen={isChosen} isNarrow={isNarrow} setView={setView} />
    </div>
  );
});

/** What the rows stand below, if the frame tells more than their parents. */
function NestingPicker({ model, nesting, setView }: Pick<ButtonsProps, 'model' | 'nesting' | 'setView'>) {
  const id = React.useId();
  const offered = NESTINGS.filter((by) => model.canNest(by));
  if (offered.length < 2) return null;
  return (
    <>
      <span id={id} hidden>Tree by</span>
      <Combobox aria-labelledby={id} options={offered.map((value) => ({ value, label: NESTING_TITLES[value] }))} value={nesting} width="auto" minWidth={10} maxWidth={24} onChange={({ value }) => setView({ nesting: value })} />
    </>
  );
}

/** How many rows there are, how many are left out, and how fresh and whole they are. */
function Facts({ tree: { model, table }, frame, stale }: { tree: Tree; frame: DataFrame; stale: Stale | undefined }) {
  const styles = useStyles2(getStyles);
  const mode = modeOf(frame, undefined, stale);
  const { skipped } = table;
  const leftOut = skipped.withoutID + skipped.repeated;
  return (
    <div className={styles.facts}>
      <span aria-live="polite">{model.matched === model.total ? model.total : `${model.matched} / ${model.total}`}</span>
      {leftOut > 0 && <span title={`${skipped.withoutID} rows have no ID, ${skipped.repeated} have that of another row.`}>{leftOut} left out</span>}
      {mode && <Badge text={mode.text} color={mode.color} tooltip={mode.hasNotes ? NOTES : undefined} />}
    </div>
  );
}

/** The same element each time, so that the badge is not drawn again because a time in its notes has changed. */
const NOTES = <Notes />;

function Notes() {
  return <>{notesOf(useShown().frame).join('\n')}</>;
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
  search: css({ position: 'relative', flex: '1 1 90px', maxWidth: 300 }),
  // It lies over the table, which keeps its place.
  problem: css({
    position: 'absolute', zIndex: theme.zIndex.tooltip, top: '100%', left: 0, width: 'max-content', maxWidth: 420, padding: theme.spacing(0.5, 1),
    borderRadius: theme.shape.radius.default, background: theme.colors.background.elevated ?? theme.colors.background.secondary, color: theme.colors.error.text, boxShadow: theme.shadows.z2, overflowWrap: 'anywhere',
  }),
  buttons: css({ display: 'flex', alignItems: 'center', gap: theme.spacing(0.5) }),
  facts: css({ display: 'flex', alignItems: 'center', gap: theme.spacing(1), marginLeft: 'auto', minWidth: 0, color: theme.colors.text.secondary, whiteSpace: 'nowrap' }),
});
