/**
 * The registries that Grafana fills when it starts: how a field's options are worked out, and
 * the editors that a plugin may ask for, of which the page shows none.
 */
import {
  FieldConfigProperty, dataLinksOverrideProcessor, displayNameOverrideProcessor, identityOverrideProcessor, numberOverrideProcessor,
  standardEditorsRegistry, standardFieldConfigEditorRegistry, thresholdsOverrideProcessor, unitOverrideProcessor, valueMappingsOverrideProcessor,
} from '@grafana/data';

const EDITORS = ['text', 'number', 'slider', 'boolean', 'select', 'multi-select', 'radio', 'unit', 'color', 'fieldColor', 'links', 'mappings', 'thresholds', 'field-name', 'strings', 'timezone', 'stats-picker'];

const PROCESSORS = {
  [FieldConfigProperty.DisplayName]: displayNameOverrideProcessor,
  [FieldConfigProperty.Unit]: unitOverrideProcessor,
  [FieldConfigProperty.Decimals]: numberOverrideProcessor,
  [FieldConfigProperty.Min]: numberOverrideProcessor,
  [FieldConfigProperty.Max]: numberOverrideProcessor,
  [FieldConfigProperty.NoValue]: identityOverrideProcessor,
  [FieldConfigProperty.Thresholds]: thresholdsOverrideProcessor,
  [FieldConfigProperty.Mappings]: valueMappingsOverrideProcessor,
  [FieldConfigProperty.Links]: dataLinksOverrideProcessor,
  [FieldConfigProperty.Color]: identityOverrideProcessor,
};

const DEFAULTS: Record<string, unknown> = {
  [FieldConfigProperty.Thresholds]: { mode: 'absolute', steps: [{ value: -Infinity, color: 'green' }, { value: 80, color: 'red' }] },
  [FieldConfigProperty.Mappings]: [],
};

export function fillRegistries(): void {
  standardEditorsRegistry.setInit(() => EDITORS.map((id) => ({ id, name: id, editor: () => null })) as never);
  standardFieldConfigEditorRegistry.setInit(() => Object.entries(PROCESSORS).map(([id, process]) => ({
    id, path: id, name: id, editor: () => null, override: () => null, process, shouldApply: () => true, defaultValue: DEFAULTS[id], getItemsCount: () => 0, settings: {},
  })) as never);
}
