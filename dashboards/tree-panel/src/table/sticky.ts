import { NONE } from '../../../../tree-api/web/model/links.js';
import type { Tree } from '../tree.ts';

/** At most so many ancestors stay in view: of a deep tree the nearest ones. */
export const MAX_STICKY = 4;

/**
 * The ancestors that have been scrolled out of view of the first row that is not covered,
 * from the outermost to the nearest. Each covers one row more, whose own ancestors count.
 * @param top How far the rows are scrolled, in rows.
 */
export function stickyAncestors({ model }: Tree, top: number): number[] {
  const rows = model.rows();
  let sticky: number[] = [];
  for (let covered = 0; covered <= MAX_STICKY; covered++) {
    const row = Math.floor(top) + covered;
    if (row >= rows.length) break;
    const above: number[] = [];
    for (let slot = model.parentOf(rows.slots[row]); slot !== NONE; slot = model.parentOf(slot)) {
      if (rows.indexOf(slot) < top + covered) above.unshift(slot);
    }
    sticky = above.slice(-MAX_STICKY);
    if (sticky.length <= covered) break;
  }
  return sticky;
}
