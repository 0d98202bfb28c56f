/** Git as it is used beyond one plain clone: hooks, submodules, links, workspaces below the top of their repository. */
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { aPackage } from './harness/packages.js';
import { aWorkspace, type Workspace } from './harness/workspace.js';

let workspace: Workspace;
const folders: string[] = [];
afterEach(() => {
  workspace?.dispose();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const NAMED_BY_TAGS =
  '[build-system]\nrequires = ["setuptools", "setuptools-scm>=8"]\nbuild-backend = "setuptools.build_meta"\n' +
  '[project]\nname = "versioned"\ndynamic = ["version"]\n[tool.setuptools_scm]\n';
const COMMAND = 'run-many -t build';

const namesIn = (archive: string) => workspace.run('tar', '-tzf', workspace.path(archive));

/** @returns the folder of a repository with one commit of these files */
async function aRepository(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'nx-wheelhouse-repository-'));
  folders.push(folder);
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
  for (const args of [
    ['init', '--quiet'],
    ['add', '--all'],
    ['commit', '--quiet', '--message', 'All'],
  ])
    await workspace.git('-C', folder, ...args);
  return folder;
}

test('in a hook of git the same is built as outside of it', async () => {
  workspace = await aWorkspace({
    files: {
      ...aPackage('alpha', 'alpha'),
      'alpha/.gitignore': 'ignored.py\n',
      'versioned/pyproject.toml': `${NAMED_BY_TAGS}root = ".."\n`,
      'versioned/versioned.py': '',
    },
  });
  await workspace.git('tag', 'v1.5.0');
  const run = `"${process.execPath}" node_modules/nx/dist/bin/nx.js ${COMMAND} >hook.log 2>&1`;
  workspace.write('.git/hooks/pre-commit', `#!/bin/sh\nenv | grep ^GIT_INDEX_FILE >variables.log\n${run}\n`);
  chmodSync(workspace.path('.git/hooks/pre-commit'), 0o755);
  workspace.write('alpha/src/alpha/ignored.py', '');
  workspace.append('alpha/src/alpha/__init__.py', '# new\n');
  const { status } = await workspace.tryRun('git', 'commit', '--quiet', '--all', '--message', 'New');
  expect(status, workspace.read('hook.log')).toBe(0);
  expect(workspace.read('variables.log')).toContain('index.lock');
  expect(workspace.list('versioned/dist')[0]).toMatch(/^versioned-1\.5\.1\.dev0\+/);
  const files = await namesIn('alpha/dist/alpha-0.1.0.tar.gz');
  expect(files).toContain('src/alpha/__init__.py');
  expect(files).not.toContain('ignored.py');
});

test('a submodule counts for the package that it lies in, and a package in one for itself', async () => {
  workspace = await aWorkspace({ files: { ...aPackage('alpha', 'alpha'), ...aPackage('beta', 'beta') } });
  const shared = await aRepository({ 'data.txt': 'one\n', '.gitignore': 'ignored.txt\n' });
  const versioned = await aRepository({ 'pyproject.toml': NAMED_BY_TAGS, 'versioned.py': '' });
  const add = ['-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add'];
  await workspace.git(...add, shared, 'alpha/src/alpha/shared');
  await workspace.git(...add, versioned, 'versioned');
  await workspace.git('commit', '--quiet', '--message', 'Submodules');
  workspace.write('alpha/src/alpha/shared/ignored.txt', 'secret\n');

  await workspace.nx(COMMAND);
  const files = await namesIn('alpha/dist/alpha-0.1.0.tar.gz');
  expect(files).toContain('src/alpha/shared/data.txt');
  expect(files).not.toMatch(/ignored\.txt|\.git$/m);
  expect(workspace.list('versioned/dist')[0]).toMatch(/^versioned-0\.1\.dev1\+/);
  const build = (name: string) => `${name}:build`;
  const cached = {
    [build('alpha')]: 'local cache',
    [build('beta')]: 'local cache',
    [build('versioned')]: 'local cache',
  };
  expect(await workspace.tasks(COMMAND)).toEqual(cached);

  workspace.write('alpha/src/alpha/shared/data.txt', 'two\n');
  expect(await workspace.tasks(COMMAND)).toEqual({ ...cached, [build('alpha')]: 'executed' });
  await workspace.git('-C', 'versioned', 'tag', 'v2.0');
  expect(await workspace.tasks(COMMAND)).toEqual({ ...cached, [build('versioned')]: 'executed' });
  expect(workspace.list('versioned/dist')[0]).toMatch(/^versioned-2\.0/);
});

test('what a link leads to counts, through other links and outside of the workspace too', async () => {
  const outside = mkdtempSync(join(tmpdir(), 'nx-wheelhouse-outside-'));
  folders.push(outside);
  writeFileSync(join(outside, 'outside.txt'), 'one\n');
  workspace = await aWorkspace({
    files: {
      ...aPackage('alpha', 'alpha'),
      'shared/one.txt': 'one\n',
      'more/two.txt': 'one\n',
      'unrelated.txt': 'one\n',
    },
  });
  symlinkSync('../../../shared', workspace.path('alpha/src/alpha/shared'));
  symlinkSync('../more', workspace.path('shared/more'));
  symlinkSync(outside, workspace.path('alpha/src/alpha/outside'));
  await workspace.commit('Links');
  const verdict = async () => (await workspace.tasks(COMMAND))['alpha:build'];
  expect(await verdict()).toBe('executed');
  const files = await namesIn('alpha/dist/alpha-0.1.0.tar.gz');
  for (const path of ['shared/one.txt', 'shared/more/two.txt', 'outside/outside.txt'])
    expect(files).toContain(`src/alpha/${path}`);
  for (const path of ['shared/one.txt', 'more/two.txt', join(outside, 'outside.txt')]) {
    expect(await verdict()).toBe('local cache');
    writeFileSync(path.startsWith(outside) ? path : workspace.path(path), 'two\n');
    expect([path, await verdict()]).toEqual([path, 'executed']);
  }
  workspace.write('unrelated.txt', 'two\n');
  expect(await verdict()).toBe('local cache');
});

test('a workspace below the top of its repository takes what its manifests name there', async () => {
  const manifest = { extra: 'license = "MIT"\nlicense-files = ["LICENSE"]\n' };
  workspace = await aWorkspace({ name: 'top/work', git: false, files: aPackage('alpha', 'alpha', manifest) });
  const top = workspace.path('..');
  writeFileSync(join(top, 'LICENSE'), 'MIT\n');
  symlinkSync('../../LICENSE', workspace.path('alpha/LICENSE'));
  await workspace.git('-C', top, 'init', '--quiet');
  await workspace.git('-C', top, 'add', '--all');
  const verdict = async () => (await workspace.tasks(COMMAND))['alpha:build'];
  expect(await verdict()).toBe('executed');
  expect(await namesIn('alpha/dist/alpha-0.1.0.tar.gz')).toContain('alpha-0.1.0/LICENSE');
  expect(await verdict()).toBe('local cache');
  writeFileSync(join(top, 'LICENSE'), 'Apache\n');
  expect(await verdict()).toBe('executed');
});
