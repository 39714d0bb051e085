import type { QueryEditorProps } from '@grafana/data';
import { InlineField, InlineFieldRow, Input, RadioButtonGroup } from '@grafana/ui';
import * as React from 'react';
import type { LiveDataSource } from '../datasource.ts';
import type { LiveOptions, LiveQuery, LiveVariableQuery, VariableKind } from '../types.ts';

type Props = QueryEditorProps<LiveDataSource, LiveQuery, LiveOptions, LiveVariableQuery>;

const KINDS: Array<{ label: string; value: VariableKind; description: string }> = [
  { label: 'Hosts', value: 'instances', description: 'Every exporter that is known, by its label instance' },
  { label: 'Groups', value: 'groups', description: 'The groups of processes on one host, now' },
  { label: 'Users', value: 'users', description: 'The users of processes on one host, now' },
];

export function VariableEditor({ query, onChange }: Props) {
  const kind = query.queryType ?? 'instances';
  return (
    <InlineFieldRow>
      <InlineField label="Values" labelWidth={12}>
        <RadioButtonGroup options={KINDS} value={kind} onChange={(queryType) => onChange({ ...query, queryType })} />
      </InlineField>
      {kind !== 'instances' && (
        <InlineField label="Host" labelWidth={8} tooltip="An instance, or a variable such as $instance">
          <Input
            id="live-variable-host"
            defaultValue={query.instance ?? '$instance'}
            width={30}
            onBlur={(event) => onChange({ ...query, queryType: kind, instance: event.currentTarget.value })}
          />
        </InlineField>
      )}
    </InlineFieldRow>
  );
}
