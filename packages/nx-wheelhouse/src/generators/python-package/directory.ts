/** Where a new package goes: the folder that was named, seen from where it was named. */
import { isAbsolute, posix, relative } from 'node:path';

export interface Place {
  /** absolute */
  readonly workspaceRoot: string;
  /** where the command was typed, relative to the workspace root, `/` separators, empty for the root itself */
  readonly currentFolder: string;
}

/**
 * The named folder relative to the workspace root. As in Nx's own generators a path that begins with the current folder is taken from the root:
 * `libs/alpha` in the folder `libs` is not `libs/libs/alpha`.
 * @returns `.` for the root itself, `undefined` for a folder outside the workspace
 */
export function rootIn({ workspaceRoot, currentFolder }: Place, directory: string): string | undefined {
  const named = isAbsolute(directory) ? relative(workspaceRoot, directory) || '.' : directory;
  const path = posix.normalize(named.replaceAll('\\', '/'));
  const isFromRoot = isAbsolute(directory) || path === currentFolder || path.startsWith(`${currentFolder}/`);
  const root = posix.join(isFromRoot ? '' : currentFolder, path).replace(/\/$/, '');
  return root === '..' || root.startsWith('../') || isAbsolute(root) ? undefined : root;
}
