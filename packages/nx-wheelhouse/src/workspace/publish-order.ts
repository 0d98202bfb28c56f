/** Which packages have to be on an index before which: those that are needed at run time. */
import { runtimeSiblings } from './closures.js';
import type { Package } from './workspace.js';

/**
 * Packages that need one another in a circle have no order among themselves, and an index asks for none: each of them comes after
 * what the circle needs, and before what needs the circle.
 * @returns by folder the folders of the packages that come before; following them never leads back
 */
export function publishOrder(packages: ReadonlyMap<string, Package>): ReadonlyMap<string, readonly string[]> {
  const needs = new Map([...packages.values()].map((pkg) => [pkg.root, new Set(runtimeSiblings(pkg, packages))]));
  return new Map(
    [...needs].map(([folder, needed]) => [folder, [...needed].filter((other) => !needs.get(other)?.has(folder))]),
  );
}
