/** What is found wrong with dists before they get into dist/. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseCoreMetadata } from '@nx-wheelhouse/python-packaging';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildPackage, useRealTools } from '../../testing/builds.js';
import { folderWith, project, removeFolders, workspaceWith } from '../../testing/workspace-folder.js';
import { type BuiltContent, distProblems } from './check-dists.js';

beforeAll(useRealTools);
afterAll(removeFolders);

const METADATA = 'Metadata-Version: 2.4\nName: a\nVersion: 1.0\n';
const FILES = ['a.py', 'a-1.0.dist-info/METADATA', 'a-1.0.dist-info/RECORD'];

function problemsOf(change: Partial<BuiltContent> & { fields?: string }): readonly string[] {
  const metadataText = METADATA + (change.fields ?? '');
  const files = change.files ?? FILES;
  const content: BuiltContent = {
    filename: 'a-1.0-py3-none-any.whl',
    kind: 'wheel',
    metadata: parseCoreMetadata(metadataText),
    metadataText,
    recorded: files,
    ...change,
    files,
  };
  const pkg = workspaceWith({ 'a/pyproject.toml': project('a') }).packages.get('a');
  return pkg === undefined ? [] : distProblems(content, pkg);
}

describe('a wheel', () => {
  test.each<[string, Parameters<typeof problemsOf>[0], RegExp | undefined]>([
    ['in order', {}, undefined],
    ['of another name', { filename: 'b-1.0-py3-none-any.whl' }, /must start with a-/],
    [
      'of another version than the manifest',
      { filename: 'a-2-py3-none-any.whl', metadata: parseCoreMetadata(METADATA.replace('1.0', '2')) },
      /the manifest says 1\.0/,
    ],
    ['with tests at the top', { files: [...FILES, 'tests/test_a.py'] }, /installs a package called tests/],
    ['with tests inside its package', { files: [...FILES, 'a/tests/test_a.py'] }, undefined],
    ['with a .env', { files: [...FILES, 'a/.env'] }, /a\/\.env holds secrets/],
    ['with an example of a .env', { files: [...FILES, 'a/.env.example'] }, undefined],
    ['with node_modules', { files: [...FILES, 'a/node_modules/x/index.js'] }, /npm module/],
    ['with a private key', { files: [...FILES, 'a/id_rsa'] }, /id_rsa holds secrets/],
    ['whose RECORD lacks a file', { recorded: FILES.slice(1) }, /RECORD does not list a\.py/],
    ['without the licence it names', { fields: 'License-File: LICENSE\n' }, /licence file LICENSE, which is not in it/],
    [
      'with the licence it names',
      { fields: 'License-File: LICENSE\n', files: [...FILES, 'a-1.0.dist-info/licenses/LICENSE'] },
      undefined,
    ],
    ['that requires a path', { fields: 'Requires-Dist: b @ file:../b\n' }, /nobody else has what is at that path/],
    ['with a readme nobody renders', { fields: 'Description-Content-Type: text/html\n' }, /no index renders a readme/],
    ['with a script that is no object', { entryPoints: '[console_scripts]\na = a.cli\n' }, /write `a\.cli:main`/],
    ['with a script that is no name', { entryPoints: '[console_scripts]\na = a-b:main\n' }, /can be no object/],
    [
      'with good entry points',
      { entryPoints: '[console_scripts]\na = a.cli:App.run [x]\n[plugins]\np = a\n' },
      undefined,
    ],
  ])('%s', (_, change, expected) => {
    const problems = problemsOf(change);
    if (expected === undefined) expect(problems).toEqual([]);
    else expect(problems.join('\n')).toMatch(expected);
  });
});

test('a build that makes such a wheel fails, and nothing is put into dist', async () => {
  const root = folderWith({
    'a/setup.py':
      'from setuptools import find_packages, setup\nsetup(name="a", version="1.0", packages=find_packages(), entry_points={"console_scripts": ["a = a.cli"]})\n',
    'a/a/__init__.py': '',
    'a/tests/__init__.py': '',
  });
  await expect(buildPackage(root, 'a')).rejects.toThrow(/installs a package called tests[\s\S]*write `a\.cli:main`/);
  expect(existsSync(join(root, 'a/dist'))).toBe(false);
});
