/** What a build may read: the files of git's view, through links and in submodules too, and what manifests name outside. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { folderWith, project, removeFolders, workspaceIn } from '../../testing/workspace-folder.js';
import { listFiles } from '../workspace/files.js';
import { RepositoryViews } from './repository-view.js';
import { Sources, type StagedFile } from './stage.js';

afterAll(removeFolders);
afterEach(() => void vi.unstubAllEnvs());

const git = (cwd: string, ...args: string[]) =>
  execFileSync(
    'git',
    ['-c', 'user.name=a', '-c', 'user.email=a@index.example', '-c', 'protocol.file.allow=always', ...args],
    {
      cwd,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
const commitAll = (cwd: string) => {
  git(cwd, 'init', '--quiet');
  git(cwd, 'add', '--all');
  git(cwd, 'commit', '--quiet', '--message', 'All');
};

/** What is staged for the package `a`. */
function stageOf(root: string): readonly StagedFile[] {
  const workspace = workspaceIn(root);
  const pkg = workspace.packages.get('a');
  if (pkg === undefined) throw new Error('a is no package');
  const sources = new Sources(workspace, new RepositoryViews(join(root, '.views')));
  return sources.stageOf(pkg, { mode: 'as-declared', versions: new Map() }).files;
}

/** The staged paths, and where in the workspace their content is. */
function staged(root: string): Record<string, string> {
  const where = (path: string) => realpathSync(path).replace(`${realpathSync(root)}/`, '');
  return Object.fromEntries(
    stageOf(root).map((file) => [file.path, 'origin' in file ? where(file.origin) : 'a text of ours']),
  );
}
const pathsIn = (root: string) => Object.keys(staged(root)).sort();

const PACKAGE = { 'a/pyproject.toml': project('a'), 'a/a.py': '' };

describe.each([
  ['committed', (root: string) => commitAll(root)],
  ['not added yet', (root: string) => void git(root, 'init', '--quiet')],
])('a link to a folder, %s, stands for what git tracks or would track of it', (_, commit) => {
  const SHARED = {
    '.gitignore': 'secret.txt\ncache/\n',
    'shared/one.txt': '',
    'shared/deep/two.txt': '',
    'shared/secret.txt': '',
    'shared/cache/x': '',
  };

  test('in the workspace', () => {
    const root = folderWith({ ...PACKAGE, ...SHARED });
    symlinkSync('../shared', join(root, 'a/data'));
    commit(root);
    expect(staged(root)).toEqual({
      'a/a.py': 'a/a.py',
      'a/pyproject.toml': 'a/pyproject.toml',
      'a/data/one.txt': 'shared/one.txt',
      'a/data/deep/two.txt': 'shared/deep/two.txt',
    });
  });

  test('through other links, and of one that leads back where it comes from nothing', () => {
    const root = folderWith({ ...PACKAGE, ...SHARED, 'more/three.txt': '' });
    symlinkSync('../shared', join(root, 'a/data'));
    symlinkSync('../../more', join(root, 'shared/deep/more'));
    symlinkSync('../a', join(root, 'more/back'));
    symlinkSync('..', join(root, 'a/up'));
    symlinkSync('round', join(root, 'a/round'));
    symlinkSync('nowhere', join(root, 'a/dangling'));
    symlinkSync('../shared/secret.txt', join(root, 'a/secret-by-another-name.txt'));
    commit(root);
    expect(pathsIn(root)).toEqual([
      'a/a.py',
      'a/data/deep/more/three.txt',
      'a/data/deep/two.txt',
      'a/data/one.txt',
      'a/pyproject.toml',
    ]);
  });

  test('in another repository', () => {
    const other = folderWith(SHARED);
    commit(other);
    const root = folderWith(PACKAGE);
    symlinkSync(join(other, 'shared'), join(root, 'a/data'));
    symlinkSync(join(other, 'shared/secret.txt'), join(root, 'a/file.txt'));
    commit(root);
    expect(pathsIn(root)).toEqual(['a/a.py', 'a/data/deep/two.txt', 'a/data/one.txt', 'a/pyproject.toml']);
  });

  test('in no repository: of that all but secrets, caches and what is no file', () => {
    const other = folderWith({ 'shared/one.txt': '', 'shared/.env': '', 'shared/__pycache__/x.pyc': '' });
    execFileSync('mkfifo', [join(other, 'shared/pipe')]);
    const root = folderWith(PACKAGE);
    symlinkSync(join(other, 'shared'), join(root, 'a/data'));
    symlinkSync(join(other, 'shared/pipe'), join(root, 'a/pipe'));
    symlinkSync(join(other, 'shared/.env'), join(root, 'a/env'));
    commit(root);
    expect(pathsIn(root)).toEqual(['a/a.py', 'a/data/one.txt', 'a/pyproject.toml']);
  });
});

describe('whether a file is executable', () => {
  const withModes = (tellsModes: boolean) => {
    const root = folderWith({ ...PACKAGE, 'a/run.sh': '', 'a/plain.sh': '', 'a/changed.sh': '', '.gitignore': '' });
    for (const path of ['a/run.sh', 'a/changed.sh']) chmodSync(join(root, path), 0o755);
    commitAll(root);
    git(root, 'config', 'core.fileMode', String(tellsModes));
    for (const path of ['a/run.sh', 'a/plain.sh', 'a/changed.sh'])
      chmodSync(join(root, path), path === 'a/plain.sh' ? 0o755 : 0o644);
    writeFileSync(join(root, 'a/changed.sh'), 'more');
    writeFileSync(join(root, 'a/new.sh'), '');
    chmodSync(join(root, 'a/new.sh'), 0o755);
    return root;
  };
  const executables = (root: string) => [...listFiles(root).executables].sort();
  const stated = (root: string) =>
    stageOf(root).flatMap((file) =>
      'origin' in file && file.executable !== undefined ? [`${file.path} ${file.executable}`] : [],
    );

  test('the tree tells', () => {
    const root = withModes(true);
    expect(executables(root)).toEqual(['a/new.sh', 'a/plain.sh']);
    expect(stated(root)).toEqual([]);
  });

  test('git’s index tells where the file system does not, as to git itself', () => {
    const root = withModes(false);
    expect(executables(root)).toEqual(['a/changed.sh', 'a/run.sh']);
    expect(stated(root).sort()).toEqual([
      'a/a.py false',
      'a/changed.sh true',
      'a/new.sh false',
      'a/plain.sh false',
      'a/pyproject.toml false',
      'a/run.sh true',
    ]);
  });
});

describe('a repository inside of a package', () => {
  const inside = () => {
    const submodule = folderWith({ '.gitignore': 'ignored.txt\n', 'in.txt': '' });
    symlinkSync('in.txt', join(submodule, 'link.txt'));
    commitAll(submodule);
    return submodule;
  };
  const EXPECTED = [
    'a/a.py',
    'a/pyproject.toml',
    'a/vendored/.gitignore',
    'a/vendored/in.txt',
    'a/vendored/link.txt',
    'a/vendored/new.txt',
  ];
  const withOwnFiles = (root: string) => {
    for (const name of ['new.txt', 'ignored.txt']) writeFileSync(join(root, 'a/vendored', name), '');
  };

  test('that is a submodule belongs to the package, without what it ignores itself', () => {
    const root = folderWith(PACKAGE);
    commitAll(root);
    git(root, 'submodule', '--quiet', 'add', inside(), 'a/vendored');
    git(root, 'commit', '--quiet', '--message', 'With a submodule');
    withOwnFiles(root);
    expect(pathsIn(root)).toEqual(EXPECTED);
  });

  test('that is no submodule does as well', () => {
    const root = folderWith(PACKAGE);
    commitAll(root);
    git(root, 'clone', '--quiet', inside(), 'a/vendored');
    withOwnFiles(root);
    expect(pathsIn(root)).toEqual(EXPECTED);
  });

  test('that is not checked out is empty', () => {
    const root = folderWith(PACKAGE);
    commitAll(root);
    git(root, 'submodule', '--quiet', 'add', inside(), 'a/vendored');
    git(root, 'submodule', '--quiet', 'deinit', '--force', 'a/vendored');
    expect(pathsIn(root)).toEqual(['a/a.py', 'a/pyproject.toml']);
  });

  test('may be the package', () => {
    const root = folderWith({ 'other.txt': '' });
    const submodule = folderWith({ 'pyproject.toml': project('a'), 'a.py': '' });
    commitAll(submodule);
    commitAll(root);
    git(root, 'submodule', '--quiet', 'add', submodule, 'a');
    expect(pathsIn(root)).toEqual(['a/a.py', 'a/pyproject.toml']);
  });
});

test('in a hook of git, which names the repository by variables, git is asked about the folder all the same', () => {
  const root = folderWith({ 'work/a/pyproject.toml': project('a'), 'work/a/a.py': '', '.gitignore': 'ignored.py\n' });
  writeFileSync(join(root, 'work/a/ignored.py'), '');
  commitAll(root);
  const there = pathsIn(join(root, 'work'));
  expect(there).toEqual(['work/a/a.py', 'work/a/pyproject.toml']);
  for (const directory of ['.git', join(root, '.git'), join(folderWith({}), '.git')]) {
    vi.stubEnv('GIT_DIR', directory);
    vi.stubEnv('GIT_INDEX_FILE', join(directory, 'next-index-1.lock'));
    vi.stubEnv('GIT_WORK_TREE', root);
    vi.stubEnv('GIT_PREFIX', 'work/');
    expect(pathsIn(join(root, 'work'))).toEqual(there);
  }
});

test('what is listed is what is there now, whatever git has in its place or has no more', () => {
  const root = folderWith({ ...PACKAGE, 'a/file': '', 'a/folder/x': '', 'a/link': '', 'a/gone': '' });
  symlinkSync('a.py', join(root, 'a/was-link'));
  commitAll(root);
  for (const name of ['file', 'folder', 'link', 'was-link', 'gone']) rmSync(join(root, 'a', name), { recursive: true });
  mkdirSync(join(root, 'a/file'));
  for (const name of ['file/x', 'folder', 'was-link']) writeFileSync(join(root, 'a', name), '');
  symlinkSync('a.py', join(root, 'a/link'));
  expect(staged(root)).toEqual({
    'a/a.py': 'a/a.py',
    'a/file/x': 'a/file/x',
    'a/folder': 'a/folder',
    'a/link': 'a/a.py',
    'a/pyproject.toml': 'a/pyproject.toml',
    'a/was-link': 'a/was-link',
  });
});

test('what a manifest names above the workspace is staged as far as the repository goes', () => {
  const manifest = `${project('a')}license = { file = "../../LICENSE" }\nreadme = "../../../README.md"\n`;
  const root = folderWith({ 'work/a/pyproject.toml': manifest, 'work/a/a.py': '', LICENSE: '', '../README.md': '' });
  commitAll(root);
  expect(pathsIn(join(root, 'work'))).toEqual(['LICENSE', 'work/a/a.py', 'work/a/pyproject.toml']);
  rmSync(join(root, '../README.md'));
});

test.runIf(process.getuid?.() === 0)('where git refuses to answer nothing is staged', () => {
  const root = folderWith({ ...PACKAGE, '.gitignore': 'secret.txt\n', 'a/secret.txt': '' });
  commitAll(root);
  chownSync(join(root, '.git'), 65534, 65534);
  chownSync(root, 65534, 65534);
  expect(() => pathsIn(root)).toThrow(/dubious ownership[\s\S]*safe\.directory/);
  expect(readFileSync(join(root, 'a/secret.txt'), 'utf8')).toBe('');
});
