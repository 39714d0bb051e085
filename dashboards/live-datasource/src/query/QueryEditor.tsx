import type { QueryEditorProps } from '@grafana/data';
import { Combobox, type ComboboxOption, InlineField, InlineFieldRow, InlineSwitch, Input, RadioButtonGroup } from '@grafana/ui';
import * as React from 'react';
import type { LiveDataSource } from '../datasource.ts';
import type { LiveOptions, LiveQuery, QueryType, Texts } from '../types.ts';
import { NumberField } from './NumberField.tsx';
import { SORTS, SORT_ALIASES } from './choices.gen.ts';
import { EVENT_KINDS, EVENT_STATUS, HOST_METRICS, RESOURCES, SECTIONS, STATES, TYPES, USED_BY } from './choices.ts';

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
    const [host] = [datasource.applyTemplateVariables(query, {}).instance].flat();
    const list = await datasource.values(path, host).catch(() => []);
    const shown = path === 'instances' ? ['$instance', ...list] : list;
    return shown.filter((value) => value.includes(typed)).map((value) => ({ value }));
  };
  return (
    <>
      <InlineFieldRow>
        <InlineField label="Show" labelWidth={LABEL}>
          <RadioButtonGroup<QueryType> options={TYPES} value={type} onChange={(queryType) => change({ queryType, sort: undefined, metric: undefined, figure: undefined })} />
        </InlineField>
        <InlineField label="Host" labelWidth={LABEL} tooltip="The label instance of its exporter, or a variable">
          <Combobox id={id('host')} width={32} createCustomValue options={values('instances')} value={one(query.instance)} onChange={({ value }) => change({ instance: value })} />
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
        {type === 'process' && <CourseFields query={query} change={change} />}
        {type === 'used' && <UsedFields query={query} change={change} />}
        {type === 'report' && (
          <InlineField label="Part" labelWidth={LABEL} tooltip="One table; otherwise every part that is not empty, as a table each">
            <Combobox id={id('section')} width={28} isClearable placeholder="All" options={SECTIONS} value={query.section ?? null} onChange={(option) => change({ section: option?.value })} />
          </InlineField>
        )}
      </InlineFieldRow>
      {type === 'events' && <EventFields query={query} change={change} values={values} />}
      {(type === 'tree' || type === 'top' || type === 'count') && <Filters query={query} change={change} values={values} />}
    </>
  );
}

interface FieldsProps {
  query: LiveQuery;
  change: (part: Partial<LiveQuery>) => void;
}

/** Which process, and what of it. */
function CourseFields({ query, change }: FieldsProps) {
  const id = idOf(query);
  return (
    <>
      <InlineField label="Process" labelWidth={LABEL} tooltip="Its id, such as 4711-981234 (PID and start), or a variable">
        <Input id={id('process')} width={24} defaultValue={query.process} onBlur={(event) => change({ process: event.currentTarget.value || undefined })} />
      </InlineField>
      <InlineField label="Metric" labelWidth={LABEL} tooltip="One, for an alert rule; otherwise all">
        <Combobox id={id('course-metric')} width={20} isClearable placeholder="All" options={SORTS} value={query.metric ?? null} onChange={(option) => change({ metric: option?.value })} />
      </InlineField>
    </>
  );
}

/** What was used, by whom. */
function UsedFields({ query, change }: FieldsProps) {
  const id = idOf(query);
  return (
    <>
      <InlineField label="Resource" labelWidth={LABEL}>
        <Combobox id={id('resource')} width={20} options={RESOURCES} value={query.sort ?? 'cpu'} onChange={({ value }) => change({ sort: value })} />
      </InlineField>
      <InlineField label="Added up by" labelWidth={LABEL}>
        <Combobox id={id('group-by')} width={26} options={USED_BY} value={query.groupBy ?? 'process'} onChange={({ value }) => change({ groupBy: value })} />
      </InlineField>
      <NumberField id={id('used-limit')} label="At most" unit="rows" value={query.limit} onChange={(limit) => change({ limit })} />
    </>
  );
}

/** Which events. */
function EventFields({ query, change, values }: FiltersProps) {
  const id = idOf(query);
  return (
    <InlineFieldRow>
      <InlineField label="Kind" labelWidth={LABEL}>
        <Combobox id={id('kind')} width={16} isClearable createCustomValue options={EVENT_KINDS} value={one(query.kind)} onChange={(option) => change({ kind: parts(option?.value) })} />
      </InlineField>
      <InlineField label="Status" labelWidth={LABEL} tooltip="How a process ended: abnormal, an exit code, a signal">
        <Combobox id={id('status')} width={16} isClearable createCustomValue options={EVENT_STATUS} value={one(query.status)} onChange={(option) => change({ status: parts(option?.value) })} />
      </InlineField>
      <InlineField label="Match" labelWidth={LABEL} tooltip="Text in the name; for those who see command lines also in these and in paths">
        <Input id={id('event-match')} width={24} defaultValue={query.match} onBlur={(event) => change({ match: event.currentTarget.value || undefined })} />
      </InlineField>
      <InlineField label="Group" labelWidth={LABEL}>
        <Combobox id={id('event-group')} width={20} isClearable createCustomValue options={values('groups')} value={one(query.group)} onChange={(option) => change({ group: option?.value })} />
      </InlineField>
      <NumberField id={id('event-limit')} label="At most" unit="events" value={query.limit} onChange={(limit) => change({ limit })} />
    </InlineFieldRow>
  );
}

/** The values of a field that shows several joined; undefined for none. */
const parts = (text: string | undefined) => text?.split(',');

interface FiltersProps extends FieldsProps {
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
