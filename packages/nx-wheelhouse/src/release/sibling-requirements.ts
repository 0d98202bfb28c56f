/** What a package requires of a sibling, and how these requirements follow the sibling's new version. */
import {
  contains,
  type DeclaredRequirement,
  formatRequirement,
  formatVersion,
  moveRequirement,
  type NormalizedName,
  type PackageManifest,
  type Version,
} from '@nx-wheelhouse/python-packaging';
import { UserError } from '../errors/user-error.js';
import { pathIn, statedValue } from '../workspace/workspace.js';
import type { TreeFolder } from './tree-folder.js';

/** Where Nx's options place a requirement, in npm's words: extras are optional, groups and build requirements are for development. */
export type Collection = 'dependencies' | 'optionalDependencies' | 'devDependencies';

export interface SiblingRequirement {
  readonly collection: Collection;
  readonly declared: DeclaredRequirement;
}

/** The requirements on a name that have version specifiers; one without takes every version. */
export function requirementsOn(manifest: PackageManifest, name: NormalizedName): readonly SiblingRequirement[] {
  const lists: [Collection, readonly DeclaredRequirement[]][] = [
    ['dependencies', statedValue(manifest.dependencies) ?? []],
    ['optionalDependencies', [...(statedValue(manifest.extras)?.values() ?? [])].flat()],
    ['devDependencies', [...manifest.groups.values()].flat()],
    ['devDependencies', manifest.buildSystem.requires],
  ];
  return lists.flatMap(([collection, all]) =>
    all
      .filter(
        ({ requirement: { name: own, source } }) =>
          own === name && source.kind === 'index' && source.specifiers.clauses.length > 0,
      )
      .map((declared) => ({ collection, declared })),
  );
}

/**
 * Lets every requirement on a sibling admit its new version.
 * @param keepsMatching whether a requirement of this collection that admits the version already stays as it is
 * @returns what has changed, a line each
 * @throws {UserError} for a requirement that excludes the version and cannot follow it
 */
export function followSibling(
  folder: TreeFolder,
  project: string,
  sibling: { readonly name: NormalizedName; readonly version: Version },
  keepsMatching: (collection: Collection) => boolean,
): readonly string[] {
  const requirements = () => {
    const manifest = folder.manifest();
    return manifest === undefined ? [] : requirementsOn(manifest, sibling.name);
  };
  const changes: string[] = [];
  // Read anew after each edit: one that several groups include has moved in all of them.
  for (const index of requirements().keys()) {
    const { collection, declared } = requirements()[index] as SiblingRequirement;
    const isMatching = admits(declared, sibling.version);
    if (isMatching && keepsMatching(collection)) continue;
    const edit = moveRequirement(folder, declared, sibling.version);
    if (edit === undefined && !isMatching) throw cannotFollow(folder, project, declared, sibling.version);
    if (edit === undefined) continue;
    folder.write(edit);
    const now = (requirements()[index] as SiblingRequirement).declared;
    changes.push(
      `${formatRequirement(declared.requirement)} is now ${formatRequirement(now.requirement)} in ${pathIn(folder.folder, edit.file)}`,
    );
  }
  return changes;
}

function admits({ requirement: { source } }: DeclaredRequirement, version: Version): boolean {
  return source.kind === 'index' && contains(source.specifiers, formatVersion(version));
}

function cannotFollow(
  folder: TreeFolder,
  project: string,
  { requirement, at }: DeclaredRequirement,
  version: Version,
): UserError {
  return new UserError(
    `"${formatRequirement(requirement)}" excludes ${requirement.name} ${formatVersion(version)}, which this release makes.`,
    { project, file: pathIn(folder.folder, at.file), line: at.line },
    `write a specifier there that admits ${formatVersion(version)}; one with a lower bound or an equality follows by itself`,
  );
}
