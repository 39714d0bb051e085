/** The editors of a data source, with what Grafana's pages around them keep. */
import * as React from 'react';

export interface EditorScene {
  /** Which component of the plugin. */
  editor: 'ConfigEditor' | 'QueryEditor' | 'VariableEditor';
  /** The options, or the query, at the beginning. */
  value: Record<string, any>;
  /** What the data source answers for the choices of an editor. */
  choices?: Record<string, string[]>;
}

/** Called with every change, so that a test can look at it. */
type Changed = (value: Record<string, any>) => void;

export function Editor({ plugin, scene, changed }: { plugin: any; scene: EditorScene; changed: Changed }) {
  const [value, setValue] = React.useState(scene.value);
  const change = (next: Record<string, any>) => {
    setValue(next);
    changed(next);
  };
  const source = React.useMemo(() => ({
    values: async (path: string) => scene.choices?.[path] ?? [],
    applyTemplateVariables: (query: unknown) => query,
  }), [scene]);
  if (scene.editor === 'ConfigEditor') {
    const { ConfigEditor } = plugin.components;
    return <ConfigEditor options={value} onOptionsChange={change} />;
  }
  const Component = scene.editor === 'QueryEditor' ? plugin.components.QueryEditor : new plugin.DataSourceClass({ uid: 'x', jsonData: {}, meta: {} }).variables.editor;
  return <Component datasource={source} query={value} onChange={change} onRunQuery={() => {}} />;
}
