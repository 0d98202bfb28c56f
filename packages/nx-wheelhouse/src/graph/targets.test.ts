/** What the targets of a package declare. */
import { afterAll, expect, test } from 'vitest';
import { folderWith, project, removeFolders } from '../../testing/workspace-folder.js';
import { createNodesOf } from './plugin.js';

afterAll(removeFolders);

test('a build declares the file of its version only where no manifest states it', async () => {
  const root = folderWith({
    'stated/pyproject.toml': project('stated'),
    'computed/pyproject.toml': '[project]\nname = "computed"\ndynamic = ["version"]\n',
  });
  const nodes = await createNodesOf(['computed/pyproject.toml', 'stated/pyproject.toml'], undefined, root);
  const outputs = nodes.map(([, { projects = {} }]) => Object.values(projects)[0]?.targets?.build?.outputs);
  expect(outputs).toEqual([
    [
      '{projectRoot}/dist',
      '{workspaceRoot}/.wheelhouse/computed/dist.json',
      '{workspaceRoot}/.wheelhouse/computed/dist-version.txt',
    ],
    ['{projectRoot}/dist', '{workspaceRoot}/.wheelhouse/stated/dist.json'],
  ]);
});
