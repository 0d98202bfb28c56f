/** What executors know of the workspace beyond the projects of Nx. */
import type { ProjectGraph } from '@nx/devkit';
import { afterEach, expect, test } from 'vitest';
import { folderWith, project, removeFolders } from '../../testing/workspace-folder.js';
import { workspaceOfGraph } from './workspace-of-graph.js';

afterEach(removeFolders);

test.each(['', 'python/'])('a uv workspace whose root "%s" is no project has its members', (folder) => {
  const member = `${folder}libs/alpha`;
  const root = folderWith({
    [`${folder}pyproject.toml`]: '[tool.uv.workspace]\nmembers = ["libs/*"]\n',
    [`${member}/pyproject.toml`]: project('alpha'),
  });
  const projectGraph: ProjectGraph = {
    nodes: { alpha: { name: 'alpha', type: 'lib', data: { root: member } } },
    dependencies: {},
  };
  const { uvWorkspaces } = workspaceOfGraph({ root, projectGraph });
  expect(uvWorkspaces).toEqual([{ root: folder.slice(0, -1) || '.', members: new Set([member]) }]);
});
