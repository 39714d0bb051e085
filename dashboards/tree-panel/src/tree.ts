import { TreeModel } from '../../../tree-api/web/tree-model.js';
import type { By } from '../../../tree-api/web/model/branches.js';
import type { Expansion } from '../../../tree-api/web/model/folding.js';
import type { Filter } from '../../../tree-api/web/model/filter.js';
import type { Sort } from '../../../tree-api/web/model/order.js';
import { type Column, signature } from './frame/columns.ts';
import { FrameTable, type Rows } from './frame/frame-table.ts';
import { metricOf } from './frame/known.ts';
import { ALL_LEVELS } from './options.ts';

/**
 * The tree of one panel. It keeps its model from frame to frame for as long as the columns
 * are the same; when they change, the new model takes over what was folded.
 */
export class Tree {
  model!: TreeModel<Rows>;
  table!: FrameTable;
  #signature = '';
  #filter: Filter | undefined;
  /** What was folded before the data source chose rows; undefined while it sends all. */
  #whole: Expansion | undefined;

  constructor() {
    this.#renew([], undefined);
  }

  /**
   * Takes a frame in. An empty one is not: what was folded would be forgotten.
   * @param isChosen Whether the data source chose the rows, and kept their ancestors: all are opened, as in a search.
   */
  update(rows: Rows, expansion: Expansion | undefined, openLevels: number, isChosen = false): void {
    const made = signature(rows.columns);
    const isNew = made !== this.#signature;
    if (isNew) {
      const known = this.model.total > 0 ? this.model.expansion : expansion;
      this.#renew(rows.columns, known);
      this.#signature = made;
      expansion = known;
    }
    this.model.apply(rows);
    if (isNew) this.model.setExpansion(expansion ?? this.#firstLevels(openLevels));
    this.#openChosen(isChosen);
  }

  #openChosen(isChosen: boolean): void {
    if (isChosen === (this.#whole !== undefined)) return;
    const { expansion } = this.model;
    this.model.setExpansion(this.#whole ?? { open: true, except: [] });
    this.#whole = isChosen ? expansion : undefined;
  }

  /** Sets the filter unless it is the one in force: what is folded under it would open. */
  setFilter(filter: Filter): void {
    if (filter === this.#filter) return;
    this.#filter = filter;
    this.model.setFilter(this.#known(filter));
  }

  /** Sorts by a column, or by the first one that there is. */
  setSort(wanted: Sort): void {
    const { numbers, texts } = this.table.columns;
    const has = (key: string) => numbers.includes(key) || texts.includes(key);
    const { key, descending } = has(wanted.key) ? wanted : { key: texts[0] ?? numbers[0], descending: false };
    const { sort } = this.model;
    if (key !== undefined && (sort.key !== key || sort.descending !== descending)) this.model.setSort({ key, descending });
  }

  /** Nests the rows by what they have in common, or below their parents where the frame does not tell it. */
  setNesting(wanted: By, openLevels: number): void {
    const by = this.model.canNest(wanted) ? wanted : 'parent';
    if (by === this.model.nesting) return;
    this.model.setNesting(by);
    const { except } = this.model.expansion;
    if (by !== 'parent' && !except.some((id) => id.startsWith(`${by}:`))) this.#openBranches(openLevels);
  }

  /** Opens the first levels of what rows have in common, as is done with the rows themselves. */
  #openBranches(levels: number): void {
    const { model } = this;
    for (let depth = 0; depth < levels; depth++) {
      const { slots, depths, length } = model.rows();
      const found = Array.from(slots.subarray(0, length)).filter((slot, row) => depths[row] === depth && model.isBranch(slot));
      for (const slot of found) model.setExpanded(model.idOf(slot), true);
    }
  }

  #renew(columns: readonly Column[], expansion: Expansion | undefined): void {
    this.table = new FrameTable(columns);
    this.model = new TreeModel(this.table, (metric) => columns.find(({ key, isNumber, isLabel }) => !isNumber && (metric === 'name' ? isLabel : metricOf(key) === metric))?.key);
    this.#filter = undefined;
    if (columns.length > 0) this.model.setSort({ key: columns[0].key, descending: false });
    if (expansion) this.model.setExpansion(expansion);
  }

  /** Conditions on columns that are gone would hide everything. */
  #known({ text, oneOf, atLeast }: Filter): Filter {
    const { numbers, texts } = this.table.columns;
    const only = <T>(all: Record<string, T> | undefined, keys: readonly string[]) => Object.fromEntries(Object.entries(all ?? {}).filter(([key]) => keys.includes(key)));
    return { text, oneOf: only(oneOf, texts), atLeast: only(atLeast, numbers) };
  }

  #firstLevels(levels: number): Expansion {
    if (levels === ALL_LEVELS) return { open: true, except: [] };
    const except: string[] = [];
    this.model.setExpansion({ open: true, except: [] });
    const rows = this.model.rows();
    for (let row = 0; row < rows.length; row++) {
      const slot = rows.slots[row];
      if (rows.depths[row] < levels && this.model.isExpandable(slot)) except.push(this.model.idOf(slot));
    }
    return { open: false, except };
  }
}
