/** Which folders with a manifest are no packages of the workspace but material: fixtures of tests, templates, vendored copies. */
import type { ManifestReading } from '@nx-wheelhouse/python-packaging';
import { pathSources } from './sources.js';
import type { UvWorkspaceRoot } from './workspace.js';

/** Names of folders in which manifests are material. A package of such a name is one; what lies below it is not. */
const MATERIAL =
  /^(tests?|tests?[-_].+|testing|testdata|testpackages|.+[-_]test[-_]?data|fixtures?|templates?|cookiecutters?|__fixtures__|_vendor|vendor|vendored)$/i;

/**
 * Leaves out what lies below a folder of material, unless something outside of it means it: a uv workspace by naming it a member,
 * a package by taking it from its path.
 */
export function withoutFixtures(
  readings: ReadonlyMap<string, ManifestReading>,
  uvWorkspaces: readonly UvWorkspaceRoot[],
): ReadonlyMap<string, ManifestReading> {
  const outside = [...readings].filter(([folder]) => !liesInMaterial(folder));
  const meant = new Set([
    ...outside.flatMap(([folder, reading]) => pathSources(folder, reading)),
    ...uvWorkspaces.filter(({ root }) => !liesInMaterial(root)).flatMap(({ members }) => [...members]),
  ]);
  return new Map([...readings].filter(([folder]) => !liesInMaterial(folder) || meant.has(folder)));
}

/** Whether a folder lies below one of material. */
export function liesInMaterial(folder: string): boolean {
  return folder
    .split('/')
    .slice(0, -1)
    .some((name) => MATERIAL.test(name));
}
