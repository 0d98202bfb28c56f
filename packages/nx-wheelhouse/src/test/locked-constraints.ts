/** What a lock says of the distributions that tests run with, as constraints for an installer: versions and hashes. */
import { formatMarker, type LockedPackage, type NormalizedName } from '@nx-wheelhouse/python-packaging';

/** The only algorithms that installers take from a hash option. */
const HASH = /^sha(256|384|512)[:=\s]/;

/**
 * Constraints install nothing by themselves: a closure is the union over all environments, and each takes of it what it needs.
 * @param packages of the closure
 * @param free names that are asked for elsewhere in versions of their own
 * @returns lines of a requirements file; without those that a constraint cannot say: direct references, which the manifest states
 * itself, and names in several versions of which the lock does not say where each is meant
 */
export function lockedConstraints(packages: readonly LockedPackage[], free: ReadonlySet<NormalizedName>): string {
  const byName = new Map<NormalizedName, LockedPackage[]>();
  for (const one of packages) {
    if (one.localFolder === undefined && !free.has(one.name))
      byName.set(one.name, [...(byName.get(one.name) ?? []), one]);
  }
  const lines = [...byName.values()].flatMap((versions) => {
    const isOne = versions.length === 1;
    const isClear = isOne || versions.every(({ marker }) => marker !== undefined);
    return isClear ? versions.flatMap((each) => constraint(each, isOne)) : [];
  });
  return `${lines.sort().join('\n')}\n`;
}

function constraint({ name, version, source, hashes, marker }: LockedPackage, isOne: boolean): string[] {
  if (version === undefined || /^(git|url|path|directory|file|archive|vcs)\b/.test(source)) return [];
  const when = isOne || marker === undefined ? '' : ` ; ${formatMarker(marker)}`;
  const known = hashes.filter((hash) => HASH.test(hash)).map((hash) => hash.replace(/^(\w+)[:=\s]+/, '$1:'));
  return [[`${name}==${version}${when}`, ...known.map((hash) => `--hash=${hash}`)].join(' ')];
}
