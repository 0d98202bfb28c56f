/** A workspace of three packages, and all that tests change in it to see whether a graph notices. */
import fc from 'fast-check';
import type { PluginOptions } from '../src/graph/options.js';
import { project } from './workspace-folder.js';

const lock = (version: string) => `version = 1
requires-python = ">=3.9"

[[package]]
name = "a"
source = { editable = "libs/a" }
dependencies = [{ name = "idna" }]

[package.dev-dependencies]
dev = [{ name = "ruff" }]

[[package]]
name = "b"
source = { editable = "libs/b" }

[[package]]
name = "idna"
version = "${version}"
source = { registry = "https://index.example/simple" }

[[package]]
name = "ruff"
version = "0.${version}"
source = { registry = "https://index.example/simple" }
`;
/** That of `a`, whose version is in a file of its own. */
export const manifestOfA = (fields: Readonly<Record<string, unknown>>) =>
  project('a', fields).replace('version = "1.0"\n', 'dynamic = ["version"]\n') +
  '[dependency-groups]\ndev = ["ruff"]\n[build-system]\nrequires = ["setuptools"]\n' +
  '[tool.setuptools.dynamic]\nversion = { file = "VERSION" }\n';

/** By file the texts that it may have, the first from the start; `undefined`: not there. */
const TEXTS: Readonly<Record<string, readonly (string | undefined)[]>> = {
  '.gitignore': ['.nx\ndist\n', '.nx\ndist\nlibs/c\n'],
  'README.md': ['words\n', undefined],
  'build-constraints.txt': [undefined, 'setuptools==80\n'],
  'check.sh': [undefined, 'ruff check\n', 'true\n'],
  'libs/a/README.md': [undefined, 'words\n'],
  'libs/a/VERSION': ['1.0\n', '2.0\n', undefined],
  'libs/a/dist/a-1.0-py3-none-any.whl': [undefined, 'no wheel'],
  'libs/a/project.json': [undefined, '{ "name": "first" }', '{}'],
  'libs/a/pyproject.toml': [
    manifestOfA({ dependencies: ['idna', 'b'] }),
    manifestOfA({ dependencies: ['idna'] }),
    manifestOfA({ description: 'A', readme: '../../README.md' }),
    'no = [toml',
  ],
  'libs/a/recipe.yaml': [undefined, 'package: {}\n'],
  'libs/a/src/a/__init__.py': ['', 'import b\n', 'import c\n'],
  'libs/a/tests/test_a.py': ['import a\n', 'import c\n', undefined],
  'libs/b/b/__init__.py': ['import os\n', 'import a\n', undefined],
  'libs/b/hatch.toml': [undefined, '[build.targets.sdist]\ninclude = ["b"]\n'],
  'libs/b/requirements.txt': [undefined, 'a\n', 'idna\n'],
  'libs/b/setup.py': [
    'from setuptools import setup\nsetup(name="b", install_requires=open("requirements.txt").read().splitlines())\n',
    'from setuptools import setup\nsetup(name="b")\n',
  ],
  'libs/c/c.py': [undefined, 'import b\n'],
  'libs/c/pyproject.toml': [undefined, project('c'), project('c', { dependencies: ['a'] }), project('a')],
  'package.json': [undefined, '{ "workspaces": ["libs/*"] }'],
  'pyproject.toml': ['[tool.uv.workspace]\nmembers = ["libs/*"]\n', '[tool.pytest.ini_options]\n', undefined],
  'tox.ini': [undefined, '[pytest]\n', '[flake8]\n'],
  'uv.lock': [lock('3.9'), lock('3.10'), 'version = 99\n', undefined],
};
/** The files that are there from the start. */
export const START = Object.fromEntries(
  Object.entries(TEXTS).flatMap(([file, [text]]) => (text === undefined ? [] : [[file, text]])),
);

/** What may be done to the workspace, or to the plugin's options. */
export type Change =
  | { readonly kind: 'text'; readonly file: string; readonly text: string | undefined }
  | { readonly kind: 'link'; readonly file: string; readonly to: string }
  | { readonly kind: 'mode'; readonly file: string; readonly mode: number }
  | { readonly kind: 'git'; readonly args: readonly string[] }
  | { readonly kind: 'options'; readonly options: PluginOptions };

export const changes: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.constantFrom(
      ...Object.entries(TEXTS).flatMap(([file, texts]) => texts.map((text) => ({ kind: 'text' as const, file, text }))),
    ),
  },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom(
        ['libs/a/link', '../../README.md'],
        ['libs/a/link', '../b'],
        ['libs/a/README.md', '../../README.md'],
        ['libs/b/b/late.py', '../../a/src/a/__init__.py'],
        ['libs/b/b/late.py', '../../nowhere'],
      )
      .map(([file = '', to = '']) => ({ kind: 'link' as const, file, to })),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      ...[
        ['add', '--all'],
        ['rm', '--quiet', '--cached', '-r', 'libs/b'],
        ['checkout', '--quiet', '--', '.'],
        ['config', 'core.fileMode', 'false'],
        ['config', 'core.fileMode', 'true'],
      ].map((args) => ({ kind: 'git' as const, args })),
    ),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom('check.sh', 'libs/a/VERSION', 'libs/b/b/__init__.py'), fc.constantFrom(0o644, 0o755))
      .map(([file, mode]) => ({ kind: 'mode' as const, file, mode })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom<PluginOptions>({}, { conda: true }, { siblingPins: 'exact', testTargetName: 'check' })
      .map((options) => ({ kind: 'options' as const, options })),
  },
);
