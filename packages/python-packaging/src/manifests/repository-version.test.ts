/** Which versions are made from commits and tags. */
import { expect, test } from 'vitest';
import { packageOf } from './testing/folders.js';

const uses = (requires: string, backend: string, more = '') =>
  `[build-system]\nrequires = ${requires}\nbuild-backend = "${backend}"\n[project]\nname = "a"\ndynamic = ["version"]\n${more}`;
const SETUPTOOLS = 'setuptools.build_meta';

test.each([
  ['setuptools-scm', uses('["setuptools_scm[toml]>=8"]', SETUPTOOLS), {}],
  [
    'setuptools-scm by setup.cfg',
    '[build-system]\nrequires = ["setuptools-scm"]\n',
    { 'setup.cfg': '[metadata]\nname = a\n' },
  ],
  ['use_scm_version', '', { 'setup.py': 'from setuptools import setup\nsetup(name="a", use_scm_version=True)\n' }],
  [
    'pbr',
    '',
    {
      'setup.py': 'from setuptools import setup\nsetup(setup_requires=["pbr"], pbr=True)\n',
      'setup.cfg': '[metadata]\nname = a\n',
    },
  ],
  [
    'a setup.py that calls git',
    '',
    {
      'setup.py':
        'import subprocess\nfrom setuptools import setup\nsetup(name="a", version=subprocess.check_output(["git", "describe"]).decode())\n',
    },
  ],
  [
    'a setup.py that nobody can follow',
    '',
    { 'setup.py': 'from setuptools import setup\nimport tool\nsetup(name="a", version=tool.get())\n' },
  ],
  ['hatch-vcs', uses('["hatchling", "hatch-vcs"]', 'hatchling.build', '[tool.hatch.version]\nsource = "vcs"\n'), {}],
  [
    'hatch-vcs by hatch.toml',
    uses('["hatchling", "hatch-vcs"]', 'hatchling.build'),
    { 'hatch.toml': '[version]\nsource = "vcs"\n' },
  ],
  [
    'versioningit',
    uses('["hatchling", "versioningit"]', 'hatchling.build', '[tool.hatch.version]\nsource = "versioningit"\n'),
    {},
  ],
  [
    'uv-dynamic-versioning',
    uses(
      '["hatchling", "uv-dynamic-versioning"]',
      'hatchling.build',
      '[tool.hatch.version]\nsource = "uv-dynamic-versioning"\n',
    ),
    {},
  ],
  [
    'poetry-dynamic-versioning',
    '[build-system]\nrequires = ["poetry-core", "poetry-dynamic-versioning"]\nbuild-backend = "poetry_dynamic_versioning.backend"\n[tool.poetry]\nname = "a"\nversion = "0.0.0"\n[tool.poetry-dynamic-versioning]\nenable = true\n',
    {},
  ],
  ['pdm', uses('["pdm-backend"]', 'pdm.backend', '[tool.pdm.version]\nsource = "scm"\n'), {}],
  [
    'scikit-build-core',
    uses(
      '["scikit-build-core", "setuptools-scm"]',
      'scikit_build_core.build',
      '[tool.scikit-build.metadata.version]\nprovider = "scikit_build_core.metadata.setuptools_scm"\n',
    ),
    {},
  ],
  ['a backend of its own', `${uses('[]', 'own').replace('[project]', 'backend-path = ["."]\n[project]')}`, {}],
])('%s asks the repository for the version', (_, text, files) => {
  const manifest = packageOf(text === '' ? files : { 'pyproject.toml': text, ...files });
  expect(manifest.asksRepository).toBe(true);
});

test.each([
  ['a stated version', '[project]\nname = "a"\nversion = "1"\n', {}],
  ['a file', uses('[]', SETUPTOOLS, '[tool.setuptools.dynamic]\nversion = { file = "VERSION" }\n'), {}],
  [
    'an attribute that no constant gives',
    uses('[]', SETUPTOOLS, '[tool.setuptools.dynamic]\nversion = { attr = "a.version" }\n'),
    { 'a.py': 'version = ".".join(open("V"))\n' },
  ],
  [
    'attr: in setup.cfg',
    '',
    {
      'setup.cfg': '[metadata]\nname = a\nversion = attr: a.version\n',
      'setup.py': 'from setuptools import setup\nsetup()\n',
    },
  ],
  [
    'code for hatch',
    uses(
      '["hatchling"]',
      'hatchling.build',
      '[tool.hatch.version]\nsource = "code"\npath = "a.py"\nexpression = "v()"\n',
    ),
    {},
  ],
  [
    'the environment, for setup.py',
    '',
    { 'setup.py': 'import os\nfrom setuptools import setup\nsetup(name="a", version="1" + os.environ["SUFFIX"])\n' },
  ],
  ['a crate that is not there', uses('["maturin"]', 'maturin'), {}],
])('%s does not', (_, text, files) => {
  const manifest = packageOf(text === '' ? files : { 'pyproject.toml': text, ...files });
  expect(manifest.asksRepository).toBe(false);
});
