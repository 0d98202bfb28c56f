/** The workspace model for an executor: the manifests of the projects that Nx knows, of the uv workspaces around them and, where they matter, the imports of their sources. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { cacheFolder } from '../graph/cache-folder.js';
import { listFiles } from '../workspace/files.js';
import { withImportEdges } from '../workspace/import-edges.js';
import { Kept } from '../workspace/kept/kept.js';
import { KeptImports } from '../workspace/kept/kept-imports.js';
import { MANIFEST_FILES } from '../workspace/manifest-files.js';
import { readWorkspace } from '../workspace/read.js';
import { foldersUpFrom, pathIn, type Workspace } from '../workspace/workspace.js';

type GraphContext = Pick<ExecutorContext, 'root' | 'projectGraph'>;

/** As the manifests declare it: what builds and publishing go by. */
export function workspaceOfGraph({ root, projectGraph }: GraphContext): Workspace {
  // The root of a uv workspace is usually no project itself, yet says which packages share a lock and an environment.
  const folders = new Set(Object.values(projectGraph.nodes).flatMap(({ data }) => foldersUpFrom(data.root)));
  const candidates = [...folders].flatMap((folder) => MANIFEST_FILES.map((file) => pathIn(folder, file)));
  const manifestFiles = candidates.filter((file) => existsSync(join(root, file)));
  return readWorkspace(root, manifestFiles, new Kept(cacheFolder(root), 'read'));
}

/** With the siblings that are only imported, which tests need as much as those that are declared. */
export function workspaceWithImports(context: GraphContext): Promise<Workspace> {
  return withImportEdges(
    workspaceOfGraph(context),
    listFiles(context.root),
    new KeptImports(cacheFolder(context.root)),
  );
}
