import type { DataSourcePluginOptionsEditorProps } from '@grafana/data';
import * as React from 'react';
import type { LiveOptions, LiveSecrets } from '../types.ts';
import { AccessSection } from './AccessSection.tsx';
import { ExportersSection } from './ExportersSection.tsx';
import { LimitsSection } from './LimitsSection.tsx';
import { SignInSection } from './SignInSection.tsx';
import type { Settings } from './fields.ts';

/** What every part of the page gets. */
export interface SectionProps {
  settings: Settings;
  onChange: (settings: Settings) => void;
}

export function ConfigEditor({ options, onOptionsChange }: DataSourcePluginOptionsEditorProps<LiveOptions, LiveSecrets>) {
  const part = { settings: options, onChange: onOptionsChange };
  const discovery = options.jsonData.discovery ?? 'prometheus';
  return (
    <>
      <ExportersSection {...part} />
      <SignInSection {...part} server="exporter" title="Signing in at the exporters" />
      {(discovery === 'prometheus' || options.jsonData.prometheusUrl) && <SignInSection {...part} server="prometheus" title="Signing in at Prometheus" />}
      {discovery === 'http_sd' && <SignInSection {...part} server="httpSd" title="Signing in at the service discovery" />}
      <AccessSection {...part} />
      <LimitsSection {...part} />
    </>
  );
}
