import type { LinkModel } from '@grafana/data';
import type { Column } from '../frame/columns.ts';
import type { Tree } from '../tree.ts';

/** Whether a person has given the column data links. */
export const hasLinks = ({ field }: Column): boolean => (field.config.links?.length ?? 0) > 0 && field.getLinks !== undefined;

/**
 * The columns whose links a click into a column offers. The label stands for its row: if it
 * has none of its own, it offers those of all columns.
 */
export function linkedColumns(columns: readonly Column[], of: Column): Column[] {
  if (hasLinks(of) || !of.isLabel) return hasLinks(of) ? [of] : [];
  return columns.filter(hasLinks);
}

/**
 * The links of a row, with the variables filled in. It costs more than the rest of a cell:
 * to be called when the pointer or a key comes near, not when the cell is drawn.
 */
export function linksOf({ model, table }: Tree, columns: readonly Column[], slot: number): LinkModel[] {
  if (model.isBranch(slot)) return [];
  return columns.flatMap(({ field }) => field.getLinks?.({ valueRowIndex: table.rowOf[slot] }) ?? []);
}
