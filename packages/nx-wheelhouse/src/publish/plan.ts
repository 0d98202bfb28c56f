/** What is published in which order: a value made before anything is sent. */
import type { RecordedDist } from '../build/dist-record.js';

export interface PlannedPackage {
  /** the name of its Nx project */
  readonly project: string;
  /** the distribution's name and version, as its metadata spell them */
  readonly name: string;
  readonly version: string;
  readonly dists: readonly RecordedDist[];
  /** projects that must be on the index before this one, none of them in a circle with it; those that are not of this run are left out */
  readonly after: readonly string[];
}

/** What has an order: projects, and those that must come before. */
type Orderable = Pick<PlannedPackage, 'project' | 'after'>;

/**
 * Puts packages into an order in which none comes before what it needs; among equals, by name.
 * @param failed projects of this run that cannot be published
 */
export function planPublish<P extends Orderable>(packages: readonly P[], failed: Iterable<string> = []): readonly P[] {
  const waiting = new Map(
    [...packages].sort((a, b) => (a.project < b.project ? -1 : 1)).map((pkg) => [pkg.project, pkg]),
  );
  const known = new Set([...waiting.keys(), ...failed]);
  const planned: P[] = [];
  while (waiting.size > 0) {
    const ready = [...waiting.values()].filter(({ after }) => !after.some((project) => waiting.has(project)));
    if (ready.length === 0) throw new Error(`a circle: ${[...waiting.keys()].join(', ')}`);
    for (const pkg of ready) {
      waiting.delete(pkg.project);
      planned.push({ ...pkg, after: pkg.after.filter((project) => known.has(project)) });
    }
  }
  return planned;
}
