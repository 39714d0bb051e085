import { InlineField, Input } from '@grafana/ui';
import * as React from 'react';

interface Props {
  id: string;
  label: string;
  unit: string;
  value: number | undefined;
  /** @param value Undefined for an empty field. */
  onChange: (value: number | undefined) => void;
}

/** A number from 0 up, given when the field is left. */
export function NumberField({ id, label, unit, value, onChange }: Props) {
  return (
    <InlineField label={label} labelWidth={14}>
      <Input
        id={id}
        type="number"
        min={0}
        width={20}
        suffix={unit}
        defaultValue={value}
        onBlur={(event) => onChange(event.currentTarget.value === '' ? undefined : Math.max(0, event.currentTarget.valueAsNumber))}
      />
    </InlineField>
  );
}
