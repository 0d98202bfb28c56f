/** Files that are left out without a word: manifests that Nx keeps from its plugins, as it lists none that it cannot read, and what has no name for us. */
import { accessSync, constants, existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { LOST_BYTES, type WorkspaceFiles } from './files.js';
import { liesInMaterial } from './fixtures.js';
import { MANIFEST_FILES } from './manifest-files.js';
import type { Presence } from './presence.js';
import { folderOf, pathIn, type WorkspaceWarning } from './workspace.js';

/**
 * @param root of the workspace, absolute
 * @param listed the manifests that Nx has listed, relative to it; what else there is may also be left out by .nxignore
 * @param presence of the files as they are now
 */
export function leftOutManifests(
  root: string,
  { paths, symlinks }: WorkspaceFiles,
  listed: readonly string[],
  presence: Presence,
): readonly WorkspaceWarning[] {
  const known = new Set(listed);
  const names = new Set<string>(MANIFEST_FILES);
  return paths.flatMap((path) => {
    if (!names.has(posix.basename(path)) || known.has(path) || liesInMaterial(folderOf(path))) return [];
    presence.look(path);
    const reason = whyUnreadable(join(root, path), symlinks.get(path));
    return reason === undefined ? [] : [{ file: path, line: undefined, message: reason }];
  });
}

/**
 * @param target where the file is a link, what is written in it
 * @returns `undefined` for what can be read, and for what git lists and is not there
 */
function whyUnreadable(path: string, target: string | undefined): string | undefined {
  try {
    accessSync(path, constants.R_OK);
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') return `cannot be read (${code}): its package is left out`;
    return target && `is a link to ${target}, which is not there: it is left out`;
  }
}

/**
 * Of files whose names are no UTF-8, which no other than their bytes stand for: one warning, as test data may have many.
 * @param owned the files of each package, relative to its folder
 */
export function leftOutNames(root: string, owned: ReadonlyMap<string, readonly string[]>): readonly WorkspaceWarning[] {
  const nameless = [...owned]
    .flatMap(([folder, paths]) => paths.filter((path) => path.includes(LOST_BYTES)).map((path) => pathIn(folder, path)))
    .filter((path) => !existsSync(join(root, path)));
  const [file, ...others] = nameless;
  if (file === undefined) return [];
  const more = others.length === 0 ? '' : `, nor are those of others (${others.length})`;
  const message = `its name is not UTF-8${more}: rename it, for what cannot be named is in no dist`;
  return [{ file, line: undefined, message }];
}
