/** Which files a manifest takes into dists although version control ignores them. */
import { describe, expect, test } from 'vitest';
import type { PackageManifest } from './manifest.js';
import { packageOf, pyproject } from './testing/folders.js';

const build = (backend: string) => `[build-system]\nrequires = []\nbuild-backend = "${backend}"\n`;
const PROJECT = '[project]\nname = "a"\nversion = "1"\n';
const of = (text: string): PackageManifest['artifacts'] => pyproject(PROJECT + text).artifacts;

describe('hatch', () => {
  test('has patterns of a .gitignore: of any folder, of one, of all in a folder', () => {
    const patterns = '["*.so", "/src/web", "src/static/", "made/*.js", "!kept.js", "# words", ""]';
    expect(of(`${build('hatchling.build')}[tool.hatch.build]\nartifacts = ${patterns}\n`).ignored).toEqual([
      '**/*.so',
      'src/web',
      'src/static',
      'made/*.js',
    ]);
  });

  test('has them for each target, in hatch.toml too, and takes in what it is forced to', () => {
    const targets = '[tool.hatch.build.targets.wheel]\nartifacts = ["w.js"]\n[tool.hatch.build.targets.sdist]\n';
    const forced = '[tool.hatch.build.force-include]\n"../LICENSE" = "LICENSE"\n"./web/dist/" = "a/web"\n';
    expect(of(`${build('hatchling.build')}${targets}artifacts = ["s.js"]\n${forced}`)).toEqual({
      ignored: ['**/w.js', '**/s.js'],
      included: ['web/dist'],
    });
    const files = {
      'pyproject.toml': PROJECT + build('hatchling.build'),
      'hatch.toml': '[build]\nartifacts = ["h.js"]\n',
    };
    expect(packageOf(files).artifacts.ignored).toEqual(['**/h.js']);
  });

  test('says nothing where another backend builds', () => {
    const settings = '[tool.hatch.build]\nartifacts = ["*.so"]\n';
    expect(of(build('setuptools.build_meta') + settings)).toEqual({ ignored: [], included: [] });
  });
});

test.each([
  ['poetry', '[tool.poetry]\ninclude = ["web/*.js", { path = "made.py", format = ["sdist", "wheel"] }]\n'],
  ['poetry through a plugin', '[tool.poetry]\ninclude = ["web/*.js", { path = "made.py" }, "../LICENSE", 1]\n'],
  ['scikit-build-core', '[tool.scikit-build]\nsdist.include = ["web/*.js", "made.py"]\n'],
  ['maturin', '[tool.maturin]\ninclude = ["web/*.js", { path = "made.py", format = "sdist" }]\n'],
])('%s takes in files and globs, whoever ignores them', (name, settings) => {
  const backends: Record<string, string> = {
    poetry: 'poetry.core.masonry.api',
    'poetry through a plugin': 'poetry_dynamic_versioning.backend',
    'scikit-build-core': 'scikit_build_core.build',
    maturin: 'maturin',
  };
  expect(of(build(backends[name] as string) + settings)).toEqual({ ignored: [], included: ['web/*.js', 'made.py'] });
});
