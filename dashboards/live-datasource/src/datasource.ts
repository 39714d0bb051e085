import {
  type AnnotationQuery, type AnnotationSupport, type DataFrame, type DataQueryRequest, type DataQueryResponse, type DataSourceInstanceSettings, LiveChannelScope, LoadingState,
  type ScopedVars,
} from '@grafana/data';
import { DataSourceWithBackend, config, getGrafanaLiveSrv, getTemplateSrv } from '@grafana/runtime';
import { type Observable, catchError, concat, lastValueFrom, map, merge, of, switchMap, timer } from 'rxjs';
import { annotationQuery } from './query/annotation.ts';
import { interpolate } from './query/interpolate.ts';
import { follow } from './stream/follow.ts';
import type { StreamMessage } from './stream/messages.ts';
import { DEFAULT_QUERY, type LiveOptions, type LiveQuery } from './types.ts';
import { LiveVariables } from './variables.ts';

/** How often a tree is asked for where there is no stream, in milliseconds. */
const POLL_INTERVAL = 5000;

export class LiveDataSource extends DataSourceWithBackend<LiveQuery, LiveOptions> {
  /** Events in graphs. Grafana reads time, title, text and tags of the frame. */
  annotations: AnnotationSupport<LiveQuery> = {
    getDefaultQuery: () => annotationQuery(undefined),
    prepareQuery: ({ target }: AnnotationQuery<LiveQuery>) => annotationQuery(target),
  };

  constructor(settings: DataSourceInstanceSettings<LiveOptions>) {
    super(settings);
    this.variables = new LiveVariables(this);
  }

  getDefaultQuery(): Partial<LiveQuery> {
    return DEFAULT_QUERY;
  }

  filterQuery(query: LiveQuery): boolean {
    return !query.hide && Boolean(query.instance?.length);
  }

  applyTemplateVariables(query: LiveQuery, scopedVars: ScopedVars): LiveQuery {
    const templates = getTemplateSrv();
    return interpolate(query, scopedVars, (text, scoped, format) => templates.replace(text, scoped, format));
  }

  query(request: DataQueryRequest<LiveQuery>): Observable<DataQueryResponse> {
    const followed = request.targets.filter((target) => this.isFollowed(target, request));
    if (followed.length === 0) return super.query(request);
    const rest = request.targets.filter((target) => !followed.includes(target));
    const answers = followed.map((target) => this.followed({ ...request, targets: [target] }));
    if (rest.length > 0) answers.push(super.query({ ...request, targets: rest, requestId: `${request.requestId}-rest` }));
    return merge(...answers);
  }

  /** The values of a variable. */
  async values(path: 'instances' | 'groups' | 'users', instance = ''): Promise<string[]> {
    return this.getResource(path, path === 'instances' ? undefined : { instance });
  }

  /** The tree of a moment in Unix milliseconds, whatever the range of the request ends at; for the panel's own time. */
  async queryMoment(request: DataQueryRequest<LiveQuery>, time: number): Promise<DataQueryResponse> {
    const targets = request.targets.map((target) => ({ ...target, stream: false, time }));
    return lastValueFrom(super.query({ ...request, targets }));
  }

  /** The moments of the recorded tables before and after the one of a time; all in Unix milliseconds. */
  async neighbours(target: LiveQuery, scopedVars: ScopedVars, time: number): Promise<{ previous?: number; next?: number }> {
    const { instance } = this.applyTemplateVariables(target, scopedVars);
    return this.getResource('moments', { instance, time });
  }

  private isFollowed(target: LiveQuery, request: DataQueryRequest<LiveQuery>): boolean {
    const tree = !target.queryType || target.queryType === 'tree';
    return tree && target.stream === true && this.filterQuery(target) && request.range?.raw?.to === 'now';
  }

  /** The tree once, and then as it changes. */
  private followed(request: DataQueryRequest<LiveQuery>): Observable<DataQueryResponse> {
    const [target] = request.targets;
    const key = `live-${request.requestId}-${target.refId}`;
    return this.once({ ...request, requestId: key }).pipe(
      switchMap((response) => {
        const [frame]: DataFrame[] = response.data;
        const channel = frame?.meta?.custom?.channel as string | undefined;
        const first = of({ ...response, key, state: channel ? LoadingState.Streaming : response.state });
        if (!frame) return first;
        return concat(first, this.goOn(request, channel, key));
      }),
    );
  }

  private once(request: DataQueryRequest<LiveQuery>): Observable<DataQueryResponse> {
    return super.query(request);
  }

  /** What comes after the first answer: a stream where there is one, else an answer now and then. */
  private goOn(request: DataQueryRequest<LiveQuery>, channel: string | undefined, key: string): Observable<DataQueryResponse> {
    const [target] = request.targets;
    const poll = timer(POLL_INTERVAL).pipe(switchMap(() => this.followed(request)));
    if (!channel || !config.liveEnabled) return poll;
    const events = getGrafanaLiveSrv().getStream<StreamMessage>({
      scope: LiveChannelScope.DataSource,
      namespace: this.uid,
      path: channel,
      // The backend checks that the channel is the one of this query.
      data: this.applyTemplateVariables(target, request.scopedVars),
    });
    return follow(events).pipe(
      map((frame) => ({ key, state: LoadingState.Streaming, data: [{ ...frame, refId: target.refId }] })),
      // Lost or refused: the next answer says whether there is a stream again.
      catchError(() => poll),
    );
  }
}
