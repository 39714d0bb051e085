import type { By } from '../../../tree-api/web/model/branches.js';

/** What a person sets in the panel editor. */
export interface PanelOptions {
  /** Names of fields; "" or absent lets the panel find them. */
  idField?: string;
  parentField?: string;
  labelField?: string;
  shape: 'tree' | 'list';
  /** What the rows of a tree stand below at first; absent in panels of earlier versions. */
  nesting?: By;
  /** How many levels are open at first; ALL_LEVELS opens everything. */
  openLevels: number;
  /** When a cell shows the sum over its branch in place of its own value. */
  sums: 'folded' | 'always' | 'never';
  heat: boolean;
  density: 'compact' | 'normal' | 'comfortable';
  showToolbar: boolean;
  stickyAncestors: boolean;
  /** The name of the field by which rows are sorted at first; "" lets the panel choose. */
  sortBy?: string;
  sortDescending: boolean;
}

export const NESTING_TITLES: Record<By, string> = { parent: 'By parent', cgroup: 'By control group', user: 'By user', group: 'By group' };

export const ALL_LEVELS = -1;

export const DEFAULTS: PanelOptions = {
  shape: 'tree',
  nesting: 'parent',
  openLevels: 1,
  sums: 'folded',
  heat: true,
  density: 'normal',
  showToolbar: true,
  stickyAncestors: true,
  sortDescending: true,
};

/** In pixels. */
export const ROW_HEIGHTS = { compact: 22, normal: 28, comfortable: 36 } as const;

/** The names are those of Grafana's own table, so that a panel keeps them when its type changes. */
export type CellType = 'auto' | 'text' | 'color-text' | 'color-background' | 'gauge';

/** What a person sets for a field, for all fields or by an override. */
export interface FieldOptions {
  /** In pixels; the panel chooses if absent. */
  width?: number;
  /** true: not shown; false: always shown; the panel chooses by its width if absent. */
  hidden?: boolean;
  cellOptions?: { type?: CellType };
  /** Whether a branch has a sum of this value. */
  sum?: 'auto' | 'yes' | 'no';
  /** What a column of a comparison of two moments is, and of which field; nobody sets this. */
  compared?: 'state' | 'before' | 'change';
  comparedField?: string;
}
