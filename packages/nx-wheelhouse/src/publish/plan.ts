/** What is published in which order: a value made before anything is sent. */
import type { RecordedDist } from '../build/dist-record.js';
import { UserError } from '../errors/user-error.js';

export interface PlannedPackage {
  /** the name of its Nx project */
  readonly project: string;
  /** the distribution's name and version, as its metadata spell them */
  readonly name: string;
  readonly version: string;
  readonly dists: readonly RecordedDist[];
  /** projects that must be on the index before this one; those that are not of this run are left out */
  readonly after: readonly string[];
}

/** The packages, each behind those that it needs. */
export type PublishPlan = readonly PlannedPackage[];

/**
 * Puts packages into an order in which none comes before what it needs; among equals, by name.
 * @throws {UserError} naming the packages when they need one another in a circle
 */
export function planPublish(packages: readonly PlannedPackage[]): PublishPlan {
  const waiting = new Map(
    [...packages].sort((a, b) => (a.project < b.project ? -1 : 1)).map((pkg) => [pkg.project, pkg]),
  );
  const known = new Set(waiting.keys());
  const planned: PlannedPackage[] = [];
  while (waiting.size > 0) {
    const ready = [...waiting.values()].filter(({ after }) => !after.some((project) => waiting.has(project)));
    if (ready.length === 0) throw circleError([...waiting.values()]);
    for (const pkg of ready) {
      waiting.delete(pkg.project);
      planned.push({ ...pkg, after: pkg.after.filter((project) => known.has(project)) });
    }
  }
  return planned;
}

/** Every package left waits for another one left, so following them must come round. */
function circleError(left: readonly PlannedPackage[]): UserError {
  const byProject = new Map(left.map((pkg) => [pkg.project, pkg]));
  const way: string[] = [];
  let project = left[0]?.project;
  while (project !== undefined && !way.includes(project)) {
    way.push(project);
    project = byProject.get(project)?.after.find((next) => byProject.has(next));
  }
  const circle = [...way.slice(way.indexOf(project ?? '')), project];
  return new UserError(
    `These packages need one another at run time: ${circle.join(' -> ')}.`,
    {},
    'break the circle (move what both need into a third package), or upload them by hand: no order is right for an index',
  );
}
