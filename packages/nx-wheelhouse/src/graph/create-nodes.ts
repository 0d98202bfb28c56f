/** The model of the workspace as Nx projects. */
import type { CreateNodesResult, ProjectConfiguration } from '@nx/devkit';
import type { BrokenPackage } from '../workspace/workspace.js';
import type { TargetNames } from './options.js';
import { type NodeOptions, type NodeSources, PackageNodes } from './package-nodes.js';

/** @returns one result per package, each beside the manifest it comes from */
export function projectNodes(
  sources: NodeSources,
  options: NodeOptions,
): (readonly [file: string, result: CreateNodesResult])[] {
  const nodes = new PackageNodes(sources, options);
  const { packages, broken } = sources.workspace;
  return [
    ...[...packages.values()].map((pkg) => nodes.of(pkg)),
    ...[...broken.values()].map((one) => brokenNode(one, options.names)),
  ];
}

/** A package whose manifest cannot be read keeps its project: its targets say what is wrong, the other projects go on. */
function brokenNode(broken: BrokenPackage, names: TargetNames): readonly [string, CreateNodesResult] {
  const target = { executor: 'nx-wheelhouse:broken-manifest', cache: false, inputs: [{ externalDependencies: [] }] };
  const targets = [names.build, names.test, names.publish].filter((name) => name !== false);
  const project: ProjectConfiguration = {
    root: broken.root,
    name: broken.project,
    tags: ['python'],
    metadata: { technologies: ['python'] },
    targets: Object.fromEntries(targets.map((name) => [name, target])),
  };
  return [broken.file, { projects: { [broken.root]: project } }];
}
