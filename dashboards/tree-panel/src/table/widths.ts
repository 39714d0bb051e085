import type { Column } from '../frame/columns.ts';

/** Of a narrow panel the label takes no more than this share, so that a figure is seen beside it. */
const MOST_OF_PANEL = 0.5;
const LEAST_LABEL = 120;

/** How wide the columns are: the flex of each, and their least sum in pixels. */
export interface Widths {
  flex: string[];
  least: number;
}

/** @param width The panel's, in pixels. */
export function widthsOf(columns: readonly Column[], width: number): Widths {
  const least = columns.map((c) => (c.isLabel ? Math.min(c.width, Math.max(LEAST_LABEL, width * MOST_OF_PANEL)) : c.width));
  return {
    flex: columns.map((c, i) => `${c.grow} 0 ${least[i]}px`),
    least: least.reduce((a, b) => a + b, 0),
  };
}
