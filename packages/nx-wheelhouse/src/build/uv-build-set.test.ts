/** Packages of the backend inside uv: where they lie or staged, with others or alone, the files and the bytes are the same. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildPackage, buildPackages, useRealTools } from '../../testing/builds.js';
import { folderWith, project, removeFolders, workspaceIn } from '../../testing/workspace-folder.js';
import { isStagedAsItLies } from './in-place.js';
import { RepositoryViews } from './repository-view.js';
import { Sources } from './stage.js';

beforeAll(useRealTools);
afterAll(removeFolders);

const UV_BUILD = '[build-system]\nrequires = ["uv_build>=0.9,<1"]\nbuild-backend = "uv_build"\n';
/** Takes in all that it sees. */
const GREEDY = `${UV_BUILD}[tool.uv.build-backend]\nsource-include = ["**", "**/.*"]\ndefault-excludes = false\n`;

const sourcesOf = (name: string, more = UV_BUILD, fields = {}) => ({
  [`${name}/pyproject.toml`]: project(name, { readme: 'README.md', ...fields }, more),
  [`${name}/README.md`]: `# ${name}\n`,
  [`${name}/src/${name}/__init__.py`]: '"""A module."""\n',
  [`${name}/src/${name}/data/one.txt`]: 'one\n',
});

function repositoryWith(files: Readonly<Record<string, string>>): string {
  const root = folderWith({ '.gitignore': '__pycache__/\nignored*\ndist/\n.wheelhouse/\n', ...files });
  execFileSync('git', ['init', '--quiet'], { cwd: root });
  execFileSync('git', ['add', '--all'], { cwd: root });
  return root;
}

function isBuiltInPlace(root: string): boolean {
  const workspace = workspaceIn(root);
  const pkg = workspace.packages.get('a');
  if (pkg === undefined) throw new Error('a is no package');
  const sources = new Sources(workspace, new RepositoryViews(join(root, '.views')));
  return isStagedAsItLies(sources.stageOf(pkg, { mode: 'as-declared', versions: new Map() }));
}

const add = (path: string, text: string) => (root: string) => {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), text);
};

/** What may lie around a package that is as git has it, and whether it is still built in place. */
const AROUND: [what: string, change: (root: string) => void, isInPlace: boolean][] = [
  ['nothing', () => {}, true],
  ['bytecode', add('a/src/a/__pycache__/x.pyc', 'x'), true],
  ['dists of a former build', add('a/dist/a-0.1.tar.gz', 'x'), true],
  ['an ignored file', add('a/ignored.txt', 'secret'), false],
  ['an ignored module', add('a/src/a/ignored.py', 'secret'), false],
  ['a folder of nothing but ignored files', add('a/src/a/cache/ignored.txt', 'secret'), false],
  ['an empty folder', (root) => mkdirSync(join(root, 'a/src/a/empty')), false],
  ['an ignored link', (root) => symlinkSync('/etc', join(root, 'a/src/a/ignored-link')), false],
];

describe.each([
  ['that takes what it is told', UV_BUILD],
  ['that takes in all it sees', GREEDY],
])('a package %s', (_, more) => {
  test.each(AROUND)('is the same with %s around it', async (_what, change, isInPlace) => {
    const [clean, root] = [repositoryWith(sourcesOf('a', more)), repositoryWith(sourcesOf('a', more))];
    change(root);
    expect(isBuiltInPlace(root)).toBe(isInPlace);
    const { record } = await buildPackage(root, 'a');
    expect(record.tools.buildRequirements).toEqual([expect.stringMatching(/^uv_build==/)]);
    expect(record).toEqual((await buildPackage(clean, 'a')).record);
  });
});

test('a package that has a file from elsewhere, or a link, is built from a stage', () => {
  const elsewhere = { ...sourcesOf('a', UV_BUILD, { readme: '../README.md' }), 'README.md': '' };
  expect(isBuiltInPlace(repositoryWith(elsewhere))).toBe(false);
  const linked = repositoryWith(sourcesOf('a'));
  symlinkSync('README.md', join(linked, 'a/README.txt'));
  expect(isBuiltInPlace(linked)).toBe(false);
});

test('nothing is written into the tree but the dists and their record', async () => {
  const root = repositoryWith(sourcesOf('a'));
  const state = () =>
    readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((path) => !/^(a\/dist|\.wheelhouse)(\/|$)|^a$/.test(path))
      .map((path) => `${path} ${statSync(join(root, path)).mtimeMs}`);
  const before = state();
  await buildPackage(root, 'a');
  expect(state()).toEqual(before);
});

describe('in a set with a package that uv', () => {
  const others = { ...sourcesOf('a'), ...sourcesOf('c', GREEDY) };

  const built = async (root: string, projects: readonly string[]) =>
    (await buildPackages(root, projects)).map((one) => (one.status === 'fulfilled' ? one.value.record : one.reason));

  test('cannot read, the others are built by uv to the same bytes, and that one by its backend', async () => {
    const root = repositoryWith({ ...others, ...sourcesOf('b', `${UV_BUILD}[tool.uv.sources]\nx = 1\n`) });
    const [a, b, c] = await built(root, ['a', 'b', 'c']);
    expect([a, c]).toEqual(await built(repositoryWith(others), ['a', 'c']));
    expect(a.tools.buildRequirements).toEqual([expect.stringMatching(/^uv_build==/)]);
    expect(b.tools.buildRequirements).toEqual([expect.stringMatching(/^uv-build==/)]);
  });

  test('cannot build, the others are the same, and that one fails with the reason', async () => {
    const root = repositoryWith({ ...others, 'b/pyproject.toml': project('b', {}, UV_BUILD) });
    const [a, b, c] = await built(root, ['a', 'b', 'c']);
    expect([a, c]).toEqual(await built(repositoryWith(others), ['a', 'c']));
    expect(String(b)).toMatch(/uv_build failed in build_sdist[\s\S]*b\/pyproject\.toml/);
  });
});
