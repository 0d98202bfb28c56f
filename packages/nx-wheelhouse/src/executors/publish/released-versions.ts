/** Dists that are not of the version that a release makes: what an earlier build left, where the release has not built anew. */
import { compareVersions, formatVersion, fromSemver, parseVersion } from '@nx-wheelhouse/python-packaging';
import { UserError } from '../../errors/user-error.js';
import type { Collection } from '../../publish/collect.js';
import type { PublishTaskOptions } from './options.js';

/** The version that a release makes, and the one that is built. */
interface OtherVersion {
  readonly released: string;
  readonly built: string;
}

/** Takes the packages out of a collection whose dists are of another version; those by project. */
export function withoutOtherVersions(
  collection: Collection,
  optionsOf: ReadonlyMap<string, PublishTaskOptions>,
): { readonly collection: Collection; readonly others: ReadonlyMap<string, OtherVersion> } {
  const others = new Map<string, OtherVersion>();
  const packages = collection.packages.filter(({ project, version: built }) => {
    const released = fromSemver(optionsOf.get(project)?.nxReleaseVersionData?.[project]?.newVersion ?? '');
    const version = parseVersion(built);
    if (released === undefined || (version && compareVersions(released, version) === 0)) return true;
    others.set(project, { released: formatVersion(released), built });
    return false;
  });
  return { collection: { ...collection, packages }, others };
}

/**
 * The collection with a problem for each of them: Nx leaves the builds out where `--projects` or `--groups` are given, so an older
 * version may lie there, which must not be published for the new one.
 */
export function refuse(collection: Collection, others: ReadonlyMap<string, OtherVersion>): Collection {
  const problems = new Map(collection.problems);
  for (const [project, { released, built }] of others) {
    const error = new UserError(
      `This release makes version ${released}, but what is built is ${built}.`,
      { project },
      `run \`nx run-many -t build\`, then \`nx release publish\` with the same --projects or --groups`,
    );
    problems.set(project, error.message);
  }
  return { ...collection, problems };
}
