/** Requirements files beside a manifest, under the names that people give to those for development, as dependency groups. */
import { type NormalizedName, normalizeName } from '../names/name.js';
import { mergeLists, type Sources } from './core-metadata.js';
import type { DeclaredRequirement, ManifestProblem, PackageFolder } from './manifest.js';
import { parseRequirementLines, type RequirementLines, readRequirementLines } from './requirements-file.js';

interface RequirementsFile {
  readonly file: string;
  readonly group: NormalizedName;
}

const FOR_DEVELOPMENT = ['test', 'tests', 'dev'].flatMap((name) =>
  [`${name}-requirements`, `requirements-${name}`, `requirements_${name}`, `requirements/${name}`].flatMap((file) =>
    bothOf(file, name.replace(/s$/, '')),
  ),
);
/** What a plain one lists besides paths is what the manifest says already, or a lock of it with what is needed for others' sake. */
const PLAIN = bothOf('requirements', 'requirements');

/** `.in` is what pip-compile makes a `.txt` of. */
function bothOf(file: string, group: string): readonly RequirementsFile[] {
  return ['txt', 'in'].map((ending) => ({ file: `${file}.${ending}`, group: normalizeName(group) }));
}

export interface RequirementGroups {
  readonly groups: ReadonlyMap<NormalizedName, readonly DeclaredRequirement[]>;
  readonly sources: Sources;
  readonly problems: readonly ManifestProblem[];
}

export function readRequirementGroups(folder: PackageFolder): RequirementGroups {
  const problems: ManifestProblem[] = [];
  const ofPlain = readFiles(folder, PLAIN, problems).map(({ group, requirements, sources }) => {
    const paths = [...sources].filter(([, stated]) => stated.some(({ kind }) => kind === 'path'));
    const places = new Set(paths.flatMap(([, stated]) => stated).map(({ at }) => at));
    return { group, requirements: requirements.filter(({ at }) => places.has(at)), sources: new Map(paths) };
  });
  const found = [...readFiles(folder, FOR_DEVELOPMENT, problems), ...ofPlain];
  return {
    groups: mergeLists(
      ...found.map(({ group, requirements }) => new Map(requirements.length === 0 ? [] : [[group, requirements]])),
    ),
    sources: mergeLists(...found.map(({ sources }) => sources)),
    problems,
  };
}

/** @param problems takes those of includes only: the lines are pip's, which may understand more than stands in PEP 508 */
function readFiles(
  folder: PackageFolder,
  files: readonly RequirementsFile[],
  problems: ManifestProblem[],
): readonly ({ readonly group: NormalizedName } & RequirementLines)[] {
  return files.flatMap(({ file, group }) => {
    // Most are not there: a thousand packages ask for them.
    if (folder.read(file) === undefined) return [];
    const lines = readRequirementLines(folder, file, problems);
    return lines === undefined ? [] : [{ group, ...parseRequirementLines(lines, [], folder) }];
  });
}
