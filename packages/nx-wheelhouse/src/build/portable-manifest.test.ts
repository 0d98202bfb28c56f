/** Manifests as they go into a stage. */
import { readToml, tomlAt } from '@nx-wheelhouse/python-packaging';
import { describe, expect, test } from 'vitest';
import { withoutSiblingPaths } from './portable-manifest.js';

const dependencies = (lines: string) => {
  const text = withoutSiblingPaths(
    `[tool.poetry]\nname = "a"\n\n[tool.poetry.dependencies]\n${lines}`,
    (path) => path === '../b',
  );
  return tomlAt(readToml(text), ['tool', 'poetry', 'dependencies']);
};

describe('a dependency on the path of a sibling', () => {
  test.each([
    ['is one on its name', 'b = { path = "../b", develop = true }', { version: '*' }],
    [
      'keeps what else is said of it',
      'b = { path = "../b", extras = ["x"], optional = true, markers = "python_version < 4" }',
      { version: '*', extras: ['x'], optional: true, markers: 'python_version < 4' },
    ],
    ['may be a table of its own', '[tool.poetry.dependencies.b]\npath = "../b"\ndevelop = true\n', { version: '*' }],
    [
      'may be one of several',
      'b = [{ path = "../b", platform = "linux" }, { version = "^1", platform = "win32" }]',
      [
        { version: '*', platform: 'linux' },
        { version: '^1', platform: 'win32' },
      ],
    ],
    ['is left alone when nobody of the workspace is there', 'b = { path = "../other" }', { path: '../other' }],
  ])('%s', (_, lines, expected) => {
    expect(dependencies(lines)).toEqual({ b: expected });
  });

  test('changes nothing else in the file', () => {
    const text = '# first\n[tool.poetry.dependencies]\npython = "^3.9" # mine\nb = { path = "../b" }\n';
    expect(withoutSiblingPaths(text, () => true)).toBe(text.replace('path = "../b"', 'version = "*"'));
  });
});
