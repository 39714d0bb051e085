import type { DataSourceJsonData } from '@grafana/data';
import type { DataQuery } from '@grafana/schema';

export type QueryType = 'tree' | 'host' | 'top' | 'count' | 'process' | 'used' | 'events' | 'report';

/** One or several values; the backend takes both. */
export type Texts = string | string[];

/** What a panel asks for. Sizes are bytes, CPU is cores. */
export interface LiveQuery extends DataQuery {
  queryType?: QueryType;
  /** The host; several only for the types top and used. */
  instance: Texts;
  match?: string;
  user?: Texts;
  state?: Texts;
  group?: Texts;
  minCpu?: number;
  minMemory?: number;
  limit?: number;
  /** The metric by which a query of type top ranks, or the resource of one of type used. */
  sort?: string;
  /** The metric of a query of type host or process; all of them without it. */
  metric?: string;
  /** The former name of metric, in dashboards saved before. */
  figure?: string;
  /** Follow the tree as it changes, as long as the range ends now. */
  stream?: boolean;
  /** The id of the process whose course is wanted, such as 4711-981234. */
  process?: string;
  /** Whose use is added up; that of each process without it. */
  groupBy?: string;
  /** The part of the report; all of it without it. */
  section?: string;
  /** Which events. */
  kind?: Texts;
  status?: Texts;
  /** The moment of a tree, top, count or host, in Unix milliseconds; the end of the range without it. */
  time?: number;
  /** Events as annotations; as lines of a log without it. */
  format?: 'annotations';
}

export type VariableKind = 'instances' | 'groups' | 'users';

/** What a template variable asks for. */
export interface LiveVariableQuery extends DataQuery {
  queryType: VariableKind;
  /** The host whose groups or users are wanted. */
  instance?: string;
}

/** jsonData; see README.md. */
export interface LiveOptions extends DataSourceJsonData {
  discovery?: 'prometheus' | 'static' | 'http_sd';
  prometheusUrl?: string;
  job?: string;
  targets?: string[];
  httpSdUrl?: string;
  allowedHosts?: string[];
  pageUrl?: string;
  commandLines?: 'Editor' | 'Admin' | 'never';
  scrapeInterval?: string;
  timeoutSeconds?: number;
  maxBodyMegabytes?: number;
  maxConcurrency?: number;
  cacheSeconds?: number;
  refreshSeconds?: number;
  streamIntervalSeconds?: number;
  maxStreams?: number;
  exporterUser?: string;
  exporterServerName?: string;
  exporterSkipVerify?: boolean;
  prometheusUser?: string;
  prometheusServerName?: string;
  prometheusSkipVerify?: boolean;
  httpSdUser?: string;
  httpSdServerName?: string;
  httpSdSkipVerify?: boolean;
}

/** The servers at which the backend signs in; the fields of each begin with its name. */
export type Server = 'exporter' | 'prometheus' | 'httpSd';

type SecretName = 'Token' | 'Password' | 'Ca' | 'Cert' | 'Key';

/** secureJsonData. */
export type LiveSecrets = Partial<Record<`${Server}${SecretName}`, string>>;

export const DEFAULT_QUERY: Partial<LiveQuery> = { queryType: 'tree', instance: '$instance', stream: true };
