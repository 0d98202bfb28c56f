/** Where the plugin keeps what saves time on the next graph: where Nx's own plugins do. */
import { resolve } from 'node:path';

/**
 * `@nx/devkit` offers Nx's folder only where it promises nothing, so its rule is repeated here.
 * @returns `undefined` where the user has switched such caches off
 * @see Nx documentation, "Environment variables"
 */
export function cacheFolder(workspaceRoot: string): string | undefined {
  const { NX_CACHE_PROJECT_GRAPH, NX_WORKSPACE_DATA_DIRECTORY, NX_PROJECT_GRAPH_CACHE_DIRECTORY } = process.env;
  if (NX_CACHE_PROJECT_GRAPH === 'false') return undefined;
  const configured = NX_WORKSPACE_DATA_DIRECTORY ?? NX_PROJECT_GRAPH_CACHE_DIRECTORY ?? '.nx/workspace-data';
  return resolve(workspaceRoot, configured);
}
