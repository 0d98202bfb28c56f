/** What `[tool.pdm]` says of a package: development groups and where the version comes from. */
import { type NormalizedName, normalizeName } from '../names/name.js';
import type { Sources } from './core-metadata.js';
import { mergeLists } from './core-metadata.js';
import type { DeclaredRequirement, PackageFolder } from './manifest.js';
import type { PyprojectFile } from './pyproject-file.js';
import { parseRequirementLines } from './requirements-file.js';

export interface PdmGroups {
  readonly groups: ReadonlyMap<NormalizedName, readonly DeclaredRequirement[]>;
  readonly sources: Sources;
}

/** `[tool.pdm.dev-dependencies]`: groups of requirements, local ones as `-e file:///${PROJECT_ROOT}/../alpha#egg=alpha`. */
export function readPdmGroups(pyproject: PyprojectFile, folder: PackageFolder): PdmGroups {
  const path = ['tool', 'pdm', 'dev-dependencies'];
  const groups = pyproject.keys(path).map((key) => {
    const lines = parseRequirementLines(pyproject.texts([...path, key]) ?? [], pyproject.problems, folder);
    return { name: normalizeName(key), ...lines };
  });
  return {
    groups: mergeLists(...groups.map(({ name, requirements }) => new Map([[name, requirements]]))),
    sources: mergeLists(...groups.map(({ sources }) => sources)),
  };
}
