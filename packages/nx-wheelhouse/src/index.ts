/**
 * The plugin as Nx loads it. Its start is paid on every Nx command, so what reads manifests is loaded when it is called.
 * @see Nx documentation, "Extending the project graph"
 */
import type { CreateDependencies, CreateNodes } from '@nx/devkit';
import type { PluginOptions } from './graph/options.js';
import { createDependenciesOf, createNodesOf } from './graph/plugin.js';
import { MANIFEST_PATTERN } from './workspace/manifest-files.js';

export type { PluginOptions } from './graph/options.js';

export const name = 'nx-wheelhouse';

export const createNodes: CreateNodes<PluginOptions> = [
  MANIFEST_PATTERN,
  (manifestFiles, options, { workspaceRoot, nxJsonConfiguration }) =>
    createNodesOf(manifestFiles, options, workspaceRoot, nxJsonConfiguration),
];

export const createDependencies: CreateDependencies<PluginOptions> = (_options, context) =>
  createDependenciesOf(context);
