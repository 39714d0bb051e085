import { type FieldConfigEditorBuilder, FieldType } from '@grafana/data';
import type { FieldOptions } from '../options.ts';

/** What can be set for a field: by default, or by an override. */
export function addFieldOptions(builder: FieldConfigEditorBuilder<FieldOptions>): void {
  builder
    .addSelect({
      path: 'cellOptions.type',
      name: 'Cell type',
      description: 'Auto colours the values that the panel knows, such as CPU and memory.',
      defaultValue: 'auto',
      settings: {
        options: [
          { value: 'auto', label: 'Auto' },
          { value: 'text', label: 'Text' },
          { value: 'color-text', label: 'Coloured text' },
          { value: 'color-background', label: 'Coloured background (heat)' },
          { value: 'gauge', label: 'Bar' },
        ],
      },
    })
    .addRadio({
      path: 'sum',
      name: 'Sum over a branch',
      description: 'Whether a folded row shows the sum of its branch. Auto: for values that the panel knows.',
      defaultValue: 'auto',
      settings: { options: [{ value: 'auto', label: 'Auto' }, { value: 'yes', label: 'Sum' }, { value: 'no', label: 'None' }] },
      shouldApply: ({ type }) => type === FieldType.number,
    })
    .addNumberInput({
      path: 'width',
      name: 'Column width',
      description: 'In pixels.',
      settings: { placeholder: 'auto', min: 30, max: 1000 },
    })
    .addRadio({
      path: 'hidden',
      name: 'Column',
      description: 'Auto shows the columns that fit into the panel.',
      settings: { options: [{ value: undefined, label: 'Auto' }, { value: false, label: 'Show' }, { value: true, label: 'Hide' }] },
    });
}
