/** Which packages are members of which uv workspace. */
import { posix } from 'node:path';
import { type ManifestReading, tomlAt, type UvWorkspace } from '@nx-wheelhouse/python-packaging';
import { pathSources } from './sources.js';
import type { UvWorkspaceRoot } from './workspace.js';

/**
 * The uv workspaces of a repository, the innermost first, so that the first that lists a package is its own.
 * @param readings what the folders with manifests turned out to be
 * @see uv documentation, "Using workspaces"
 */
export function findUvWorkspaces(readings: ReadonlyMap<string, ManifestReading>): readonly UvWorkspaceRoot[] {
  const roots = [...readings].flatMap(([root, reading]) => {
    const table = tableOf(reading);
    return table === undefined ? [] : [{ root, reading, members: membersOf(root, table, readings) }];
  });
  const listed = new Set(roots.flatMap(({ members }) => [...members]));
  return roots
    .map(({ root, reading, members }) => {
      const taken = takenByPath(root, reading, readings).filter((folder) => !listed.has(folder));
      return { root, members: new Set([...members, ...taken]) };
    })
    .sort((a, b) => b.root.length - a.root.length);
}

function tableOf(reading: ManifestReading): UvWorkspace | undefined {
  if (reading.kind === 'package') return reading.manifest.uvWorkspace;
  return reading.kind === 'not-a-package' ? reading.uvWorkspace : undefined;
}

/**
 * Packages that the root takes from a path: so a setup.py package, which uv takes for no member, shares lock and environment. A member
 * of another workspace stays one.
 * @see uv documentation, "Path"
 */
function takenByPath(root: string, reading: ManifestReading, readings: ReadonlyMap<string, ManifestReading>): string[] {
  return pathSources(root, reading).filter((folder) => readings.get(folder)?.kind === 'package');
}

function membersOf(
  root: string,
  workspace: UvWorkspace,
  readings: ReadonlyMap<string, ManifestReading>,
): ReadonlySet<string> {
  const lists = folderLister(workspace);
  const packages = [...readings].filter(([, reading]) => isManaged(reading)).map(([folder]) => folder);
  return new Set(packages.filter((folder) => lists(posix.relative(root, folder))));
}

/** A package that uv may lock and sync. @see uv documentation, "managed" */
function isManaged(reading: ManifestReading): boolean {
  return reading.kind === 'package' && tomlAt(reading.manifest.tool, ['uv', 'managed']) !== false;
}

/**
 * Whether a uv workspace takes a folder for a member.
 * @returns a question to ask of folders, relative to the workspace's root, empty for the root itself
 * @see uv documentation, "Using workspaces"
 */
export function folderLister({ members, exclude }: UvWorkspace): (folder: string) => boolean {
  const included = members.map(folderMatcher);
  const excluded = exclude.map(folderMatcher);
  // The root is a member of its own workspace.
  return (folder) =>
    folder === '' || (included.some((matches) => matches(folder)) && !excluded.some((matches) => matches(folder)));
}

/** @returns whether a glob means a folder, both relative to the same place */
export function folderMatcher(pattern: string): (folder: string) => boolean {
  const plain = posix.normalize(pattern).replace(/\/$/, '');
  if (!/[*?[\]{}]/.test(plain)) return (folder) => folder === plain;
  // What nearly everybody writes, `packages/*`, needs no library, whose loading takes longer than the rest of this.
  const parent = /^([^*?[\]{}!()#\\]+)\/\*$/.exec(plain)?.[1];
  if (parent !== undefined) return (folder) => posix.dirname(folder) === parent;
  const { Minimatch } = require('minimatch') as typeof import('minimatch');
  const glob = new Minimatch(plain, { dot: true });
  return (folder) => glob.match(folder);
}
