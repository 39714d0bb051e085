/** What Grafana would give to a plugin, as real modules. */
import * as emotion from '@emotion/css';
import * as data from '@grafana/data';
import * as runtime from '@grafana/runtime';
import * as ui from '@grafana/ui';
import * as lodash from 'lodash';
import * as React from 'react';
import * as ReactDOM from 'react-dom';
import * as rxjs from 'rxjs';

export const modules: Record<string, unknown> = {
  react: React,
  'react-dom': ReactDOM,
  rxjs,
  lodash,
  '@emotion/css': emotion,
  '@grafana/data': data,
  '@grafana/runtime': runtime,
  '@grafana/ui': ui,
};

/** Loads the module of a plugin as Grafana's loader does: by the define call of AMD. */
export async function loadPlugin(url: string): Promise<any> {
  let loaded: unknown;
  const define = (names: string[], factory: (...given: unknown[]) => unknown) => {
    const missing = names.filter((name) => !(name in modules));
    if (missing.length > 0) throw new Error(`Grafana gives no module named ${missing.join(', ')}`);
    loaded = factory(...names.map((name) => modules[name]));
  };
  const code = await (await fetch(url)).text();
  new Function('define', code)(define);
  return loaded;
}
