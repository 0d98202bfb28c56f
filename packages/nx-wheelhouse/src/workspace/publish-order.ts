/** Which packages have to be on an index before which: those that are needed at run time. */
import { runtimeSiblings } from './closures.js';
import type { Package } from './workspace.js';

/**
 * @returns by folder the folders of the packages that come before; those in a circle with the package are left out, so that following
 * them never leads back
 */
export function publishOrder(packages: ReadonlyMap<string, Package>): ReadonlyMap<string, readonly string[]> {
  const needs = new Map([...packages.values()].map((pkg) => [pkg.root, new Set(runtimeSiblings(pkg, packages))]));
  return new Map(
    [...needs].map(([folder, needed]) => [folder, [...needed].filter((other) => !needs.get(other)?.has(folder))]),
  );
}

/**
 * Those of some packages after which all the others have come, too: what comes before one of them need not be named beside it.
 * @param before see `publishOrder`: who comes before a package has fewer before itself, so the one with the most says the most
 */
export function lastOf(folders: readonly string[], before: ReturnType<typeof publishOrder>): readonly string[] {
  const come = (folder: string) => before.get(folder) ?? [];
  const covered = new Set<string>();
  for (const folder of folders.toSorted((a, b) => come(b).length - come(a).length)) {
    if (!covered.has(folder)) for (const other of come(folder)) covered.add(other);
  }
  return folders.filter((folder) => !covered.has(folder));
}
