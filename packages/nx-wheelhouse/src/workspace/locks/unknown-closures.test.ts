/** Closures that cannot be known: the whole lock counts, and a line says why. */
import { afterAll, describe, expect, test } from 'vitest';
import { changedBy, poetryEntry, poetryLock, warningsOf } from '../../../testing/locked-workspace.js';
import { project, removeFolders, workspaceWith } from '../../../testing/workspace-folder.js';

afterAll(removeFolders);

describe('a closure that cannot be known is the whole lock, with a line that says why', () => {
  const uv = (name: string, more = '') =>
    `[[package]]\nname = "${name}"\nversion = "1.0"\nsource = { registry = "https://index.example" }\n${more}`;
  const uvProject = (name: string, needs: string) =>
    `[[package]]\nname = "${name}"\nversion = "1.0"\nsource = { editable = "." }\ndependencies = [{ name = "${needs}" }]\n`;
  const pdm = (...entries: string[]) => `${entries.join('')}[metadata]\nlock_version = "4.5.0"\n`;
  const pdmEntry = (name: string, needs = '') =>
    `[[package]]\nname = "${name}"\nversion = "1.0"\ndependencies = [${needs}]\n`;
  const pylock = (...entries: string[]) => `lock-version = "1.0"\n${entries.join('')}`;
  const pylockEntry = (name: string, needs = '') => `[[packages]]\nname = "${name}"\nversion = "1.0"\n${needs}`;
  const script = 'from setuptools import setup\nsetup(name="a", version="1", install_requires=compute())\n';
  const manifest = { 'a/pyproject.toml': project('a', { dependencies: ['one'] }) };

  test.each<[string, string, string, Record<string, string>, RegExp]>([
    [
      'uv.lock',
      'without the project',
      `version = 1\n${uvProject('b', 'one')}${uv('one')}${uv('far')}`.replace('"."', '"../b"'),
      manifest,
      /^a\/pyproject\.toml.*a\/uv\.lock does not have this project/,
    ],
    [
      'uv.lock',
      'with an edge to nothing',
      `version = 1\n${uvProject('a', 'one')}${uv('one', 'dependencies = [{ name = "gone" }]\n')}${uv('far')}`,
      manifest,
      /gone/,
    ],
    [
      'poetry.lock',
      'beside a setup.py that computes',
      poetryLock(poetryEntry('far', '1.0')),
      { 'a/setup.py': script },
      /^a\/setup\.py:.*without running code/,
    ],
    [
      'poetry.lock',
      'with an edge to nothing',
      poetryLock(poetryEntry('one', '1.0', '[package.dependencies]\ngone = "*"\n'), poetryEntry('far', '1.0')),
      manifest,
      /gone/,
    ],
    [
      'pdm.lock',
      'beside a setup.py that computes',
      pdm(pdmEntry('far')),
      { 'a/setup.py': script },
      /^a\/setup\.py:.*without running code/,
    ],
    ['pdm.lock', 'with an edge to nothing', pdm(pdmEntry('one', '"gone"'), pdmEntry('far')), manifest, /gone/],
    [
      'pylock.toml',
      'shared, without edges',
      pylock(pylockEntry('one'), pylockEntry('far')),
      manifest,
      /^pylock\.toml.*does not say which package needs which/,
    ],
    [
      'pylock.toml',
      'shared, with an edge to nothing',
      pylock(pylockEntry('one', 'dependencies = [{ name = "gone" }]\n'), pylockEntry('far')),
      manifest,
      /gone/,
    ],
    [
      'requirements.txt',
      'shared, without `# via`',
      'one==1.0\nfar==1.0\n',
      manifest,
      /^requirements\.txt:1: this does not say/,
    ],
    [
      'requirements.txt',
      'shared, beside a setup.py that computes',
      'one==1.0\n    # via a\nfar==1.0\n    # via b\n',
      { 'a/setup.py': script },
      /^a\/setup\.py:.*without running code/,
    ],
  ])('%s %s', (lock, how, text, files, why) => {
    const path = how.startsWith('shared') ? lock : `a/${lock}`;
    const workspace = workspaceWith({ ...files, [path]: text });
    const bumped = changedBy(workspace, path, (before) =>
      before.replace(/(far==|name = "far"\nversion = ")1\.0/, '$11.1'),
    );
    expect(bumped).toEqual(['a run', 'a test']);
    expect(warningsOf(workspace)).toEqual([expect.stringMatching(why)]);
  });
});

describe('a lock that cannot be read', () => {
  test.each([
    ['uv.lock', 'version = 2\n', 'a/uv.lock:1: its format version is 2; known here: 1.x'],
    [
      'poetry.lock',
      '[metadata]\nlock-version = "3.0"\n',
      'a/poetry.lock:2: its format version is 3.0; known here: 1.x and 2.x',
    ],
    ['pdm.lock', 'x = = 1\n', 'a/pdm.lock:1: this is not TOML'],
  ])('is one warning, and counts as a whole: %s', (name, text, message) => {
    const workspace = workspaceWith({ 'a/pyproject.toml': project('a'), [`a/${name}`]: text });
    expect(warningsOf(workspace)).toEqual([expect.stringContaining(message)]);
    expect(changedBy(workspace, `a/${name}`, (before) => `${before}# more\n`)).toEqual(['a run', 'a test']);
  });
});
