/** What a package's manifest requires, by purpose. */
import type { DeclaredRequirement, NormalizedName } from '@nx-wheelhouse/python-packaging';
import { type Package, statedValue } from '../workspace.js';

/** What a closure is for. `test` takes in the package's every extra and group. */
export type Purpose = 'run' | `extra:${string}` | 'test';

/** The purposes of a package, in an order that does not change. */
export function purposesOf({ manifest }: Package): readonly Purpose[] {
  return ['run', ...extraNames(manifest.extras).map((extra): Purpose => `extra:${extra}`), 'test'];
}

function extraNames(extras: Package['manifest']['extras']): NormalizedName[] {
  return [...(statedValue(extras)?.keys() ?? [])].sort();
}

/** The extras and groups that a purpose selects. */
export function selectionOf(
  pkg: Package,
  purpose: Purpose,
): { readonly extras: readonly NormalizedName[]; readonly groups: readonly NormalizedName[] } {
  if (purpose === 'run') return { extras: [], groups: [] };
  if (purpose === 'test') return { extras: extraNames(pkg.manifest.extras), groups: [...pkg.manifest.groups.keys()] };
  return { extras: [purpose.slice('extra:'.length) as NormalizedName], groups: [] };
}

/**
 * What is required for a purpose, and a lock can hold: the run-time requirements always.
 * @param only the extras and groups that count; all of them where it is not given
 */
export function requirementsFor(
  pkg: Package,
  purpose: Purpose,
  only?: ReadonlySet<NormalizedName>,
): readonly DeclaredRequirement[] {
  const counts = (name: NormalizedName) => only === undefined || only.has(name);
  const selected = selectionOf(pkg, purpose);
  const { groupsOfNoLock } = pkg.manifest;
  const extras = selected.extras.filter(counts);
  const groups = selected.groups.filter((group) => counts(group) && !groupsOfNoLock.has(group));
  const inExtras = statedValue(pkg.manifest.extras);
  return [
    ...(statedValue(pkg.manifest.dependencies) ?? []),
    ...extras.flatMap((extra) => inExtras?.get(extra) ?? []),
    ...groups.flatMap((group) => pkg.manifest.groups.get(group) ?? []).filter(({ at }) => !isRequirementsFile(at.file)),
  ];
}

/** Everything that the manifest requires but for building. */
export function declaredRequirements(pkg: Package): readonly DeclaredRequirement[] {
  return requirementsFor(pkg, 'test');
}

/** A group may stand in a table and, under the same name, in a file beside it. */
function isRequirementsFile(file: string): boolean {
  return /\.(txt|in)$/.test(file);
}
