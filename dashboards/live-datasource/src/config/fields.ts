import type { DataSourceSettings } from '@grafana/data';
import type { LiveOptions, LiveSecrets } from '../types.ts';

export type Settings = DataSourceSettings<LiveOptions, LiveSecrets>;

/** Settings with another value in jsonData; undefined is the backend's default. */
export function withOption<Name extends keyof LiveOptions>(settings: Settings, name: Name, value: LiveOptions[Name]): Settings {
  const jsonData = { ...settings.jsonData };
  if (value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) delete jsonData[name];
  else jsonData[name] = value;
  return { ...settings, jsonData };
}

/** Settings with a secret that is yet to be saved. */
export function withSecret(settings: Settings, name: keyof LiveSecrets, value: string): Settings {
  return { ...settings, secureJsonData: { ...settings.secureJsonData, [name]: value } };
}

/** Settings that forget a secret, also one that is saved. */
export function withoutSecret(settings: Settings, name: keyof LiveSecrets): Settings {
  return {
    ...settings,
    secureJsonFields: { ...settings.secureJsonFields, [name]: false },
    secureJsonData: { ...settings.secureJsonData, [name]: '' },
  };
}

/** The lines of a text, without the empty ones. */
export function linesOf(text: string): string[] {
  return text.split('\n').map((line) => line.trim()).filter(Boolean);
}
