/** Which files of a workspace belong to a package. */
import { posix } from 'node:path';
import { pathsBelow, type WorkspaceFiles } from './files.js';
import { folderOf, type Package, pathIn, type Workspace } from './workspace.js';

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
 * The files inside the packages' folders that are their own: what lies in a package inside of another is the inner one's.
 * @returns paths relative to each package's folder, sorted, by that folder
 */
export function filesByPackage(
  workspace: Workspace,
  { paths }: WorkspaceFiles,
): ReadonlyMap<string, readonly string[]> {
  const folders = new Set(packageFolders(workspace));
  const owners = new Map<string, string | undefined>([['.', folders.has('.') ? '.' : undefined]]);
  const ownerOf = (folder: string): string | undefined => {
    if (!owners.has(folder)) owners.set(folder, folders.has(folder) ? folder : ownerOf(folderOf(folder)));
    return owners.get(folder);
  };
  const owned = new Map([...folders].map((folder): [string, string[]] => [folder, []]));
  let last: { readonly folder: string; readonly owner: string | undefined } | undefined;
  for (const path of paths) {
    const folder = folderOf(path);
    // Files of one folder follow one another.
    if (last?.folder !== folder) last = { folder, owner: ownerOf(folder) };
    const { owner } = last;
    if (owner === undefined) continue;
    const own = owner === '.' ? path : path.slice(owner.length + 1);
    if (!own.startsWith('dist/')) owned.get(owner)?.push(own);
  }
  return owned;
}

/** What a package takes of files that are not its own, relative to the workspace root. */
export interface ForeignFiles {
  /** files that its manifest names: a readme or licence of the whole repository, the version of a package inside of this one */
  readonly named: readonly string[];
  /** folders that it names: forced includes, crates */
  readonly folders: readonly string[];
  /** what it names above the workspace: `../` at the beginning */
  readonly above: readonly string[];
  /** the symbolic links among its own files */
  readonly links: readonly string[];
}

/** @param folders of all packages, see `packageFolders` */
export function foreignFiles(pkg: Package, files: WorkspaceFiles, folders: readonly string[]): ForeignFiles {
  const nested = nestedPackages(pkg.root, folders);
  const isIn = (folder: string) => (path: string) => path.startsWith(`${folder}/`);
  const named = pkg.manifest.namedFiles
    .filter((file) => file.startsWith('../') || nested.some((folder) => isIn(folder)(file)))
    .map((file) => posix.normalize(pathIn(pkg.root, file)))
    .filter((file) => file !== pkg.root);
  const inside = named.filter((file) => !file.startsWith('..'));
  const isFolder = (path: string) => path === '.' || pathsBelow(files.paths, path).length > 0;
  const others = nested.map((folder) => isIn(pathIn(pkg.root, folder)));
  const links = [...files.symlinks.keys()].filter(
    (path) => (pkg.root === '.' || isIn(pkg.root)(path)) && !others.some((isInOther) => isInOther(path)),
  );
  return {
    named: inside.filter((path) => !isFolder(path)),
    folders: inside.filter(isFolder),
    above: named.filter((file) => file.startsWith('../')),
    links,
  };
}
