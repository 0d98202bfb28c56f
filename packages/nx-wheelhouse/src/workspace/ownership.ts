/** Which files of a workspace belong to a package. */
import { posix } from 'node:path';
import { filesBelow, pathsBelow, type WorkspaceFiles } from './files.js';
import { type Package, pathIn, type Workspace } from './workspace.js';

/** The folders of all packages, sorted, also of those that cannot be read: no other package owns what lies in them. */
export function packageFolders({ packages, broken }: Workspace): readonly string[] {
  return [...packages.keys(), ...broken.keys()].sort();
}

/**
 * The folders of other packages that lie inside a package's folder: they are no part of it, whatever its backend would take in.
 * @param folders of all packages, see `packageFolders`
 * @returns paths relative to the package's folder
 */
export function nestedPackages(folder: string, folders: readonly string[]): string[] {
  return pathsBelow(folders, folder)
    .filter((other) => other !== '.')
    .map((other) => posix.relative(folder, other));
}

/**
 * The files inside a package's folder that are its own.
 * @param folders of all packages, see `packageFolders`
 * @returns paths relative to the package's folder, sorted
 */
export function ownFiles(pkg: Package, files: WorkspaceFiles, folders: readonly string[]): string[] {
  const nested = new Set(nestedPackages(pkg.root, folders));
  const prefix = pkg.root === '.' ? 0 : pkg.root.length + 1;
  return filesBelow(files, pkg.root)
    .map((path) => path.slice(prefix))
    .filter((path) => !path.startsWith('dist/') && !(nested.size > 0 && liesInOneOf(nested, path)));
}

function liesInOneOf(folders: ReadonlySet<string>, path: string): boolean {
  for (let slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
    if (folders.has(path.slice(0, slash))) return true;
  }
  return false;
}

/** What a package takes from outside its folder, relative to the workspace root. */
export interface OutsideFiles {
  /** files that its manifest names: a readme or licence of the whole repository */
  readonly named: readonly string[];
  /** files and folders that its symbolic links lead to */
  readonly linked: readonly string[];
}

export function outsideFiles(pkg: Package, files: WorkspaceFiles): OutsideFiles {
  const named = pkg.manifest.namedFiles
    .filter((file) => file.startsWith('../'))
    .map((file) => posix.normalize(pathIn(pkg.root, file)))
    .filter((file) => !file.startsWith('..'));
  const linked = filesBelow(files, pkg.root)
    .map((path) => files.symlinks.get(path))
    .filter((target) => target !== undefined && pkg.root !== '.' && !target.startsWith(`${pkg.root}/`));
  return { named, linked: linked as string[] };
}
