/** All requirements that a manifest declares, by the kind of edge that each makes. */
import type { DeclaredRequirement, PackageManifest } from '@nx-wheelhouse/python-packaging';
import { type EdgeKind, statedValue } from './workspace.js';

export type Declaration = readonly [EdgeKind, readonly DeclaredRequirement[]];

export function declarations(manifest: PackageManifest): readonly Declaration[] {
  const { presumed } = manifest;
  const extras = [...(statedValue(manifest.extras) ?? []), ...presumed.extras];
  return [
    ['runtime', [...(statedValue(manifest.dependencies) ?? []), ...presumed.dependencies]],
    ...extras.map(([extra, requirements]): Declaration => [`extra:${extra}`, requirements]),
    ...[...manifest.groups].map(([group, requirements]): Declaration => [`group:${group}`, requirements]),
    ['build', manifest.buildSystem.requires],
  ];
}
