/** Build requirements that lead back to where they start. */
import { afterAll, expect, test } from 'vitest';
import { project, removeFolders, workspaceWith } from '../../testing/workspace-folder.js';
import { planBuild } from '../build/plan.js';
import { buildCircle, builtFirst } from './circles.js';
import type { Package } from './workspace.js';

afterAll(removeFolders);

const builtWith = (name: string, requires: readonly string[], dependencies: readonly string[] = []) => ({
  [`${name}/pyproject.toml`]: project(
    name,
    { dependencies },
    `[build-system]\nrequires = ${JSON.stringify(requires)}\nbuild-backend = "hatchling.build"\n`,
  ),
});

const workspace = workspaceWith({
  ...builtWith('a', ['b']),
  ...builtWith('b', ['c']),
  ...builtWith('c', ['a']),
  ...builtWith('user', ['a']),
  ...builtWith('plugin', ['tool']),
  ...builtWith('tool', [], ['plugin']),
  ...builtWith('free', ['base']),
  ...builtWith('base', []),
});
const { packages } = workspace;
const first = (name: string) => builtFirst(packages.get(name) as Package, packages);

test('are found over three packages, and where a build requirement needs the package at run time', () => {
  const places = (name: string) => buildCircle(name, packages)?.map(({ file, line, to }) => `${file}:${line} ${to}`);
  expect(places('a')).toEqual(['a/pyproject.toml:6 b', 'b/pyproject.toml:6 c', 'c/pyproject.toml:6 a']);
  expect(places('plugin')).toEqual(['plugin/pyproject.toml:6 tool', 'tool/pyproject.toml:4 plugin']);
  expect(places('user')).toBeUndefined();
  expect(places('free')).toBeUndefined();
});

test('order nothing: Nx gets no circle of tasks, and everything outside goes on', () => {
  expect(['a', 'b', 'c', 'plugin'].flatMap(first)).toEqual([]);
  expect(first('user')).toEqual(['a']);
  expect(first('free')).toEqual(['base']);
});

test('are an error of the packages in them, with every step of the way', () => {
  const plan = (name: string) => planBuild(workspace, name, {}, { file: undefined, requirements: [] });
  expect(() => plan('b')).toThrow(
    /need one another to be built: b -> c -> a -> b[\s\S]*b\/pyproject\.toml:6[\s\S]*c\/pyproject\.toml:6: c needs a[\s\S]*a\/pyproject\.toml:6: a needs b/,
  );
});
