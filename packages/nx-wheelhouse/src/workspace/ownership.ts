/** Which files of a workspace belong to a package. */
import { posix } from 'node:path';
import { filesBelow, type WorkspaceFiles } from './files.js';
import { type Package, pathIn } from './workspace.js';

/**
 * The folders of other packages that lie inside a package's folder: they are no part of it, whatever its backend would take in.
 * @returns paths relative to the package's folder
 */
export function nestedPackages(folder: string, packageFolders: readonly string[]): string[] {
  return packageFolders
    .filter((other) => other !== folder && (folder === '.' || other.startsWith(`${folder}/`)))
    .map((other) => posix.relative(folder, other));
}

/**
 * The files inside a package's folder that are its own.
 * @returns paths relative to the package's folder, sorted
 */
export function ownFiles(pkg: Package, files: WorkspaceFiles, packageFolders: readonly string[]): string[] {
  const nested = nestedPackages(pkg.root, packageFolders).map((folder) => `${folder}/`);
  const prefix = pkg.root === '.' ? 0 : pkg.root.length + 1;
  return filesBelow(files, pkg.root)
    .map((path) => path.slice(prefix))
    .filter((path) => !path.startsWith('dist/') && !nested.some((folder) => path.startsWith(folder)));
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
