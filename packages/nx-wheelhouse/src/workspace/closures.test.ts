/** What is needed to run, test, build and publish a package. */
import { afterAll, describe, expect, test } from 'vitest';
import { packageIn, project, removeFolders, workspaceWith } from '../../testing/workspace-folder.js';
import { runtimeCircle } from './circles.js';
import { buildSiblings, runtimeSiblings, testSiblings } from './closures.js';
import { lastOf, publishOrder } from './publish-order.js';

afterAll(removeFolders);

describe('closures', () => {
  const workspace = workspaceWith({
    'base/pyproject.toml': project('base'),
    'net/pyproject.toml': project('net'),
    'core/pyproject.toml': project(
      'core',
      { dependencies: ['base'] },
      '[project.optional-dependencies]\nnet = ["net"]\n',
    ),
    'tools/pyproject.toml': project('tools', { dependencies: ['core'] }),
    'app/pyproject.toml': project('app', { dependencies: ['core[net]'] }, '[dependency-groups]\ndev = ["tools"]\n'),
    'plain/pyproject.toml': project(
      'plain',
      { dependencies: ['core'] },
      '[build-system]\nrequires = ["tools"]\nbuild-backend = "tools"\n',
    ),
  });
  const { packages } = workspace;

  test('of run time hold what is installed with a package, and extras only where they are asked for', () => {
    expect(runtimeSiblings(packageIn(workspace, 'app'), packages)).toEqual(['base', 'core', 'net']);
    expect(runtimeSiblings(packageIn(workspace, 'plain'), packages)).toEqual(['base', 'core']);
  });

  test('of tests hold groups and what those need', () => {
    expect(testSiblings(packageIn(workspace, 'app'), packages)).toEqual(['base', 'core', 'net', 'tools']);
    expect(testSiblings(packageIn(workspace, 'core'), packages)).toEqual(['base', 'net']);
  });

  test('of the build hold the backend and what it needs', () => {
    expect(buildSiblings(packageIn(workspace, 'plain'), packages)).toEqual(['base', 'core', 'tools']);
    expect(buildSiblings(packageIn(workspace, 'app'), packages)).toEqual([]);
  });

  test('of publishing come before, but for those of a circle, also one through an extra', () => {
    const circular = workspaceWith({
      'a/pyproject.toml': project('a', { dependencies: ['b[more]'] }),
      'b/pyproject.toml': project('b', { dependencies: ['d'] }, '[project.optional-dependencies]\nmore = ["c"]\n'),
      'c/pyproject.toml': project('c', { dependencies: ['a'] }),
      'd/pyproject.toml': project('d', {}, '[dependency-groups]\ndev = ["a"]\n'),
      'top/pyproject.toml': project('top', { dependencies: ['c'] }),
    });
    const before = publishOrder(circular.packages);
    expect(Object.fromEntries(before)).toEqual({
      a: ['b', 'd'],
      b: ['d'],
      c: ['b', 'd'],
      d: [],
      top: ['a', 'b', 'c', 'd'],
    });
    const last = new Map([...before].map(([folder, others]) => [folder, lastOf(others, before)]));
    expect(Object.fromEntries(last)).toEqual({ a: ['b'], b: ['d'], c: ['b'], d: [], top: ['a', 'c'] });
    expect(runtimeCircle('b', circular.packages)).toBeUndefined();
    const circle = runtimeCircle('a', circular.packages)?.map(({ file, line, to }) => `${file}:${line} ${to}`);
    expect(circle).toEqual(['a/pyproject.toml:4 b', 'b/pyproject.toml:6 c', 'c/pyproject.toml:4 a']);
  });
});
