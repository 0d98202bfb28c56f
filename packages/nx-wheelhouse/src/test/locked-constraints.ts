/** What a lock says of the distributions that tests run with, as constraints for an installer: versions and hashes. */
import { formatMarker, type LockedPackage, type NormalizedName } from '@nx-wheelhouse/python-packaging';

/** The only algorithms that installers take from a hash option. */
const HASH = /^sha(256|384|512)[:=\s]/;

/**
 * Constraints install nothing by themselves: a closure is the union over all environments, and each takes of it what it needs.
 * @param packages of the closure
 * @param free names that are asked for elsewhere in versions of their own
 * @returns lines of a requirements file; without direct references, see `lockedOverrides`, and names in several versions of which the
 * lock does not say where each is meant
 */
export function lockedConstraints(packages: readonly LockedPackage[], free: ReadonlySet<NormalizedName>): string {
  const lines = [...byName(packages, free).values()].flatMap((versions) => {
    const isOne = versions.length === 1;
    const isClear = isOne || versions.every(({ marker }) => marker !== undefined);
    return isClear ? versions.flatMap((each) => constraint(each, isOne)) : [];
  });
  return `${lines.sort().join('\n')}\n`;
}

/**
 * Direct references: an archive by its address, a commit of a repository. They stand in the place of whatever is asked for under that name:
 * the index's newest, or a branch that has moved on.
 * @param packages of the closure
 * @param free names that are asked for elsewhere in versions of their own
 * @returns lines of a requirements file
 */
export function lockedOverrides(packages: readonly LockedPackage[], free: ReadonlySet<NormalizedName>): string {
  const lines = [...byName(packages, free).values()].flatMap(([one, ...others]) =>
    one?.url === undefined || others.length > 0 ? [] : [`${one.name} @ ${one.url}`],
  );
  return `${lines.sort().join('\n')}\n`;
}

function byName(
  packages: readonly LockedPackage[],
  free: ReadonlySet<NormalizedName>,
): ReadonlyMap<NormalizedName, readonly LockedPackage[]> {
  const found = new Map<NormalizedName, LockedPackage[]>();
  for (const one of packages) {
    if (one.localFolder === undefined && !free.has(one.name))
      found.set(one.name, [...(found.get(one.name) ?? []), one]);
  }
  return found;
}

function constraint({ name, version, source, url, hashes, marker }: LockedPackage, isOne: boolean): string[] {
  if (version === undefined || url !== undefined || /^(git|url|path|directory|file|archive|vcs)\b/.test(source))
    return [];
  const when = isOne || marker === undefined ? '' : ` ; ${formatMarker(marker)}`;
  const known = hashes.filter((hash) => HASH.test(hash)).map((hash) => hash.replace(/^(\w+)[:=\s]+/, '$1:'));
  return [[`${name}==${version}${when}`, ...known.map((hash) => `--hash=${hash}`)].join(' ')];
}
