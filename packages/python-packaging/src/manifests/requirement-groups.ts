/** Requirements files beside a manifest, under the names that people give to those for development, as dependency groups. */
import { type NormalizedName, normalizeName } from '../names/name.js';
import { mergeLists, type Sources } from './core-metadata.js';
import type { DeclaredRequirement, ManifestProblem, PackageFolder } from './manifest.js';
import { parseRequirementLines, readRequirementLines } from './requirements-file.js';

const FILES: readonly (readonly [string, string])[] = [
  ['test-requirements.txt', 'test'],
  ['requirements-test.txt', 'test'],
  ['requirements/test.txt', 'test'],
  ['dev-requirements.txt', 'dev'],
  ['requirements-dev.txt', 'dev'],
  ['requirements/dev.txt', 'dev'],
];

export interface RequirementGroups {
  readonly groups: ReadonlyMap<NormalizedName, readonly DeclaredRequirement[]>;
  readonly sources: Sources;
  readonly files: readonly string[];
}

export function readRequirementGroups(folder: PackageFolder): RequirementGroups {
  // These files are pip's, and may hold what only pip understands: no reason to complain about the package.
  const ignored: ManifestProblem[] = [];
  const found = FILES.flatMap(([file, group]) => {
    const lines = readRequirementLines(folder, file);
    return lines === undefined
      ? []
      : [{ file, group: normalizeName(group), ...parseRequirementLines(lines, ignored, folder) }];
  });
  return {
    groups: mergeLists(...found.map(({ group, requirements }) => new Map([[group, requirements]]))),
    sources: mergeLists(...found.map(({ sources }) => sources)),
    files: found.map(({ file }) => file),
  };
}
