import { Field, FieldSet, Input, RadioButtonGroup, TextArea } from '@grafana/ui';
import * as React from 'react';
import type { SectionProps } from './ConfigEditor.tsx';
import { linesOf, withOption } from './fields.ts';

const WIDTH = 60;

const DISCOVERIES = [
  { label: 'Prometheus', value: 'prometheus' as const, description: 'The targets that Prometheus scrapes' },
  { label: 'List', value: 'static' as const, description: 'The targets listed here' },
  { label: 'HTTP', value: 'http_sd' as const, description: 'A service that answers as Prometheus’ HTTP service discovery does' },
];

/** Where the exporters and Prometheus are. */
export function ExportersSection({ settings, onChange }: SectionProps) {
  const { jsonData } = settings;
  const discovery = jsonData.discovery ?? 'prometheus';
  const past = discovery === 'prometheus' ? 'It also has the past.' : 'Has the past; without it there is only the present.';
  return (
    <FieldSet label="Exporters">
      <Field label="Learn them from" description="A browser names a host by its label instance. Only what is found here says where that is.">
        <RadioButtonGroup options={DISCOVERIES} value={discovery} onChange={(value) => onChange(withOption(settings, 'discovery', value))} />
      </Field>
      {discovery === 'static' && (
        <Field label="Targets" description="One per line: HOST:PORT, URL or INSTANCE=URL.">
          <TextArea
            id="targets"
            cols={WIDTH}
            rows={5}
            placeholder={'web1:10056=https://web1.example:10056'}
            defaultValue={jsonData.targets?.join('\n')}
            onBlur={(event) => onChange(withOption(settings, 'targets', linesOf(event.currentTarget.value)))}
          />
        </Field>
      )}
      {discovery === 'http_sd' && (
        <Field label="Service discovery" description="Answers a list of target groups; the labels instance and __scheme__ count.">
          <Input id="http-sd-url" width={WIDTH} placeholder="http://discovery.example/proctree" value={jsonData.httpSdUrl ?? ''} onChange={(event) => onChange(withOption(settings, 'httpSdUrl', event.currentTarget.value))} />
        </Field>
      )}
      <Field label="Prometheus" description={`Its address, as Grafana’s server reaches it. ${past}`} required={discovery === 'prometheus'}>
        <Input id="prometheus-url" width={WIDTH} placeholder="http://prometheus:9090" value={jsonData.prometheusUrl ?? ''} onChange={(event) => onChange(withOption(settings, 'prometheusUrl', event.currentTarget.value))} />
      </Field>
      <Field label="Job" description="The label job of the exporters.">
        <Input id="job" width={20} placeholder="proctree" value={jsonData.job ?? ''} onChange={(event) => onChange(withOption(settings, 'job', event.currentTarget.value))} />
      </Field>
      <Field label="Live page" description="Its address for browsers, where processes can be acted on; {instance} and {host} stand for those of the row. Without it there is no link.">
        <Input id="page-url" width={WIDTH} placeholder="https://{instance}/" value={jsonData.pageUrl ?? ''} onChange={(event) => onChange(withOption(settings, 'pageUrl', event.currentTarget.value))} />
      </Field>
      <Field label="Scrape interval" description="How often Prometheus asks the exporters. Rates of the past are over four of them.">
        <Input id="scrape-interval" width={20} placeholder="15s" value={jsonData.scrapeInterval ?? ''} onChange={(event) => onChange(withOption(settings, 'scrapeInterval', event.currentTarget.value))} />
      </Field>
    </FieldSet>
  );
}
