/**
 * The plugin as Nx loads it. Its start is paid on every Nx command, so what reads manifests is loaded when it is called.
 * @see Nx documentation, "Extending the project graph"
 */
import type { CreateDependencies, CreateNodes } from '@nx/devkit';
import type { PluginOptions } from './graph/options.js';
import { MANIFEST_PATTERN } from './workspace/manifest-files.js';

export type { PluginOptions } from './graph/options.js';

export const name = 'nx-wheelhouse';

export const createNodes: CreateNodes<PluginOptions> = [
  MANIFEST_PATTERN,
  async (manifestFiles, options, context) => {
    const { createNodesOf } = await import('./graph/plugin.js');
    return createNodesOf(manifestFiles, options, context.workspaceRoot);
  },
];

export const createDependencies: CreateDependencies<PluginOptions> = async (_options, context) => {
  const { createDependenciesOf } = await import('./graph/plugin.js');
  return createDependenciesOf(context);
};
