/** How a new package joins its uv workspace: one lock, one environment, siblings taken from their folders. */
import { posix } from 'node:path';
import type { Tree } from '@nx/devkit';
import {
  appendToTomlArray,
  InvalidRequirement,
  InvalidTomlEdit,
  type NormalizedName,
  normalizeName,
  parseRequirement,
  setTomlValue,
  tomlAt,
} from '@nx-wheelhouse/python-packaging';
import { UserError } from '../../errors/user-error.js';
import { folderLister } from '../../workspace/uv-workspaces.js';
import type { Package } from '../../workspace/workspace.js';
import type { NewPackage } from './options.js';
import type { SourceEntry } from './pyproject.js';
import { type ForeignRoot, seenFrom, type UvRoot } from './uv-root.js';

/**
 * Where siblings are taken from. uv takes only folders with a pyproject.toml for members, and what is no member is taken by its path.
 * @param folder that paths are to be relative to
 */
export function sourcesOf(
  siblings: readonly Package[],
  root: UvRoot | ForeignRoot,
  folder: string,
): ReadonlyMap<NormalizedName, SourceEntry> {
  return new Map(
    siblings.map(({ name, root: sibling, manifest }) => {
      const isMember = root.kind === 'uv' && manifest.files[0] === 'pyproject.toml' && hasMember(root, sibling);
      return [name, isMember ? { workspace: true } : { path: posix.relative(folder, sibling) || '.', editable: true }];
    }),
  );
}

function hasMember(root: UvRoot, folder: string): boolean {
  return folderLister(root.workspace)(seenFrom(root, folder));
}

/**
 * Enters a package into the pyproject.toml of its uv workspace, which is made where there is none.
 * @throws {UserError} when the file has no place for the entry
 */
export function joinWorkspace(tree: Tree, pkg: NewPackage, siblings: readonly Package[], root: UvRoot): void {
  try {
    const edited = enterTestRunner(enterPackage(pkg, siblings, root), pkg, root);
    if (edited !== root.text) tree.write(root.file, edited);
  } catch (error) {
    if (!(error instanceof InvalidTomlEdit)) throw error;
    throw new UserError(
      `The new package cannot be entered: ${error.message}. Nothing has been changed.`,
      { file: root.file },
      'write the tables of `tool.uv` and `dependency-groups` in a plainer form',
    );
  }
}

function enterPackage(pkg: NewPackage, siblings: readonly Package[], root: UvRoot): string {
  const folder = seenFrom(root, pkg.root);
  const members = ['tool', 'uv', 'workspace', 'members'];
  const text = tomlAt(root.table, members) === undefined ? setTomlValue(root.text, members, []) : root.text;
  if (pkg.manifest === 'setup.py') return enterPath(text, pkg, folder, siblings, root);
  return hasMember(root, pkg.root) ? text : appendToTomlArray(text, members, folder);
}

/** A setup.py states no sources, so the root states them for it: its own path, and where the siblings are that it requires. */
function enterPath(text: string, pkg: NewPackage, folder: string, siblings: readonly Package[], root: UvRoot): string {
  const sources = new Map<string, SourceEntry>([
    [normalizeName(pkg.name), { path: folder, editable: true }],
    ...sourcesOf(siblings, root, root.folder),
  ]);
  let edited = text;
  for (const [name, source] of sources) edited = setTomlValue(edited, ['tool', 'uv', 'sources', name], source);
  // uv fails on a folder without a pyproject.toml that a pattern of the members takes in.
  if (hasMember(root, pkg.root)) edited = appendToTomlArray(edited, ['tool', 'uv', 'workspace', 'exclude'], folder);
  return appendToTomlArray(edited, ['dependency-groups', 'packages'], pkg.name);
}

/** One environment for all tests, so their runner is required once, at the root. */
function enterTestRunner(text: string, { testRunner }: NewPackage, { table }: UvRoot): string {
  const groups = Object.values(tomlAt(table, ['dependency-groups']) ?? {}).flat();
  return testRunner !== 'pytest' || groups.some(isPytest)
    ? text
    : appendToTomlArray(text, ['dependency-groups', 'dev'], 'pytest>=8');
}

function isPytest(requirement: unknown): boolean {
  try {
    return typeof requirement === 'string' && parseRequirement(requirement).name === 'pytest';
  } catch (error) {
    if (error instanceof InvalidRequirement) return false;
    throw error;
  }
}
