/** The packages that are in the workspace already, as a new one sees them. */
import { existsSync } from 'node:fs';
import type { Tree } from '@nx/devkit';
import {
  formatSpecifierSet,
  type NormalizedName,
  parseSpecifierSet,
  type Requirement,
} from '@nx-wheelhouse/python-packaging';
import { readWorkspaceBelow } from '../../workspace/read.js';
import { type Package, statedValue } from '../../workspace/workspace.js';
import type { NewPackage } from './options.js';

export type Siblings = ReadonlyMap<NormalizedName, Package>;

/** The packages that are there already, by normalised name. */
export function existingPackages(tree: Tree): Siblings {
  if (!existsSync(tree.root)) return new Map(); // a tree in memory only
  return new Map([...readWorkspaceBelow(tree.root).packages.values()].map((pkg) => [pkg.name, pkg]));
}

/** The siblings that a package requires. */
export function requiredSiblings({ dependencies }: NewPackage, siblings: Siblings): readonly Package[] {
  return dependencies.map(({ name }) => siblings.get(name)).filter((sibling) => sibling !== undefined);
}

/** A sibling that is required without a version is required from its present version on: an older one of the index would not do. */
export function withSiblingVersions(pkg: NewPackage, siblings: Siblings): NewPackage {
  const dependencies = pkg.dependencies.map((requirement): Requirement => {
    const version = statedValue(siblings.get(requirement.name)?.manifest.version ?? { kind: 'absent' });
    const { source } = requirement;
    if (version === undefined || source.kind !== 'index' || formatSpecifierSet(source.specifiers) !== '')
      return requirement;
    return { ...requirement, source: { kind: 'index', specifiers: parseSpecifierSet(`>=${version}`) } };
  });
  return { ...pkg, dependencies };
}
