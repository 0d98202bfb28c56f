/** Requirements files beside a manifest, under the names that people give to those for development, as dependency groups. */
import { type NormalizedName, normalizeName } from '../names/name.js';
import { mergeLists, type Sources } from './core-metadata.js';
import type { DeclaredRequirement, ManifestProblem, PackageFolder } from './manifest.js';
import { parseRequirementLines, readRequirementLines } from './requirements-file.js';

const NAMES: readonly (readonly [string, string])[] = [
  ['test-requirements', 'test'],
  ['requirements-test', 'test'],
  ['requirements/test', 'test'],
  ['dev-requirements', 'dev'],
  ['requirements-dev', 'dev'],
  ['requirements/dev', 'dev'],
];
/** `.in` is what pip-compile makes a `.txt` of. */
const FILES = NAMES.flatMap(([name, group]) => ['txt', 'in'].map((ending) => [`${name}.${ending}`, group] as const));

export interface RequirementGroups {
  readonly groups: ReadonlyMap<NormalizedName, readonly DeclaredRequirement[]>;
  readonly sources: Sources;
  readonly files: readonly string[];
  readonly problems: readonly ManifestProblem[];
}

export function readRequirementGroups(folder: PackageFolder): RequirementGroups {
  // These files are pip's, and may hold what only pip understands: no reason to complain about the package. A circle is none for pip either.
  const ignored: ManifestProblem[] = [];
  const circles: ManifestProblem[] = [];
  const found = FILES.flatMap(([file, group]) => {
    const lines = readRequirementLines(folder, file, circles);
    return lines === undefined
      ? []
      : [{ file, group: normalizeName(group), ...parseRequirementLines(lines, ignored, folder) }];
  });
  return {
    groups: mergeLists(...found.map(({ group, requirements }) => new Map([[group, requirements]]))),
    sources: mergeLists(...found.map(({ sources }) => sources)),
    files: found.map(({ file }) => file),
    problems: circles,
  };
}
