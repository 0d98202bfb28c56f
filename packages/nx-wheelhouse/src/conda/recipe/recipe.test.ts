/** Recipes: written new, brought up to date, read beside a wheel, and built by the real rattler-build. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  builtWorkspace,
  install,
  pythonChannel,
  removeTemporaryFolders,
  runIn,
  type TestWheel,
  temporaryFolder,
  useTools,
} from '../../../testing/conda/tools.js';
import { packageOfProject } from '../../workspace/package-of-project.js';
import type { Workspace } from '../../workspace/workspace.js';
import { buildConda } from '../build.js';
import { directoryChannel } from '../channels/directory.js';
import { publishConda } from '../publish.js';
import type { RecipeForm } from '../recipe-files.js';
import { generateRecipe } from './generate.js';
import { mergeRun } from './read.js';

beforeAll(useTools);
afterAll(removeTemporaryFolders);

const ALPHA: TestWheel = {
  name: 'alpha',
  version: '1.10',
  metadata: [
    'Summary: The package: alpha',
    'License-Expression: MIT',
    'License-File: LICENSE',
    'Requires-Python: >=3.8',
    'Requires-Dist: click<9,>=8',
    'Requires-Dist: torch',
    'Project-URL: Documentation, https://index.example/docs',
    'Project-URL: Homepage, https://index.example/home',
  ],
  files: {
    'alpha/__init__.py': 'def main(): print("alpha runs")\n',
    'DIST.dist-info/entry_points.txt': '[console_scripts]\nalpha = alpha:main\n',
  },
  settings: '[tool.nx-wheelhouse.conda]\nbuild-number = 2\nmaintainers = ["someone"]\n',
};

/** The minimal recipe that introductions to conda start from. */
const MINIMAL = `package:
  name: alpha
  version: "1.10"

build:
  number: 0

requirements:
  build:
    - python
    - setuptools

  run:
    - python
`;

function recipe(workspace: Workspace, form: RecipeForm, existing?: string, source: 'wheel' | 'tree' = 'wheel') {
  return generateRecipe(workspace, packageOfProject(workspace, 'alpha'), form, existing, { source });
}

function writeRecipe(workspace: Workspace, form: RecipeForm, text: string): void {
  writeFileSync(join(workspace.root, 'libs/alpha', form), text);
}

describe('a new recipe', () => {
  test('for rattler-build says all that the package knows', async () => {
    const { text } = await recipe(builtWorkspace([ALPHA]), 'recipe.yaml');
    expect(text.replace(/[0-9a-f]{64}/, 'SHA256')).toBe(`package:
  name: alpha
  version: '1.10'

source:
  path: dist/alpha-1.10-py3-none-any.whl
  sha256: SHA256

build:
  number: 2
  noarch: python
  script: python -m pip install alpha-1.10-py3-none-any.whl --no-deps --no-build-isolation -vv
  python:
    entry_points:
      - alpha = alpha:main

requirements:
  host:
    - python >=3.8
    - pip
  run:
    - python >=3.8
    - click <9a0,>=8
    - pytorch

tests:
  - python:
      imports:
        - alpha
      pip_check: true

about:
  summary: 'The package: alpha'
  homepage: https://index.example/home
  documentation: https://index.example/docs
  license: MIT
  license_file:
    - LICENSE

extra:
  recipe-maintainers:
    - someone
`);
  });

  test('for conda-build says the same in its words', async () => {
    const { text } = await recipe(builtWorkspace([ALPHA]), 'meta.yaml');
    expect(load(text)).toMatchObject({
      package: { name: 'alpha', version: '1.10' },
      source: { url: 'dist/alpha-1.10-py3-none-any.whl' },
      build: { number: 2, noarch: 'python', entry_points: ['alpha = alpha:main'] },
      test: { imports: ['alpha'], requires: ['pip'], commands: ['pip check'] },
      about: { home: 'https://index.example/home', doc_url: 'https://index.example/docs', license: 'MIT' },
    });
  });

  test('of the tree needs the build backend', async () => {
    const { text } = await recipe(builtWorkspace([ALPHA]), 'recipe.yaml', undefined, 'tree');
    expect(load(text)).toMatchObject({
      source: { path: '.' },
      requirements: { host: ['python >=3.8', 'pip', 'setuptools >=40.8.0'] },
    });
  });

  test('refers to a licence that is no SPDX expression by its own words', async () => {
    const metadata = ['License: Our own terms, v2'];
    const { text } = await recipe(builtWorkspace([{ ...ALPHA, metadata }]), 'recipe.yaml');
    expect(load(text)).toMatchObject({ about: { license: 'LicenseRef-Our-own-terms-v2' } });
  });
});

describe('a recipe that is there', () => {
  test('is not changed when it is up to date', async () => {
    const workspace = builtWorkspace([ALPHA]);
    for (const form of ['recipe.yaml', 'meta.yaml'] as const) {
      const { text } = await recipe(workspace, form);
      expect(await recipe(workspace, form, text)).toEqual({ text, notes: [] });
    }
  });

  test('gets what the package decides, and keeps comments and what a person added', async () => {
    const before = builtWorkspace([ALPHA]);
    const { text } = await recipe(before, 'recipe.yaml');
    const edited = text
      .replace('build:', '# our own words\nbuild:')
      .replace('    - pytorch', '    - pytorch >=2  # not older\n    - extra-thing')
      .replace('tests:', 'tests:\n  - script:\n      - alpha --help')
      .replace('-vv', '-vv # quiet?');
    const after = builtWorkspace([
      {
        ...ALPHA,
        version: '1.11',
        metadata: ['Requires-Python: >=3.9', 'Requires-Dist: click>=9', 'Requires-Dist: torch>=2'],
      },
    ]);
    const updated = await recipe(after, 'recipe.yaml', edited);
    expect(updated.notes).toEqual(['requirements.run: "extra-thing" stays, though the package does not require it']);
    const lines = updated.text.split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        '# our own words',
        "  version: '1.11'",
        '    - click >=9',
        '    - pytorch >=2  # not older',
        '    - extra-thing',
        '      - alpha --help',
      ]),
    );
    expect(updated.text).toContain('alpha-1.11-py3-none-any.whl --no-deps --no-build-isolation -vv # quiet?');
    expect(load(updated.text)).toMatchObject({ requirements: { host: ['python >=3.9', 'pip'] } });
  });

  test('with variables is changed where they are set', async () => {
    const workspace = builtWorkspace([ALPHA]);
    const jinja = `{% set name = "alpha" %}\n{% set version = "1.9" %}\n\npackage:\n  name: {{ name|lower }}\n  version: {{ version }}\n\nsource:\n  url: https://index.example/{{ name }}-{{ version }}.tar.gz\n  sha256: abc\n\nrequirements:\n  run:\n    - python\n    - numpy {{ numpy }}  # [linux]\n`;
    const { text, notes } = await recipe(workspace, 'meta.yaml', jinja);
    expect(text).toContain(
      '{% set version = "1.10" %}\n\npackage:\n  name: {{ name|lower }}\n  version: {{ version }}\n',
    );
    expect(text).toContain('  url: https://index.example/{{ name }}-{{ version }}.tar.gz\n  sha256: abc\n');
    expect(text).toContain('    - numpy {{ numpy }}  # [linux]\n    - click <9a0,>=8\n');
    expect(notes).toContain('package.name is made by a template and stays as it is');
    const context = 'context:\n  version: "1.9" # here\n\npackage:\n  name: alpha\n  version: $' + '{{ version }}\n';
    expect((await recipe(workspace, 'recipe.yaml', context)).text).toContain("  version: '1.10' # here\n");
  });

  test('of the minimal kind is completed', async () => {
    const { text } = await recipe(builtWorkspace([ALPHA]), 'meta.yaml', MINIMAL);
    expect(load(text)).toMatchObject({
      build: { noarch: 'python', script: expect.stringContaining('pip install') },
      source: { url: 'dist/alpha-1.10-py3-none-any.whl' },
      requirements: { build: ['python', 'setuptools'], run: ['python >=3.8', 'click <9a0,>=8', 'pytorch'] },
    });
  });

  test('that is no YAML is refused with its line', async () => {
    await expect(recipe(builtWorkspace([ALPHA]), 'recipe.yaml', 'package:\n  name: [alpha\n')).rejects.toThrow(
      /cannot be changed/,
    );
  });
});

describe('a package from its wheel, with a recipe beside it', () => {
  test('takes the minimal one as it is, and says what it lacks', async () => {
    const workspace = builtWorkspace([ALPHA]);
    writeRecipe(workspace, 'meta.yaml', MINIMAL);
    const { record, notes } = await buildConda(workspace, 'alpha', {});
    expect(record.files[0]?.index).toMatchObject({
      build_number: 0,
      depends: ['python >=3.8', 'click <9a0,>=8', 'pytorch'],
    });
    expect(notes.join('\n')).toMatch(
      /no source, no build\.script, no build\.noarch: by itself it would build an empty package/,
    );
  });

  test('has the name, the number and the requirements of the recipe', async () => {
    const workspace = builtWorkspace([ALPHA]);
    const run = '    - python\n    - click >= 8.1, <9\n    - extra ={{ v }}\n';
    writeRecipe(
      workspace,
      'meta.yaml',
      `{% set v = "2" %}\npackage:\n  name: alpha-py\nbuild:\n  number: 7\nrequirements:\n  run:\n${run}`,
    );
    const { record } = await buildConda(workspace, 'alpha', {});
    expect(record.files[0]?.filename).toMatch(/^alpha-py-1\.10-.*_7\.conda$/);
    expect(record.files[0]?.index.depends).toEqual(['python >=3.8', 'click >=8.1,<9', 'pytorch', 'extra =2']);
  });

  test.each([
    ['package:\n  version: "1.9"\n', 'The recipe is for version 1.9, the wheel is 1.10'],
    [
      'requirements:\n  run:\n    - colorama  # [win]\n',
      'requirements.run: a condition is more than a plain value\n  at project alpha, libs/alpha/meta.yaml:3',
    ],
    ['requirements:\n  run:\n    - {{ pin_compatible("numpy") }}\n', '--from=recipe'],
    ['package: [\n', 'libs/alpha/meta.yaml'],
  ])('is refused for %j', async (text, message) => {
    const workspace = builtWorkspace([ALPHA]);
    writeRecipe(workspace, 'meta.yaml', text);
    await expect(buildConda(workspace, 'alpha', {})).rejects.toThrow(message);
  });

  test('merges requirements by name', () => {
    expect(mergeRun(['python >=3.8', 'a >=1'], ['a', 'python >=3.9', 'b'])).toEqual(['python >=3.9', 'a >=1', 'b']);
  });
});

describe('a build from a recipe', () => {
  test('makes, tests and gives an installable package', async () => {
    const workspace = builtWorkspace([{ ...ALPHA, metadata: ['Requires-Python: >=3.8'] }]);
    const { text } = await recipe(workspace, 'recipe.yaml');
    writeRecipe(workspace, 'recipe.yaml', text);
    const { record } = await buildConda(workspace, 'alpha', { from: 'recipe', channels: [await pythonChannel()] });
    expect(record.files[0]?.index).toMatchObject({ name: 'alpha', version: '1.10', build_number: 2, noarch: 'python' });
    const folder = join(temporaryFolder(), 'channel');
    const options = { dryRun: false, verifyTimeoutMs: 1000, installFrom: undefined, raiseBuildNumber: false };
    await publishConda(workspace, ['alpha'], directoryChannel(folder, workspace.root), options);
    const { prefix, problems } = await install(folder, 'alpha', {
      imports: ['alpha'],
      commands: [['alpha', 'alpha', 'main']],
    });
    expect(problems).toEqual([]);
    expect(runIn(prefix, 'alpha')).toBe('alpha runs');
  });

  test('says what rattler-build says when it fails', async () => {
    const workspace = builtWorkspace([ALPHA]);
    const { text } = await recipe(workspace, 'recipe.yaml');
    writeRecipe(workspace, 'recipe.yaml', text.replace(/sha256: \w{8}/, 'sha256: 00000000'));
    const channels = [await pythonChannel()];
    await expect(buildConda(workspace, 'alpha', { from: 'recipe', channels })).rejects.toThrow(
      /rattler-build failed[\s\S]*(hash|sha|checksum)/i,
    );
    expect(readFileSync(join(workspace.root, 'libs/alpha/recipe.yaml'), 'utf8')).toContain('00000000');
  });

  test('needs a recipe.yaml', async () => {
    await expect(buildConda(builtWorkspace([ALPHA]), 'alpha', { from: 'recipe' })).rejects.toThrow(
      'conda-recipe alpha',
    );
  });
});
