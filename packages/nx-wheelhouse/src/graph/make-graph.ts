/** Makes the graph of a workspace from its manifests, locks and sources. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CreateDependenciesContext } from '@nx/devkit';
import { listFiles, type WorkspaceFiles } from '../workspace/files.js';
import { withImportEdges } from '../workspace/import-edges.js';
import { Kept } from '../workspace/kept/kept.js';
import { leftOutManifests, leftOutNames } from '../workspace/left-out-files.js';
import { lockedClosures } from '../workspace/locks/locked-closures.js';
import { TestEnvironments } from '../workspace/locks/test-environment.js';
import { MANIFEST_FILES } from '../workspace/manifest-files.js';
import { filesByPackage } from '../workspace/ownership.js';
import type { Presence } from '../workspace/presence.js';
import { readWorkspace } from '../workspace/read.js';
import { foldersUpFrom, pathIn } from '../workspace/workspace.js';
import { cacheFolder } from './cache-folder.js';
import { type PackageEdges, packageEdges } from './create-dependencies.js';
import { projectNodes } from './create-nodes.js';
import type { Graph, GraphRequest } from './kept-graph.js';
import { condaForAll, siblingPins, targetNames } from './options.js';

/** Nx's daemon may keep this process and ask again after every edit; by workspace, so that two in one process do not mix. */
const kept = new Map<string, Kept>();

function keptOf(workspaceRoot: string): Kept {
  const found = kept.get(workspaceRoot) ?? new Kept(cacheFolder(workspaceRoot));
  kept.set(workspaceRoot, found);
  return found;
}

/**
 * @param listing the files of the workspace, which may still be on their way
 * @param presence of the files as they are now
 * @param before what earlier graphs of the same workspace have left
 */
export async function makeGraph(
  workspaceRoot: string,
  { manifestFiles, options }: GraphRequest,
  listing: Promise<WorkspaceFiles>,
  presence: Presence,
  before = keptOf(workspaceRoot),
): Promise<Graph> {
  const names = targetNames(options);
  const declared = readWorkspace(workspaceRoot, manifestFiles, before, presence);
  const files = await listing;
  const owned = filesByPackage(declared, files);
  const workspace = await withImportEdges(declared, files, before.imports, owned, presence);
  const environments = new TestEnvironments(workspace);
  const closures = lockedClosures(workspace, before.locks, presence, environments);
  const leftOut = [
    ...leftOutManifests(workspaceRoot, files, manifestFiles, presence),
    ...leftOutNames(workspaceRoot, owned),
  ];
  const nodes = projectNodes(
    { workspace, files, owned, closures: closures.byPackage, environments, texts: before.texts },
    { names, siblingPins: siblingPins(options), condaForAll: condaForAll(options) },
  );
  before.end();
  before.save(); // and not after the answer: Nx may end this process as soon as it has that
  return { nodes, edges: packageEdges(workspace), warnings: [...leftOut, ...workspace.warnings, ...closures.warnings] };
}

/** The edges alone, of the projects that Nx knows. */
export async function makeEdges({ workspaceRoot, projects }: CreateDependenciesContext): Promise<PackageEdges[]> {
  // The root of a uv workspace is usually no project itself, yet says where siblings are.
  const folders = new Set(Object.values(projects).flatMap(({ root }) => foldersUpFrom(root)));
  const candidates = [...folders].flatMap((folder) => MANIFEST_FILES.map((file) => pathIn(folder, file)));
  const manifestFiles = candidates.filter((file) => existsSync(join(workspaceRoot, file)));
  const before = keptOf(workspaceRoot);
  const declared = readWorkspace(workspaceRoot, manifestFiles, before);
  return packageEdges(await withImportEdges(declared, listFiles(workspaceRoot), before.imports));
}
