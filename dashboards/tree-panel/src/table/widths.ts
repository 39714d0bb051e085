import type { Column } from '../frame/columns.ts';
import { INDENT } from './styles.ts';

/** Of a narrow panel the label takes no more than this share, so that a value is seen beside it. */
const MOST_OF_PANEL = 0.5;
const LEAST_LABEL = 120;

/** How much of the label's column its indentation may take: the rest is for the name. */
const MOST_OF_LABEL = 0.4;

/** How wide the columns are: the flex of each, their least sum in pixels, and how many levels the label indents. */
export interface Widths {
  flex: string[];
  least: number;
  levels: number;
}

/**
 * @param width The panel's, in pixels.
 * @param dragged The widths that a person gave to columns, by key, in pixels.
 */
export function widthsOf(columns: readonly Column[], width: number, dragged: Readonly<Record<string, number>> = {}): Widths {
  const least = columns.map((c) => dragged[c.key] ?? (c.isLabel ? Math.min(c.width, Math.max(LEAST_LABEL, width * MOST_OF_PANEL)) : c.width));
  const grow = columns.map((c) => (c.key in dragged ? 0 : c.grow));
  const sum = least.reduce((a, b) => a + b, 0);
  const label = columns.findIndex((c) => c.isLabel);
  const spare = Math.max(0, width - sum) / (grow.reduce((a, b) => a + b, 0) || 1);
  return {
    flex: least.map((one, i) => `${grow[i]} 0 ${one}px`),
    least: sum,
    levels: Math.max(1, Math.floor((least[label] + spare * grow[label]) * MOST_OF_LABEL / INDENT)),
  };
}
