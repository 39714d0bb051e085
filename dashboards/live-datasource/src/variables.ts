import { CustomVariableSupport, type DataQueryRequest, type DataQueryResponse, type MetricFindValue } from '@grafana/data';
import { getTemplateSrv } from '@grafana/runtime';
import { type Observable, from, map } from 'rxjs';
import type { LiveDataSource } from './datasource.ts';
import { VariableEditor } from './query/VariableEditor.tsx';
import type { LiveVariableQuery } from './types.ts';

/** Template variables: the hosts, and the groups and users of one. */
export class LiveVariables extends CustomVariableSupport<LiveDataSource, LiveVariableQuery> {
  editor = VariableEditor;

  constructor(private readonly source: LiveDataSource) {
    super();
  }

  query(request: DataQueryRequest<LiveVariableQuery>): Observable<DataQueryResponse> {
    const [{ queryType, instance }] = request.targets;
    const host = getTemplateSrv().replace(instance, request.scopedVars);
    return from(this.source.values(queryType ?? 'instances', host)).pipe(
      map((values) => ({ data: values.map((text): MetricFindValue => ({ text, value: text })) })),
    );
  }
}
