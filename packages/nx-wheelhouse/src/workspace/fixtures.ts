/** Which folders with a manifest are no packages of the workspace but material: fixtures of tests, samples, templates. */
import type { ManifestReading } from '@nx-wheelhouse/python-packaging';
import type { UvWorkspaceRoot } from './workspace.js';

/** Names of folders in which manifests are material. A package of such a name is one; what lies below it is not. */
const MATERIAL =
  /^(tests?|testing|test[-_]?data|test[-_]?packages|fixtures?|samples?|templates?|cookiecutters?|__fixtures__|_vendor|vendor|vendored)$/i;

/**
 * Leaves out what lies below a folder of material, unless a uv workspace names it a member: then somebody means it.
 */
export function withoutFixtures(
  readings: ReadonlyMap<string, ManifestReading>,
  uvWorkspaces: readonly UvWorkspaceRoot[],
): ReadonlyMap<string, ManifestReading> {
  const isMember = (folder: string) => uvWorkspaces.some(({ members }) => members.has(folder));
  return new Map([...readings].filter(([folder]) => isMember(folder) || !liesInMaterial(folder)));
}

function liesInMaterial(folder: string): boolean {
  return folder
    .split('/')
    .slice(0, -1)
    .some((name) => MATERIAL.test(name));
}
