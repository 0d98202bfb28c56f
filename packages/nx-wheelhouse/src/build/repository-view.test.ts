/** What a version made from git depends on: each of these may give another, and all else gives the same. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { folderWith, removeFolders } from '../../testing/workspace-folder.js';
import { RepositoryViews, repositoryState } from './repository-view.js';

afterAll(removeFolders);

const git = (cwd: string, ...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@index.example', ...args], { cwd, encoding: 'utf8' });
const commit = (cwd: string, message: string) => git(cwd, 'commit', '--quiet', '--allow-empty', '--message', message);

function repository(): string {
  const root = folderWith({ 'a/a.py': '', '.gitignore': 'ignored\n' });
  git(root, 'init', '--quiet', '--initial-branch', 'main');
  git(root, 'add', '--all');
  for (const message of ['One', 'Two', 'Three']) commit(root, message);
  git(root, 'tag', 'v1.0', 'HEAD~1');
  return root;
}

test.each<[string, (root: string) => void]>([
  ['another commit', (root) => void commit(root, 'Four')],
  ['a tag', (root) => void git(root, 'tag', 'v1.1')],
  ['a tag that moves', (root) => void git(root, 'tag', '--force', 'v1.0')],
  ['another branch', (root) => void git(root, 'switch', '--quiet', '--create', 'release/2.0')],
  ['no branch', (root) => void git(root, 'switch', '--quiet', '--detach')],
  ['a changed file', (root) => writeFileSync(join(root, 'a/a.py'), 'x = 1\n')],
])('%s is another state', (_, change) => {
  const root = repository();
  const before = repositoryState(join(root, 'a'));
  change(root);
  expect(repositoryState(join(root, 'a'))).not.toBe(before);
});

test('a history that is cut off is another state, for each length', () => {
  const root = repository();
  git(root, 'tag', '--delete', 'v1.0');
  const clones = ['1', '2'].map((depth) => {
    const clone = join(folderWith({}), 'clone');
    git(root, 'clone', '--quiet', '--depth', depth, `file://${root}`, clone);
    return repositoryState(clone);
  });
  expect(new Set([repositoryState(root), ...clones]).size).toBe(3);
});

test('untracked files, other branches and later tags are the same state, in a clone too', () => {
  const root = repository();
  const before = repositoryState(root);
  git(root, 'branch', 'other');
  git(root, 'tag', 'later', git(root, 'commit-tree', 'HEAD^{tree}', '-p', 'HEAD', '-m', 'Later').trim());
  mkdirSync(join(root, 'b'));
  writeFileSync(join(root, 'b/untracked.py'), '');
  expect(repositoryState(join(root, 'a'))).toBe(before);
  const clone = join(folderWith({}), 'clone');
  git(root, 'clone', '--quiet', '--branch', 'main', root, clone);
  expect(repositoryState(clone)).toBe(before);
});

test('without a commit, and without a repository, there is a state too', () => {
  const root = folderWith({ 'a.py': '' });
  expect(repositoryState(root)).toContain('changed');
  git(root, 'init', '--quiet');
  expect(repositoryState(root)).toContain('clean');
});

test('a repository that does not tell what has changed is not passed off as unchanged', () => {
  const root = repository();
  writeFileSync(join(root, '.git/index'), 'none');
  const views = new RepositoryViews(folderWith({}));
  expect(() => views.linkFor(join(root, 'a'))).toThrow('Git does not tell which files have changed.');
});
