/** Which packages have to be on an index before which: those that are needed at run time. */
import { runtimeSiblings } from './closures.js';
import type { Package, SiblingEdge } from './workspace.js';

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

/**
 * The shortest way from a package back to itself by what is needed at run time: inside such a circle no order of publishing is right.
 * @returns the edges of the circle in their order, `undefined` where there is none
 */
export function runtimeCircle(
  folder: string,
  packages: ReadonlyMap<string, Package>,
): readonly SiblingEdge[] | undefined {
  const edgesFrom = (root: string, extras: readonly string[]) =>
    packages
      .get(root)
      ?.siblings.filter(({ kind }) => kind === 'runtime' || extras.some((one) => kind === `extra:${one}`)) ?? [];
  const ways: SiblingEdge[][] = edgesFrom(folder, []).map((edge) => [edge]);
  const walked = new Set<string>();
  for (let way = ways.shift(); way !== undefined; way = ways.shift()) {
    const last = way.at(-1) as SiblingEdge;
    if (last.to === folder) return way;
    const step = [last.to, ...last.extras].join('\0');
    if (walked.has(step)) continue;
    walked.add(step);
    for (const next of edgesFrom(last.to, last.extras)) ways.push([...way, next]);
  }
  return undefined;
}
