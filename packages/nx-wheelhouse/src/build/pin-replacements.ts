/** What has to be rewritten in finished dists so that they pin their siblings: nothing where the staged manifest did it. */
import { formatRequirement, parseRequirement, readSdist, readWheel } from '@nx-wheelhouse/python-packaging';
import type { StepsRequest } from './build-host.js';
import type { BuildPlan } from './plan.js';
import { explained, pinned } from './sibling-pins.js';
import type { BuiltFile } from './write-dists.js';

/** @throws {UserError} when a requirement on a sibling excludes the version that it has */
export async function pinReplacements(
  { pkg, pins }: BuildPlan,
  built: readonly BuiltFile[],
): Promise<StepsRequest['replacements']> {
  if (pins.versions.size === 0) return {};
  const all: Record<string, Record<string, string>> = {};
  for (const { kind, path, filename } of built) {
    const { metadata } = await (kind === 'sdist' ? readSdist(path) : readWheel(path));
    const replacements: Record<string, string> = {};
    for (const text of metadata.requiresDist) {
      const requirement = parseRequirement(text);
      const wanted = explained(pkg, () => pinned(requirement, pins));
      if (wanted !== requirement && formatRequirement(wanted) !== formatRequirement(requirement))
        replacements[text] = formatRequirement(wanted);
    }
    if (Object.keys(replacements).length > 0) all[filename] = replacements;
  }
  return all;
}
