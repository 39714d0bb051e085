import type { LiveQuery } from '../types.ts';

/** The crashes of a host. */
const USUAL: Partial<LiveQuery> = { instance: '$instance', kind: ['exit', 'oom_kill'], status: ['abnormal'] };

/** What an annotation asks for: events, whatever else its editor shows. */
export function annotationQuery(target: Partial<LiveQuery> | undefined): LiveQuery {
  return { ...(target?.instance ? target : { ...USUAL, ...target }), refId: 'Anno', queryType: 'events', format: 'annotations' } as LiveQuery;
}
