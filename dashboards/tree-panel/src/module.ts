import * as React from 'react';
import { FieldColorModeId, FieldConfigProperty, PanelPlugin } from '@grafana/data';
import { addFieldOptions } from './editor/field-options.ts';
import { addPanelOptions } from './editor/panel-options.ts';
import type { FieldOptions, PanelOptions } from './options.ts';
import { TreePanel } from './TreePanel.tsx';

export const plugin: PanelPlugin<PanelOptions, FieldOptions> = new PanelPlugin<PanelOptions, FieldOptions>((props) => React.createElement(TreePanel, { ...props, registry: plugin.fieldConfigRegistry }))
  .setPanelOptions(addPanelOptions)
  .useFieldConfig({
    standardOptions: {
      [FieldConfigProperty.Color]: { defaultValue: { mode: FieldColorModeId.Thresholds }, settings: { byValueSupport: true, preferThresholdsMode: true } },
    },
    useCustomConfig: addFieldOptions,
  });
