/** A requirement, as a manifest or a lock states it, as an edge into a lock. */
import type { Requirement } from '../requirements/requirement.js';
import type { LockedDependency } from './lock.js';

export function dependencyOf({ name, extras, source, marker }: Requirement): LockedDependency {
  return {
    name,
    version: undefined,
    source: undefined,
    specifiers: source.kind === 'index' && source.specifiers.clauses.length > 0 ? [source.specifiers] : [],
    extras,
    marker,
  };
}
