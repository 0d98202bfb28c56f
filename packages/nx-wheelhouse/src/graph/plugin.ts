/** What Nx asks of the plugin: the projects of a workspace, then their edges, from one reading of the manifests. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CreateDependenciesContext, CreateNodesResultArray, RawProjectGraphDependency } from '@nx/devkit';
import { listFiles } from '../workspace/files.js';
import { withImportEdges } from '../workspace/import-edges.js';
import { Kept } from '../workspace/kept/kept.js';
import { leftOutManifests } from '../workspace/left-out-manifests.js';
import { lockedClosures } from '../workspace/locks/locked-closures.js';
import { MANIFEST_FILES } from '../workspace/manifest-files.js';
import { filesByPackage } from '../workspace/ownership.js';
import { Presence } from '../workspace/presence.js';
import { readWorkspace } from '../workspace/read.js';
import { listFilesAhead } from '../workspace/scan-ahead.js';
import { pathIn, type Workspace, type WorkspaceWarning } from '../workspace/workspace.js';
import { cacheFolder } from './cache-folder.js';
import { projectEdges } from './create-dependencies.js';
import { projectNodes } from './create-nodes.js';
import { condaForAll, type PluginOptions, siblingPins, targetNames } from './options.js';

/** The last reading, for the edges that Nx asks for right after the projects; by workspace, so that two in one process do not mix. */
const lastReading = new Map<string, Workspace>();

/** Nx's daemon keeps this process and asks again after every edit. */
const kept = new Map<string, Kept>();

function keptOf(workspaceRoot: string): Kept {
  const found = kept.get(workspaceRoot) ?? new Kept(cacheFolder(workspaceRoot));
  kept.set(workspaceRoot, found);
  return found;
}

export async function createNodesOf(
  manifestFiles: readonly string[],
  options: PluginOptions | undefined,
  workspaceRoot: string,
): Promise<CreateNodesResultArray> {
  const names = targetNames(options);
  const before = keptOf(workspaceRoot);
  const presence = new Presence(workspaceRoot);
  const listing = listFilesAhead(workspaceRoot, manifestFiles.length, cacheFolder(workspaceRoot));
  const declared = readWorkspace(workspaceRoot, manifestFiles, before, presence);
  const files = await listing;
  const owned = filesByPackage(declared, files);
  const workspace = await withImportEdges(declared, files, before.imports, owned);
  lastReading.set(workspaceRoot, workspace);
  const closures = lockedClosures(workspace, before.locks, presence);
  const leftOut = leftOutManifests(workspaceRoot, files, manifestFiles);
  for (const warning of [...leftOut, ...workspace.warnings, ...closures.warnings]) warn(warning);
  const nodes = projectNodes(
    workspace,
    files,
    owned,
    closures.byPackage,
    names,
    siblingPins(options),
    condaForAll(options),
    before.texts,
  );
  before.end();
  before.save(); // and not after the answer: Nx may end this process as soon as it has that
  return nodes;
}

export async function createDependenciesOf(context: CreateDependenciesContext): Promise<RawProjectGraphDependency[]> {
  const workspace = lastReading.get(context.workspaceRoot) ?? (await readWorkspaceOfProjects(context));
  return projectEdges(workspace, context);
}

/** Where the projects come from Nx's own cache there was no reading in this process. */
function readWorkspaceOfProjects({ workspaceRoot, projects }: CreateDependenciesContext): Promise<Workspace> {
  const candidates = Object.values(projects).flatMap(({ root }) => MANIFEST_FILES.map((file) => pathIn(root, file)));
  const manifestFiles = candidates.filter((file) => existsSync(join(workspaceRoot, file)));
  const before = keptOf(workspaceRoot);
  const declared = readWorkspace(workspaceRoot, manifestFiles, before);
  return withImportEdges(declared, listFiles(workspaceRoot), before.imports);
}

/** A warning stops nothing, and goes to standard error, so that what Nx prints for programs stays as it is. */
function warn({ file, line, message }: WorkspaceWarning): void {
  process.stderr.write(`nx-wheelhouse: ${file}${line === undefined ? '' : `:${line}`}: ${message}\n`);
}
