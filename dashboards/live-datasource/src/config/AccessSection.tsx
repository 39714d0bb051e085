import { Field, FieldSet, RadioButtonGroup, TextArea } from '@grafana/ui';
import * as React from 'react';
import type { SectionProps } from './ConfigEditor.tsx';
import { linesOf, withOption } from './fields.ts';

const ROLES = [
  { label: 'Editors and Admins', value: 'Editor' as const },
  { label: 'Admins', value: 'Admin' as const },
  { label: 'Nobody', value: 'never' as const },
];

/** Who sees what, and where the exporters may be. */
export function AccessSection({ settings, onChange }: SectionProps) {
  const { jsonData } = settings;
  return (
    <FieldSet label="Access">
      <Field label="Command lines and paths are for" description="Viewers never see them, nor can they search them. All else is for everybody in the organisation.">
        <RadioButtonGroup options={ROLES} value={jsonData.commandLines ?? 'Editor'} onChange={(value) => onChange(withOption(settings, 'commandLines', value))} />
      </Field>
      <Field label="Allowed hosts" description="Where exporters may be, one per line: a name, *.DOMAIN, an address or a network. Empty allows all but link-local addresses.">
        <TextArea
          id="allowed-hosts"
          cols={60}
          rows={3}
          placeholder="10.0.0.0/8"
          defaultValue={jsonData.allowedHosts?.join('\n')}
          onBlur={(event) => onChange(withOption(settings, 'allowedHosts', linesOf(event.currentTarget.value)))}
        />
      </Field>
    </FieldSet>
  );
}
