import * as React from 'react';
import type { Shown } from '../useTree.ts';

/**
 * What is shown now, for what an open menu lists: the buttons themselves need not be drawn
 * anew with each set of data.
 */
export const ShownContext = React.createContext<Shown | undefined>(undefined);

/** @throws {Error} Outside of the toolbar. */
export function useShown(): Shown {
  const shown = React.useContext(ShownContext);
  if (!shown) throw new Error('nothing is shown');
  return shown;
}
