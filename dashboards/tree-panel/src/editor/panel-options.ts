import { type PanelOptionsEditorBuilder, getFieldDisplayName } from '@grafana/data';
import { NESTINGS } from '../../../../tree-api/web/model/branches.js';
import { ALL_LEVELS, DEFAULTS, NESTING_TITLES, type PanelOptions } from '../options.ts';

const FIELDS = ['Fields'];
const TREE = ['Tree'];
const LOOK = ['Look'];

/** What can be set in the panel's editor. */
export function addPanelOptions(builder: PanelOptionsEditorBuilder<PanelOptions>): void {
  addFields(builder);
  addTree(builder);
  addLook(builder);
}

function addFields(builder: PanelOptionsEditorBuilder<PanelOptions>): void {
  const settings = {
    allowCustomValue: true,
    isClearable: true,
    placeholder: 'Found by its name',
    options: [],
    getOptions: async ({ data }: { data?: Parameters<typeof fieldNames>[0] }) => fieldNames(data ?? []),
  };
  builder
    .addSelect({ path: 'idField', name: 'ID field', description: 'Names each row. By default id, pid, uid or key.', category: FIELDS, settings })
    .addSelect({ path: 'parentField', name: 'Parent field', description: 'Holds the ID of the row above. By default parent, parent_id or ppid.', category: FIELDS, settings })
    .addSelect({ path: 'labelField', name: 'Label field', description: 'Is the first column. By default name, else the first text.', category: FIELDS, settings })
    .addSelect({ path: 'sortBy', name: 'Sort by', description: 'The initial order. Click a column heading to sort by another column.', category: FIELDS, settings: { ...settings, placeholder: 'First coloured value' } })
    .addBooleanSwitch({ path: 'sortDescending', name: 'Largest first', category: FIELDS, defaultValue: DEFAULTS.sortDescending, showIf: ({ sortBy }) => Boolean(sortBy) });
}

function addTree(builder: PanelOptionsEditorBuilder<PanelOptions>): void {
  builder
    .addRadio({ path: 'shape', name: 'Show as', description: 'At first; a button of the toolbar changes it.', category: TREE, defaultValue: DEFAULTS.shape, settings: { options: [{ value: 'tree', label: 'Tree' }, { value: 'list', label: 'List' }] } })
    .addSelect({
      path: 'nesting',
      name: 'Tree by',
      description: 'At first; a menu of the toolbar changes it. Rows without the fields that it needs stand below their parents.',
      category: TREE,
      defaultValue: DEFAULTS.nesting,
      settings: { options: NESTINGS.map((value) => ({ value, label: NESTING_TITLES[value] })) },
    })
    .addSelect({
      path: 'openLevels',
      name: 'Levels open at first',
      category: TREE,
      defaultValue: DEFAULTS.openLevels,
      settings: { options: [...[0, 1, 2, 3, 4, 5].map((value) => ({ value, label: String(value) })), { value: ALL_LEVELS, label: 'All' }] },
    })
    .addRadio({
      path: 'sums',
      name: 'Sums',
      description: 'Which rows show the sum over their branch in place of their own value.',
      category: TREE,
      defaultValue: DEFAULTS.sums,
      settings: { options: [{ value: 'folded', label: 'Folded rows' }, { value: 'always', label: 'All rows' }, { value: 'never', label: 'None' }] },
    })
    .addBooleanSwitch({ path: 'stickyAncestors', name: 'Ancestors stay in view', category: TREE, defaultValue: DEFAULTS.stickyAncestors });
}

function addLook(builder: PanelOptionsEditorBuilder<PanelOptions>): void {
  builder
    .addBooleanSwitch({ path: 'heat', name: 'Heat', description: 'Colours CPU, memory and I/O by their size. Other columns: see Cell type.', category: LOOK, defaultValue: DEFAULTS.heat })
    .addRadio({ path: 'density', name: 'Rows', category: LOOK, defaultValue: DEFAULTS.density, settings: { options: [{ value: 'compact', label: 'Compact' }, { value: 'normal', label: 'Normal' }, { value: 'comfortable', label: 'Tall' }] } })
    .addBooleanSwitch({ path: 'showToolbar', name: 'Toolbar', category: LOOK, defaultValue: DEFAULTS.showToolbar });
}

function fieldNames(frames: Array<Parameters<typeof getFieldDisplayName>[1] & object>) {
  const names = new Map(frames.flatMap((frame) => frame.fields.map((field) => [field.name, getFieldDisplayName(field, frame, frames)] as const)));
  return [...names].map(([value, label]) => ({ value, label }));
}
