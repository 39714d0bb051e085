import { DataSourcePlugin } from '@grafana/data';
import { ConfigEditor } from './config/ConfigEditor.tsx';
import { LiveDataSource } from './datasource.ts';
import { QueryEditor } from './query/QueryEditor.tsx';
import type { LiveOptions, LiveQuery, LiveSecrets } from './types.ts';

export const plugin = new DataSourcePlugin<LiveDataSource, LiveQuery, LiveOptions, LiveSecrets>(LiveDataSource)
  .setConfigEditor(ConfigEditor)
  .setQueryEditor(QueryEditor);
