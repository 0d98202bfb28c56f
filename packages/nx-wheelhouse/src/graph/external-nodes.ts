/** Nodes of the graph that stand for what is not in the workspace, or is no file of its own: locked closures, versions, pins. */
import { createHash } from 'node:crypto';
import type { CreateNodesResult } from '@nx/devkit';
import type { LockedClosure } from '../workspace/locks/locked-closures.js';
import { type Package, statedValue } from '../workspace/workspace.js';

export type ExternalNodes = NonNullable<CreateNodesResult['externalNodes']>;
export type ExternalNode = ExternalNodes[string];

export function closureNode({ node, digest }: LockedClosure): ExternalNode {
  // Never an npm-looking packageName: Nx would take a bump of that npm package for one of this node.
  return { type: 'pypi', name: node, data: { version: digest.slice(0, 12), packageName: node, hash: digest } };
}

/** What a dependent that pins this package has to be built anew for; none where only a build tells the version. */
export function versionNode({ project, manifest }: Package): ExternalNode | undefined {
  const version = statedValue(manifest.version);
  if (version === undefined) return undefined;
  const name = `pypi:${project}#version`;
  return { type: 'pypi', name, data: { version, packageName: name, hash: version } };
}

/** @param pins of build requirements, as written; their order says nothing */
export function buildPinsNode(pins: readonly string[]): ExternalNode {
  const name = 'pypi:#build-constraints';
  const hash = createHash('sha256').update(pins.toSorted().join('\n')).digest('hex');
  return { type: 'pypi', name, data: { version: hash.slice(0, 12), packageName: name, hash } };
}
