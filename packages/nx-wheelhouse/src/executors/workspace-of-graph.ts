/** The workspace model for an executor: the manifests of the projects that Nx knows. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { MANIFEST_FILES } from '../workspace/manifest-files.js';
import { readWorkspace } from '../workspace/read.js';
import { pathIn, type Workspace } from '../workspace/workspace.js';

export function workspaceOfGraph({ root, projectGraph }: Pick<ExecutorContext, 'root' | 'projectGraph'>): Workspace {
  const folders = Object.values(projectGraph.nodes).map(({ data }) => data.root);
  const candidates = folders.flatMap((folder) => MANIFEST_FILES.map((file) => pathIn(folder, file)));
  return readWorkspace(
    root,
    candidates.filter((file) => existsSync(join(root, file))),
  );
}
