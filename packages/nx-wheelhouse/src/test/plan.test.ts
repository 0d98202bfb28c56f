/** Where the tests of a package run. */
import { afterAll, expect, test } from 'vitest';
import { project, removeFolders, workspaceWith } from '../../testing/workspace-folder.js';
import { planTests } from './plan.js';

afterAll(removeFolders);

test('tests run in the environment of the uv workspace, or in that of a uv.lock of their own', () => {
  const workspace = workspaceWith({
    'shared/pyproject.toml': '[tool.uv.workspace]\nmembers = ["member"]\n',
    'shared/member/pyproject.toml': project('member'),
    'shared/member/uv.lock': 'version = 1\n',
    'alone/pyproject.toml': project('alone'),
    'alone/uv.lock': 'version = 1\n',
    'plain/pyproject.toml': project('plain'),
  });
  const environmentOf = (name: string) => planTests(workspace, name, {}).uvWorkspace;
  expect(environmentOf('member')).toBe('shared');
  expect(environmentOf('alone')).toBe('alone');
  expect(environmentOf('plain')).toBeUndefined();
});
