/** Where references into git lead, in the spellings of pip, uv and poetry. */
import { expect, test } from 'vitest';
import { gitReference, parseGitReference } from './git-references.js';

test.each<[string, string, boolean]>([
  ['git+https://git.example/us/repo', '.', false],
  ['git+https://git.example/us/repo.git@main', '.', false],
  ['git+ssh://git@git.example/us/repo.git#subdirectory=libs/a', 'libs/a', false],
  ['git+ssh://git@git.example/us/repo.git@feature/x#egg=a&subdirectory=./libs/a/', 'libs/a', false],
  ['git+https://user:secret@git.example/us/repo@7c94c11#subdirectory=a', 'a', true],
  ['git+file:///srv/repo@v1.2.0rc1#subdirectory=a', 'a', true],
  ['git+file:///srv/repo@release-1.2', '.', false],
])('%s', (url, folder, isFixed) => {
  expect(parseGitReference(url)).toEqual({ folder, isFixed });
});

test.each(['https://git.example/a.tar.gz', 'file:../a', '../a', 'hg+https://hg.example/a'])('%s is none', (url) => {
  expect(parseGitReference(url)).toBeUndefined();
});

test('parts of a table make one', () => {
  expect(gitReference('https://git.example/repo', { revision: 'main', folder: 'libs/a' })).toBe(
    'git+https://git.example/repo@main#subdirectory=libs/a',
  );
  expect(gitReference('https://git.example/repo', { revision: undefined, folder: undefined })).toBe(
    'git+https://git.example/repo',
  );
});
