/** Manifests that Nx keeps from its plugins without a word: it lists no files that it cannot read. */
import { accessSync, constants } from 'node:fs';
import { join, posix } from 'node:path';
import type { WorkspaceFiles } from './files.js';
import { MANIFEST_FILES } from './manifest-files.js';
import type { Presence } from './presence.js';
import type { WorkspaceWarning } from './workspace.js';

/**
 * @param root of the workspace, absolute
 * @param listed the manifests that Nx has listed, relative to it; what else there is may also be left out by .nxignore
 * @param presence of the files as they are now
 */
export function leftOutManifests(
  root: string,
  { paths }: WorkspaceFiles,
  listed: readonly string[],
  presence: Presence,
): readonly WorkspaceWarning[] {
  const known = new Set(listed);
  const names = new Set<string>(MANIFEST_FILES);
  return paths.flatMap((path) => {
    if (!names.has(posix.basename(path)) || known.has(path)) return [];
    presence.look(path);
    const code = whyUnreadable(join(root, path));
    return code === undefined
      ? []
      : [{ file: path, line: undefined, message: `cannot be read (${code}): its package is left out` }];
  });
}

/** @returns `undefined` for what can be read, and for what git lists and is not there */
function whyUnreadable(path: string): string | undefined {
  try {
    accessSync(path, constants.R_OK);
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR' ? undefined : code;
  }
}
