/** Nodes of the graph that stand for what is not in the workspace, or is no file of its own: locked closures, versions, pins. */
import { createHash } from 'node:crypto';
import type { CreateNodesResult } from '@nx/devkit';
import type { LockedClosure } from '../workspace/locks/locked-closures.js';
import { type Package, statedValue } from '../workspace/workspace.js';

export type ExternalNodes = NonNullable<CreateNodesResult['externalNodes']>;
export type ExternalNode = ExternalNodes[string];

export function closureNode({ node, digest }: LockedClosure): ExternalNode {
  return hashNode(node, digest);
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
  const hash = createHash('sha256').update(pins.toSorted().join('\n')).digest('hex');
  return hashNode('pypi:#build-constraints', hash);
}

/** What the tests of a package take from manifests above it. @param digest see `TestSettings` */
export function testSettingsNode({ project }: Package, digest: string): ExternalNode {
  return hashNode(`pypi:${project}#test-settings`, digest);
}

/** Which files of a package are executable. @param digest of their paths */
export function executablesNode({ project }: Package, digest: string): ExternalNode {
  return hashNode(`pypi:${project}#executables`, digest);
}

/** Never an npm-looking packageName: Nx would take a bump of that npm package for one of this node. */
function hashNode(name: string, hash: string): ExternalNode {
  return { type: 'pypi', name, data: { version: hash.slice(0, 12), packageName: name, hash } };
}
