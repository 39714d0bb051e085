import { Collapse, Field, Input } from '@grafana/ui';
import * as React from 'react';
import type { SectionProps } from './ConfigEditor.tsx';
import { withOption } from './fields.ts';

/** The bounds with their defaults; the backend checks them. */
const LIMITS = [
  { name: 'timeoutSeconds', label: 'Time for an answer', unit: 's', standard: 5, most: 60 },
  { name: 'maxBodyMegabytes', label: 'Size of an answer', unit: 'MiB', standard: 32, most: 256 },
  { name: 'maxConcurrency', label: 'Exporters asked at once', unit: '', standard: 8, most: 100 },
  { name: 'cacheSeconds', label: 'An answer serves all who ask for', unit: 's', standard: 1, most: 10 },
  { name: 'refreshSeconds', label: 'The list of exporters is good for', unit: 's', standard: 30, most: 3600 },
  { name: 'streamIntervalSeconds', label: 'Streams say what is new every', unit: 's', standard: 2, most: 60 },
  { name: 'maxStreams', label: 'Different streams', unit: '', standard: 100, most: 1000 },
] as const;

export function LimitsSection({ settings, onChange }: SectionProps) {
  const [open, setOpen] = React.useState(false);
  return (
    <Collapse label="Limits" isOpen={open} onToggle={() => setOpen(!open)}>
      {LIMITS.map(({ name, label, unit, standard, most }) => (
        <Field key={name} label={label}>
          <Input
            id={name}
            type="number"
            min={1}
            max={most}
            width={20}
            suffix={unit}
            placeholder={String(standard)}
            value={settings.jsonData[name] ?? ''}
            onChange={(event) => onChange(withOption(settings, name, event.currentTarget.value === '' ? undefined : event.currentTarget.valueAsNumber))}
          />
        </Field>
      ))}
    </Collapse>
  );
}
