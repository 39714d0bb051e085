/**
 * A page that stands for Grafana: it loads the built bundle of a panel, gives it data
 * prepared as a dashboard prepares them (defaults, overrides, display, links), and frames it.
 * Tests drive it through window.host.
 */
import {
  type DataContextScopedVar, type DataFrameDTO, type DataQueryRequest, type DataQueryResponse, type FieldConfigSource, type InterpolateFunction, LoadingState, type PanelData, type QueryResultMetaNotice, ThemeContext, type TimeRange, applyFieldOverrides, createTheme, dateTime,
  getDefaultTimeRange, toDataFrame,
} from '@grafana/data';
import { setDataSourceSrv } from '@grafana/runtime';
import { GlobalStyles, PanelChrome } from '@grafana/ui';
import * as React from 'react';
import { createRoot } from 'react-dom/client';
import { Editor, type EditorScene } from './editors.tsx';
import { loadPlugin } from './modules.ts';
import { fillRegistries } from './registries.ts';

interface DataContextScopedVars {
  __dataContext?: DataContextScopedVar;
}

/** One state of a panel. */
export interface Scene {
  frames: DataFrameDTO[];
  options?: Record<string, unknown>;
  fieldConfig?: FieldConfigSource;
  state?: LoadingState;
  errors?: string[];
  notices?: QueryResultMetaNotice[];
  /** The dashboard's range, in Unix milliseconds. */
  range?: [from: number, to: number];
  /** What the data source has of the past, in the order of time; without it, it knows no moments. */
  recording?: Array<{ time: number; frame: DataFrameDTO }>;
  title?: string;
  width: number;
  height: number;
  dark?: boolean;
}

fillRegistries();

const root = createRoot(document.getElementById('root')!);

/** As in Grafana each is made once, and its styles are not written again with each panel's data. */
const THEMES = { dark: createTheme({ colors: { mode: 'dark' } }), light: createTheme({ colors: { mode: 'light' } }) };
const themeOf = (dark: boolean | undefined) => (dark === false ? THEMES.light : THEMES.dark);
const Styles = React.memo(GlobalStyles);

/** Fills in what tests use: a dashboard's variable, and the fields of the row that a link is for. */
const replaceVariables: InterpolateFunction = (text, scopedVars) => text.replaceAll('${instance}', 'host-a').replaceAll(/\$\{__data\.fields\.(\w+)\}/g, (whole, name) => {
  const context = (scopedVars as DataContextScopedVars | undefined)?.__dataContext?.value;
  const field = context?.data[0].fields.find((f) => f.name === name);
  return field && context?.rowIndex !== undefined ? String(field.values[context.rowIndex]) : whole;
});
let plugin: any;
let last: Scene;

function dataOf(scene: Scene): PanelData {
  const theme = themeOf(scene.dark);
  const range = scene.range ? { from: dateTime(scene.range[0]), to: dateTime(scene.range[1]), raw: { from: dateTime(scene.range[0]), to: dateTime(scene.range[1]) } } : getDefaultTimeRange();
  const series = applyFieldOverrides({
    data: scene.frames.map((frame) => toDataFrame(frame)),
    fieldConfig: scene.fieldConfig ?? { defaults: plugin.fieldConfigDefaults.defaults, overrides: [] },
    fieldConfigRegistry: plugin.fieldConfigRegistry,
    replaceVariables,
    theme,
    timeZone: 'utc',
  });
  return { series, state: scene.state ?? LoadingState.Done, timeRange: range, errors: scene.errors?.map((message) => ({ message })), request: scene.recording && requestOf(range) };
}

const requestOf = (range: TimeRange): DataQueryRequest => ({
  requestId: 'Q1', app: 'dashboard', interval: '1s', intervalMs: 1000, startTime: 0, timezone: 'utc', scopedVars: {}, range, targets: [{ refId: 'A', datasource: { uid: 'live' } }],
});

/** A data source with a recording, as proctree's own one. */
const source = {
  async queryMoment(_: DataQueryRequest, time: number): Promise<DataQueryResponse> {
    const at = last.recording!.findLast((one) => one.time <= time);
    if (!at) return { data: [], errors: [{ message: 'The exporter has no recording of that time.' }] };
    return { data: [toDataFrame(at.frame)] };
  },
  async neighbours(_: unknown, __: unknown, time: number) {
    const second = (at: number | undefined) => at && Math.ceil(at / 1000) * 1000;
    const times = last.recording!.map((one) => one.time);
    return { previous: second(times.findLast((at) => at < time)), next: second(times.find((at) => at > time)) };
  },
};
setDataSourceSrv({ get: async () => source, getInstanceSettings: () => undefined, getList: () => [], reload() {} } as never);

interface Held {
  scene: Scene;
  data: PanelData;
}

function Page({ scene, data }: Held) {
  const theme = themeOf(scene.dark);
  const Panel = plugin.panel as React.ComponentType<any>;
  const options = { ...plugin.defaults, ...scene.options };
  return (
    <ThemeContext.Provider value={theme}>
      <Styles />
      <div style={{ background: theme.colors.background.canvas, padding: 8, minHeight: '100vh', boxSizing: 'border-box' }}>
        <PanelChrome title={scene.title ?? 'Processes'} width={scene.width} height={scene.height} padding={plugin.noPadding ? 'none' : 'md'} loadingState={data.state}>
          {(width, height) => (
            <Panel
              id={1}
              data={data}
              options={options}
              fieldConfig={scene.fieldConfig ?? { defaults: {}, overrides: [] }}
              width={width}
              height={height}
              timeRange={data.timeRange}
              timeZone="utc"
              title=""
              transparent={false}
              renderCounter={0}
              replaceVariables={replaceVariables}
              onOptionsChange={() => {}}
              onFieldConfigChange={() => {}}
              onChangeTimeRange={() => {}}
              eventBus={{ publish() {}, getStream: () => ({ subscribe: () => ({ unsubscribe() {} }) }), subscribe: () => ({ unsubscribe() {} }), removeAllListeners() {}, newScopedBus() { return this; } }}
            />
          )}
        </PanelChrome>
      </div>
    </ThemeContext.Provider>
  );
}

const host = {
  react: React.version,
  async load(url: string) {
    plugin = (await loadPlugin(url)).plugin;
  },
  /** Shows a scene; what it leaves out stays as it was. */
  show(scene: Partial<Scene>) {
    last = { ...last, ...scene };
    root.render(<Page scene={last} data={dataOf(last)} />);
  },
  /** What a dashboard does to the data before the panel gets them: no part of the panel's own time. */
  prepare(scene: Partial<Scene>): Held {
    const whole = { ...last, ...scene };
    return { scene: whole, data: dataOf(whole) };
  },
  showPrepared({ scene, data }: Held) {
    last = scene;
    root.render(<Page scene={scene} data={data} />);
  },
  /** What an editor that edit shows has made of its value. */
  edited: undefined as Record<string, any> | undefined,
  /** Shows an editor of a data source. */
  edit(scene: EditorScene, dark = true) {
    const theme = themeOf(dark);
    root.render(
      <ThemeContext.Provider value={theme}>
        <Styles />
        <div style={{ background: theme.colors.background.primary, padding: 16, minHeight: '100vh', boxSizing: 'border-box' }}>
          <Editor plugin={plugin} scene={scene} changed={(value) => { host.edited = value; }} />
        </div>
      </ThemeContext.Provider>,
    );
  },
  leave() {
    root.render(null);
  },
};

declare global {
  interface Window { host: typeof host }
}
window.host = host;
