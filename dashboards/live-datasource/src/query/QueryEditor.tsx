import type { QueryEditorProps } from '@grafana/data';
import { Combobox, type ComboboxOption, InlineField, InlineFieldRow, InlineSwitch, Input, RadioButtonGroup } from '@grafana/ui';
import * as React from 'react';
import type { LiveDataSource } from '../datasource.ts';
import type { LiveOptions, LiveQuery, QueryType, Texts } from '../types.ts';
import { NumberField } from './NumberField.tsx';
import { SORTS, SORT_ALIASES } from './choices.gen.ts';
import { HOST_METRICS, STATES, TYPES } from './choices.ts';

type Props = QueryEditorProps<LiveDataSource, LiveQuery, LiveOptions>;

const LABEL = 12;

export function QueryEditor({ datasource, query, onChange, onRunQuery }: Props) {
  const type = query.queryType ?? 'tree';
  const id = idOf(query);
  const change = (part: Partial<LiveQuery>) => {
    onChange({ ...query, ...part });
    onRunQuery();
  };
  // The host may be a variable, which is not in the list of hosts.
  const values = (path: 'instances' | 'groups' | 'users') => async (typed: string): Promise<ComboboxOption[]> => {
    const host = datasource.applyTemplateVariables(query, {}).instance;
    const list = await datasource.values(path, host).catch(() => []);
    const shown = path === 'instances' ? ['$instance', ...list] : list;
    return shown.filter((value) => value.includes(typed)).map((value) => ({ value }));
  };
  return (
    <>
      <InlineFieldRow>
        <InlineField label="Show" labelWidth={LABEL}>
          <RadioButtonGroup<QueryType> options={TYPES} value={type} onChange={(queryType) => change({ queryType })} />
        </InlineField>
        <InlineField label="Host" labelWidth={LABEL} tooltip="The label instance of its exporter, or a variable">
          <Combobox id={id('host')} width={32} createCustomValue options={values('instances')} value={query.instance} onChange={({ value }) => change({ instance: value })} />
        </InlineField>
        {type === 'tree' && (
          <InlineField label="Stream" labelWidth={LABEL} tooltip="Follow what changes while the time range ends now">
            <InlineSwitch id={id('stream')} value={query.stream ?? false} onChange={(event) => change({ stream: event.currentTarget.checked })} />
          </InlineField>
        )}
        {type === 'top' && (
          <InlineField label="By" labelWidth={LABEL}>
            <Combobox id={id('by')} width={20} options={SORTS} value={SORT_ALIASES[query.sort ?? ''] ?? query.sort ?? 'cpu'} onChange={({ value }) => change({ sort: value })} />
          </InlineField>
        )}
        {type === 'host' && (
          <InlineField label="Metric" labelWidth={LABEL} tooltip="One, for an alert rule; otherwise all">
            <Combobox id={id('metric')} width={20} isClearable placeholder="All" options={HOST_METRICS} value={query.metric ?? query.figure ?? null} onChange={(option) => change({ metric: option?.value, figure: undefined })} />
          </InlineField>
        )}
      </InlineFieldRow>
      {type !== 'host' && <Filters query={query} change={change} values={values} />}
    </>
  );
}

interface FiltersProps {
  query: LiveQuery;
  change: (part: Partial<LiveQuery>) => void;
  values: (path: 'groups' | 'users') => (typed: string) => Promise<ComboboxOption[]>;
}

/** Which processes; a process must pass all of it, and its ancestors stay. */
function Filters({ query, change, values }: FiltersProps) {
  const id = idOf(query);
  return (
    <>
      <InlineFieldRow>
        <InlineField label="Match" labelWidth={LABEL} tooltip="Text in the name; for those who see command lines also in these and in paths">
          <Input id={id('match')} width={32} defaultValue={query.match} onBlur={(event) => change({ match: event.currentTarget.value || undefined })} />
        </InlineField>
        <InlineField label="User" labelWidth={LABEL}>
          <Combobox id={id('user')} width={20} isClearable createCustomValue options={values('users')} value={one(query.user)} onChange={(option) => change({ user: option?.value })} />
        </InlineField>
        <InlineField label="Group" labelWidth={LABEL}>
          <Combobox id={id('group')} width={20} isClearable createCustomValue options={values('groups')} value={one(query.group)} onChange={(option) => change({ group: option?.value })} />
        </InlineField>
        <InlineField label="State" labelWidth={LABEL}>
          <Combobox id={id('state')} width={20} isClearable createCustomValue options={STATES} value={one(query.state)} onChange={(option) => change({ state: option?.value })} />
        </InlineField>
      </InlineFieldRow>
      <InlineFieldRow>
        <NumberField id={id('min-cpu')} label="CPU from" unit="cores" value={query.minCpu} onChange={(minCpu) => change({ minCpu })} />
        <NumberField id={id('min-memory')} label="Memory from" unit="bytes" value={query.minMemory} onChange={(minMemory) => change({ minMemory })} />
        <NumberField id={id('limit')} label="At most" unit="processes" value={query.limit} onChange={(limit) => change({ limit })} />
      </InlineFieldRow>
    </>
  );
}

/** The ids of a query's fields: a panel may have several queries. */
function idOf(query: LiveQuery) {
  return (field: string) => `live-${query.refId}-${field}`;
}

/** Provisioned queries may have several values, which the field shows joined. */
function one(texts: Texts | undefined): string | null {
  return [texts ?? []].flat().join(',') || null;
}
