import * as React from 'react';
import type { DataFrame, GrafanaTheme2 } from '@grafana/data';
import { useTheme2 } from '@grafana/ui';
import type { Sort } from '../../../tree-api/web/model/order.js';
import { type Column, columnsOf, columnsToShow } from './frame/columns.ts';
import type { Picked } from './frame/pick.ts';
import type { PanelOptions } from './options.ts';
import { type Paint, heatsOf } from './table/paint.ts';
import { Tree } from './tree.ts';
import type { ViewState } from './view-state.ts';

/** The tree of the picked frame, and how it is to be painted. */
export interface Shown {
  tree: Tree;
  /** All columns that can be shown. */
  columns: Column[];
  paint: Paint;
}

interface Input {
  picked: Picked | undefined;
  series: DataFrame[];
  options: PanelOptions;
  view: ViewState;
  /** The panel's, in pixels. */
  width: number;
}

/**
 * Brings the tree up to date with the data, then with the view; in this order, as each
 * stage needs the one before. What it does twice with the same input changes nothing.
 */
export function useTree({ picked, series, options, view, width }: Input): Shown | undefined {
  const theme = useTheme2();
  const kept = React.useRef<Tree>(undefined);
  const tree = (kept.current ??= new Tree());
  const expansion = React.useRef(view.expansion);
  expansion.current = view.expansion;

  // Each list is made once for a set of data, and stands for that set from then on.
  const columns = React.useMemo(() => {
    if (!picked) return undefined;
    const made = columnsOf(picked.frame, picked.fields, series, options);
    const { id, parent } = picked.fields;
    tree.update({ length: picked.frame.length, id, parent, columns: made }, expansion.current, options.openLevels, isChosen(picked.frame));
    return made;
  }, [picked, series, options, tree]);

  return React.useMemo(() => {
    if (!columns) return undefined;
    tree.setFilter(view.filter);
    tree.model.setShape(view.shape ?? options.shape);
    tree.setNesting(view.nesting ?? options.nesting ?? 'parent', options.openLevels);
    tree.setSort(view.sort ?? firstSort(columns, options));
    return { tree, columns, paint: paintOf(theme, tree, columns, { options, view, width }) };
    // The model's expansion is changed before the view's is: it is here to draw again.
  }, [columns, tree, theme, options, view.filter, view.shape, view.nesting, view.sort, view.columns, view.expansion, width]);
}

/** Whether the data source left rows out: those that only lead to others are more than it counts as matching. */
const isChosen = ({ meta, length }: DataFrame): boolean => typeof meta?.custom?.matched === 'number' && meta.custom.matched < length;

function paintOf(theme: GrafanaTheme2, tree: Tree, columns: Column[], { options, view, width }: Pick<Input, 'options' | 'view' | 'width'>): Paint {
  const shown = columnsToShow(columns, view.columns, width);
  return {
    tree,
    columns: shown,
    words: tree.model.words,
    options,
    isTree: (view.shape ?? options.shape) === 'tree',
    heats: heatsOf(theme, tree, shown),
  };
}

/** By the option, else by the first value that is coloured, else by the label. */
export function firstSort(columns: readonly Column[], { sortBy, sortDescending }: PanelOptions): Sort {
  const named = columns.find(({ key, title }) => key === sortBy || title === sortBy);
  if (named) return { key: named.key, descending: sortDescending };
  const figure = columns.find(({ isNumber, isSummed, cell }) => isNumber && isSummed && cell !== 'text');
  if (figure) return { key: figure.key, descending: true };
  return { key: columns.find(({ isLabel }) => isLabel)!.key, descending: false };
}
