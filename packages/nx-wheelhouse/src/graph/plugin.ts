/** What Nx asks of the plugin: the projects of a workspace, then their edges, from one graph. */
import type {
  CreateDependenciesContext,
  CreateNodesResultArray,
  NxJsonConfiguration,
  RawProjectGraphDependency,
} from '@nx/devkit';
import { listFilesAhead } from '../workspace/list-ahead.js';
import { Presence } from '../workspace/presence.js';
import type { WorkspaceWarning } from '../workspace/workspace.js';
import { cacheFolder, noteUse } from './cache-folder.js';
import { type PackageEdges, projectEdges } from './create-dependencies.js';
import { KeptGraph } from './kept-graph.js';
import type { PluginOptions } from './options.js';
import { warningsOfDefaults } from './target-defaults.js';

/** Of the last graph, for the edges that Nx asks for right after the projects; by workspace, so that two in one process do not mix. */
const lastEdges = new Map<string, readonly PackageEdges[]>();

export async function createNodesOf(
  manifestFiles: readonly string[],
  options: PluginOptions | undefined,
  workspaceRoot: string,
  { targetDefaults }: NxJsonConfiguration = {},
): Promise<CreateNodesResultArray> {
  const request = { manifestFiles, options };
  const folder = cacheFolder(workspaceRoot);
  const kept = new KeptGraph(workspaceRoot, folder);
  const listing = listFilesAhead(workspaceRoot, manifestFiles.length, folder);
  noteUse(workspaceRoot, folder);
  const before = new Presence(workspaceRoot);
  let graph = await kept.read(request, listing, before);
  if (graph === undefined) {
    const { makeGraph } = await import('./make-graph.js');
    const presence = before.unasked();
    graph = await makeGraph(workspaceRoot, request, listing, presence);
    kept.keep(graph, request, await listing, presence);
  }
  lastEdges.set(workspaceRoot, graph.edges);
  for (const warning of [...graph.warnings, ...warningsOfDefaults(graph.nodes, targetDefaults)]) warn(warning);
  return graph.nodes;
}

export async function createDependenciesOf(context: CreateDependenciesContext): Promise<RawProjectGraphDependency[]> {
  return projectEdges(lastEdges.get(context.workspaceRoot) ?? (await readEdges(context)), context);
}

/** Where the projects come from Nx's own cache no graph was made in this process. */
async function readEdges(context: CreateDependenciesContext): Promise<readonly PackageEdges[]> {
  const { workspaceRoot } = context;
  const kept = new KeptGraph(workspaceRoot, cacheFolder(workspaceRoot));
  const listing = listFilesAhead(workspaceRoot, 0, undefined);
  const graph = await kept.read(undefined, listing, new Presence(workspaceRoot));
  if (graph !== undefined) return graph.edges;
  const { makeEdges } = await import('./make-graph.js');
  return makeEdges(context);
}

/** A warning stops nothing, and goes to standard error, so that what Nx prints for programs stays as it is. */
function warn({ file, line, message }: WorkspaceWarning): void {
  process.stderr.write(`nx-wheelhouse: ${file}${line === undefined ? '' : `:${line}`}: ${message}\n`);
}
