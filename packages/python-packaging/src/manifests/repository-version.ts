/** Whether a build asks the version control system for the version: then a commit or a tag changes its result, though no file does. */
import { backendPackage } from './build-system.js';
import { type HatchConfiguration, hatchVersionSource } from './hatch.js';
import type { BuildSystem, Stated } from './manifest.js';
import type { PyprojectFile } from './pyproject-file.js';
import { mayAskPrograms } from './script-reach.js';

/** Distributions that make a version from commits and tags, as build requirements. */
const PLUGINS = new Set([
  'dunamai',
  'flit-scm',
  'hatch-vcs',
  'pbr',
  'poetry-dynamic-versioning',
  'setuptools-git-versioning',
  'setuptools-scm',
  'setuptools-vcs-versioning',
  'uv-dynamic-versioning',
  'vcs-versioning',
  'versioneer',
  'versioningit',
]);
/** Sources of a version that read files or the environment only. */
const HATCH_FILE_SOURCES = new Set(['code', 'env', 'nodejs', 'regex']);

/**
 * A version that a file states, or one that is in a file which cannot be read here, is none of these. Where nothing is known of how
 * a version is made, the answer is yes: a hash that leaves out what counts is worse than one build more.
 * @param script setup.py and what it reads, by path
 */
export function asksRepository(
  version: Stated<string>,
  pyproject: PyprojectFile | undefined,
  hatch: HatchConfiguration | undefined,
  build: BuildSystem,
  script: ReadonlyMap<string, string>,
): boolean {
  // It puts its own version over the one that is stated, which is a placeholder.
  if (pyproject?.boolean(['tool', 'poetry-dynamic-versioning', 'enable']) === true) return true;
  if (version.kind !== 'dynamic') return false;
  if (build.requires.some(({ requirement }) => PLUGINS.has(requirement.name))) return true;
  switch (backendPackage(build.backend)) {
    case 'hatchling':
      return hatch !== undefined && !HATCH_FILE_SOURCES.has(hatchVersionSource(hatch));
    case 'pdm':
      return pyproject?.string(['tool', 'pdm', 'version', 'source']) !== 'file';
    case 'scikit_build_core':
      return (
        pyproject?.string(['tool', 'scikit-build', 'metadata', 'version', 'provider']) !==
        'scikit_build_core.metadata.regex'
      );
    case 'setuptools':
      return !isDirective(version, pyproject) && mayAskPrograms(script);
    case 'flit_core':
    case 'maturin':
    case 'poetry':
      return false;
    default:
      return true;
  }
}

/** `attr:` and `file:` lead to files, which are inputs like any other; setup.py can ask whom it likes. */
function isDirective(
  { at }: { readonly at: { readonly file: string } },
  pyproject: PyprojectFile | undefined,
): boolean {
  return pyproject?.has(['tool', 'setuptools', 'dynamic', 'version']) === true || at.file !== 'setup.py';
}
