/** Dists that a release must not publish: Nx leaves the builds out where `--projects` or `--groups` are given, so an older version may lie there. */
import { compareVersions, formatVersion, fromSemver, parseVersion } from '@nx-wheelhouse/python-packaging';
import { UserError } from '../../errors/user-error.js';
import type { Collection } from '../../publish/collect.js';
import type { PublishTaskOptions } from './options.js';

/** @returns the collection, with a problem for each package whose dists are not of the version that this run of `nx release` made */
export function refuseOtherVersions(
  collection: Collection,
  optionsOf: ReadonlyMap<string, PublishTaskOptions>,
): Collection {
  const problems = new Map(collection.problems);
  const packages = collection.packages.filter(({ project, version: built }) => {
    const released = fromSemver(optionsOf.get(project)?.nxReleaseVersionData?.[project]?.newVersion ?? '');
    const version = parseVersion(built);
    if (released === undefined || (version && compareVersions(released, version) === 0)) return true;
    const error = new UserError(
      `This release makes version ${formatVersion(released)}, but what is built is ${built}.`,
      { project },
      `run \`nx run-many -t build\`, then \`nx release publish\` with the same --projects or --groups`,
    );
    problems.set(project, error.message);
    return false;
  });
  return { ...collection, packages, problems };
}
