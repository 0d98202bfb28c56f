/** What is found wrong with dists before they get into dist/. */
import { existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { normalizeName, parseCoreMetadata } from '@nx-wheelhouse/python-packaging';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildPackage, useRealTools } from '../../testing/builds.js';
import { folderWith, project, removeFolders, workspaceWith } from '../../testing/workspace-folder.js';
import { mayBeCompiled } from '../workspace/package-settings.js';
import { type BuiltContent, distProblems } from './check-dists.js';

beforeAll(useRealTools);
afterAll(removeFolders);

const SETUPTOOLS = '[build-system]\nrequires = ["setuptools>=77"]\nbuild-backend = "setuptools.build_meta"\n';

const METADATA = 'Metadata-Version: 2.4\nName: a\nVersion: 1.0\n';
const FILES = ['a.py', 'a-1.0.dist-info/METADATA', 'a-1.0.dist-info/RECORD'];

function problemsOf(change: Partial<BuiltContent> & { fields?: string; settings?: string }): readonly string[] {
  const metadataText = METADATA + (change.fields ?? '');
  const files = change.files ?? FILES;
  const content: BuiltContent = {
    filename: 'a-1.0-py3-none-any.whl',
    kind: 'wheel',
    metadata: parseCoreMetadata(metadataText),
    metadataText,
    tags: [
      (change.filename ?? 'a-1.0-py3-none-any.whl')
        .split('-')
        .slice(-3)
        .join('-')
        .replace(/\.whl$/, ''),
    ],
    ...change,
    files,
  };
  const settings = `[tool.nx-wheelhouse]\n${change.settings ?? ''}`;
  const pkg = workspaceWith({ 'a/pyproject.toml': project('a', {}, settings) }).packages.get('a');
  return pkg === undefined
    ? []
    : distProblems(content, { pkg, mayBeCompiled: mayBeCompiled(pkg) }, new Set([normalizeName('sibling')]));
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
    ['with tests at the top by another way', { files: [...FILES, 'a-1.0.data/purelib/tests/x.py'] }, /called tests/],
    ['with tests inside its package', { files: [...FILES, 'a/tests/test_a.py'] }, undefined],
    [
      'that requires a package of the workspace from a URL',
      { fields: 'Requires-Dist: sibling[x] @ git+https://index.example/s ; extra == "y"\n' },
      /^it requires sibling, a package of this workspace, from git\+https[^:]*:\/\/index\.example\/s: declare it by its name, "sibling"/,
    ],
    [
      'that requires a package of the workspace from a path',
      { fields: 'Requires-Dist: sibling @ file:///a/b\n' },
      /^it requires sibling, a package of this workspace, from a path of this machine: declare it by its name/,
    ],
    ['that requires another package from a path', { fields: 'Requires-Dist: b @ file:///a\n' }, /nobody else has/],
    ['that requires a package of the workspace by its name', { fields: 'Requires-Dist: sibling>=1\n' }, undefined],
    ['with a .env', { files: [...FILES, 'a/.env'] }, /a\/\.env holds secrets/],
    ['with an example of a .env', { files: [...FILES, 'a/.env.example'] }, undefined],
    ['with node_modules', { files: [...FILES, 'a/node_modules/x/index.js'] }, /npm module/],
    ['with a private key', { files: [...FILES, 'a/id_rsa'] }, /id_rsa holds secrets/],
    ['with a private key of any name', { privateKeys: ['a/server.pem'] }, /a\/server\.pem is a private key/],
    [
      'with what only looks like secrets',
      {
        files: [...FILES, 'a/tests/.env'],
        privateKeys: ['a/server.pem'],
        settings: 'not-secret = ["tests/.env", "a/server.pem"]',
      },
      undefined,
    ],
    [
      'with tests at the top that are meant',
      { files: [...FILES, 'tests/test_a.py'], settings: 'top-level = ["tests"]' },
      undefined,
    ],
    ['whose RECORD is wrong', { recordProblem: 'a.py is not in RECORD' }, /a\.py is not in RECORD: this is a fault/],
    [
      'whose WHEEL compresses its tags',
      { filename: 'a-1.0-py2.py3-none-any.whl', tags: ['py2.py3-none-any'] },
      undefined,
    ],
    [
      'whose WHEEL expands its tags',
      { filename: 'a-1.0-py2.py3-none-any.whl', tags: ['py3-none-any', 'py2-none-any'] },
      undefined,
    ],
    [
      'whose WHEEL has other tags',
      { tags: ['cp311-cp311-linux_x86_64'] },
      /WHEEL lists the tags cp311-cp311-linux_x86_64/,
    ],
    [
      'for everyone, with an extension module',
      { files: [...FILES, 'a.cpython-311-x86_64-linux-gnu.so'] },
      /promises to run everywhere/,
    ],
    [
      'for the stable ABI, with an extension module for one version',
      {
        filename: 'a-1.0-cp39-abi3-linux_x86_64.whl',
        files: [...FILES, 'a.cpython-311-x86_64-linux-gnu.so'],
        settings: 'compiled = true',
      },
      /promises the stable ABI/,
    ],
    [
      'for the stable ABI',
      { filename: 'a-1.0-cp39-abi3-linux_x86_64.whl', files: [...FILES, 'a.abi3.so'], settings: 'compiled = true' },
      undefined,
    ],
    [
      'for one platform, of a package that is taken for pure',
      { filename: 'a-1.0-py3-none-linux_x86_64.whl', settings: 'compiled = false' },
      /write `compiled = true` into \[tool\.nx-wheelhouse\]/,
    ],
    ['with a summary of two lines', { fields: 'Summary: a\n        b\n' }, /Summary/],
    [
      'with a field that came later',
      { fields: 'Import-Name: a\n' },
      /its Import-Name: it came with metadata version 2\.5/,
    ],
    ['without the licence it names', { fields: 'License-File: LICENSE\n' }, /licence file LICENSE, which is not in it/],
    [
      'with the licence it names',
      { fields: 'License-File: LICENSE\n', files: [...FILES, 'a-1.0.dist-info/licenses/LICENSE'] },
      undefined,
    ],
    ['that requires a path', { fields: 'Requires-Dist: b @ file:../b\n' }, /nobody else has what is at that path/],
    [
      'with a readme nobody renders',
      { fields: 'Description-Content-Type: text/html\n' },
      /its Description-Content-Type: "text\/html" is not/,
    ],
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

test('a module of another package of the workspace is refused, unless it is meant to be there', async () => {
  const files = {
    'beta/pyproject.toml': project('beta', {}, SETUPTOOLS),
    'beta/src/beta/__init__.py': '',
    'a/src/a/__init__.py': '',
    'a/pyproject.toml': project('a', {}, SETUPTOOLS),
  };
  const withLink = (more: Record<string, string>) => {
    const root = folderWith({ ...files, ...more });
    symlinkSync('../../beta/src/beta', join(root, 'a/src/beta'));
    return root;
  };
  await expect(buildPackage(withLink({}), 'a')).rejects.toThrow(
    /beta\/__init__\.py is a module of beta, which would be overwritten/,
  );
  const meant = { 'a/pyproject.toml': project('a', {}, `[tool.nx-wheelhouse]\ntop-level = ["beta"]\n${SETUPTOOLS}`) };
  expect((await buildPackage(withLink(meant), 'a')).record.files).toHaveLength(2);
});

test('a setting that there is none of is refused with those that there are', async () => {
  const root = folderWith({ 'a/pyproject.toml': project('a', {}, '[tool.nx-wheelhouse]\ntoplevel = ["tests"]\n') });
  await expect(buildPackage(root, 'a')).rejects.toThrow(/knows no `toplevel`[\s\S]*use one of .*top-level/);
});

describe('licence files that the manifest asks for', () => {
  const HATCHLING = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n';
  const withLicences = (globs: readonly string[], files: Record<string, string>) =>
    buildPackage(
      folderWith({
        'a/pyproject.toml': project('a', { 'license-files': globs }, HATCHLING),
        'a/a/__init__.py': '',
        ...files,
      }),
      'a',
    );

  test('and that are not there are told, of globs when none of them finds a file', async () => {
    await expect(withLicences(['LICENSE', 'NOTICE'], { 'a/LICENSE': '' })).rejects.toThrow(
      /asks for the licence files NOTICE, and there are none/,
    );
    await expect(withLicences(['LICEN[CS]E*'], { 'a/COPYING.txt': '' })).rejects.toThrow(
      /licence files LICEN\[CS\]E\*/,
    );
  });

  test('and that are there are in both dists, whatever other globs find', async () => {
    const files = { 'a/LICENSE': '', 'a/legal/MIT.txt': '' };
    const { record } = await withLicences(['LICEN[CS]E*', 'legal/**/*.txt', 'NOTICE*'], files);
    expect(record.files).toHaveLength(2);
  });
});

describe('a readme', () => {
  const withReadme = (name: string, text: string) => ({
    'a/pyproject.toml': project('a', { readme: name }, SETUPTOOLS),
    'a/a.py': '',
    [`a/${name}`]: text,
  });

  test('in reStructuredText that no index can show is refused, with the line', async () => {
    const broken = folderWith(withReadme('README.rst', 'Title\n=====\n\n.. no-such-directive:: x\n'));
    await expect(buildPackage(broken, 'a')).rejects.toThrow(/the readme cannot be shown[\s\S]*no-such-directive/);
  });

  test('that can be shown is none to speak of', async () => {
    for (const [name, text] of [
      ['README.rst', 'Title\n=====\n\nText.\n'],
      ['README.md', '# Title\n\n<div>'],
    ] as const) {
      expect((await buildPackage(folderWith(withReadme(name, text)), 'a')).notes).toEqual([]);
    }
  });
});
