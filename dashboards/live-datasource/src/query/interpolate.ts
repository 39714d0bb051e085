import type { ScopedVars } from '@grafana/data';
import type { LiveQuery, Texts } from '../types.ts';

/** Replaces variables in a text; format makes one text of a variable with several values. */
export type Replace = (text: string, scopedVars: ScopedVars, format: (value: unknown) => string) => string;

/** A query with the values of the variables, as the backend takes it. */
export function interpolate(query: LiveQuery, scopedVars: ScopedVars, replace: Replace): LiveQuery {
  const one = (text: string | undefined) => text && replace(text, scopedVars, (value) => [value].flat().join(','));
  const several = (texts: Texts | undefined) => texts && [texts].flat().flatMap((text) => valuesOf(text, scopedVars, replace));
  const isRanking = query.queryType === 'top' || query.queryType === 'used';
  const hosts = isRanking ? several(query.instance) : [query.instance ?? ''].flat().map((text) => one(text) ?? '');
  return {
    ...query,
    instance: hosts && hosts.length > 1 ? hosts : hosts?.[0] ?? '',
    match: one(query.match),
    process: one(query.process),
    section: one(query.section),
    kind: several(query.kind),
    status: several(query.status),
    user: several(query.user),
    state: several(query.state),
    group: several(query.group),
  };
}

/** The values of a text that may be a variable with several; "All" asks for no filter. */
function valuesOf(text: string, scopedVars: ScopedVars, replace: Replace): string[] {
  let all: string[] | undefined;
  const whole = replace(text, scopedVars, (value) => {
    all = [value].flat().map(String);
    return all.join(',');
  });
  const values = all && all.join(',') === whole ? all : [whole];
  return values.includes('$__all') || values.includes('.*') || values.includes('.+') ? [] : values.filter((value) => value !== '');
}
