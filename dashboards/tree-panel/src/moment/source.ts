import type { DataQuery, DataQueryRequest, DataQueryResponse, DataSourceApi, ScopedVars } from '@grafana/data';
import { getDataSourceSrv } from '@grafana/runtime';

/** What a data source can do that keeps tables of the past. All times are in Unix milliseconds. */
export interface MomentSource {
  /** Answers as of a moment, whatever the range of the request ends at. */
  queryMoment(request: DataQueryRequest, time: number): Promise<DataQueryResponse>;
  /** The moments of the tables before and after the one of a time; absent where there is none. */
  neighbours(target: DataQuery, scopedVars: ScopedVars, time: number): Promise<{ previous?: number; next?: number }>;
}

/** A request for one frame, and who answers it. */
export interface Asked {
  source: MomentSource;
  request: DataQueryRequest;
}

const isMomentSource = (source: DataSourceApi): source is DataSourceApi & MomentSource => 'queryMoment' in source && 'neighbours' in source;

/**
 * Who has answered the query of a frame, and can answer it as of another moment.
 * @param refId The query's, which a frame names.
 * @returns undefined for a data source that knows no moments.
 */
export async function findAsked(request: DataQueryRequest | undefined, refId: string | undefined): Promise<Asked | undefined> {
  const target = request?.targets.find((one) => one.refId === refId) ?? request?.targets[0];
  if (!request || !target) return undefined;
  const source = await getDataSourceSrv().get(target.datasource, request.scopedVars);
  return isMomentSource(source) ? { source, request: { ...request, targets: [target] } } : undefined;
}

/** @throws {Error} What the data source says is wrong. */
export async function framesAt({ source, request }: Asked, time: number): Promise<DataQueryResponse['data']> {
  // Of its own: Grafana ends a request when another one of the same name begins.
  const { data, errors = [], error = errors[0] } = await source.queryMoment({ ...request, requestId: `${request.requestId}-${time}` }, time);
  if (error) throw new Error(error.message ?? error.data?.message ?? 'The query failed.');
  return data;
}
