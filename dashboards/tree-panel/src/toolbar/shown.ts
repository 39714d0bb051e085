import * as React from 'react';
import type { DataFrame } from '@grafana/data';
import type { Filter } from '../../../../tree-api/web/model/filter.js';
import type { Shown } from '../useTree.ts';

/** What is shown now, and of what. */
export interface ShownNow extends Shown {
  filter: Filter;
  frame: DataFrame;
}

/**
 * What is shown now, for what is open: a menu, a tooltip. The buttons themselves need not be
 * drawn again with each set of data, and with each letter of a search.
 */
export const ShownContext = React.createContext<ShownNow | undefined>(undefined);

/** @throws {Error} Outside of the toolbar. */
export function useShown(): ShownNow {
  const shown = React.useContext(ShownContext);
  if (!shown) throw new Error('nothing is shown');
  return shown;
}
