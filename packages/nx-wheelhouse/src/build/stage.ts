/**
 * Staging: a copy of a package's sources outside the workspace, holding what git tracks or would track and the outside files that
 * the package names, so that stale build folders, ignored files and secrets are in no dist, and the user's tree is never written to.
 */
import { chmodSync, constants, copyFileSync, cpSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { WorkspaceFiles } from '../workspace/files.js';
import { outsideFiles, ownFiles } from '../workspace/ownership.js';
import type { Package } from '../workspace/workspace.js';

/**
 * Copies a package. The folders above it are kept, so that `../../LICENSE` leads where it does in the workspace.
 * @param workspaceRoot absolute
 * @param stage an absolute path that does not exist yet
 * @returns the package's folder in the stage, absolute
 */
export function stagePackage(
  workspaceRoot: string,
  pkg: Package,
  files: WorkspaceFiles,
  packageFolders: readonly string[],
  stage: string,
): string {
  const made = new Set<string>();
  const copy = (path: string) => copyIntoStage(join(workspaceRoot, path), join(stage, path), made);
  const project = join(stage, pkg.root);
  mkdirSync(project, { recursive: true });
  for (const path of ownFiles(pkg, files, packageFolders)) copy(join(pkg.root, path));
  const outside = outsideFiles(pkg, files);
  for (const path of outside.named) copy(path);
  return project;
}

/** Links are followed: what they lead to need not be in the stage. Modes are what git keeps: executable or not. */
function copyIntoStage(from: string, to: string, made: Set<string>): void {
  const stats = statSync(from, { throwIfNoEntry: false });
  if (stats === undefined) return; // deleted, but still in git's index; or a link that leads nowhere
  const folder = dirname(to);
  if (!made.has(folder)) {
    mkdirSync(folder, { recursive: true });
    made.add(folder);
  }
  if (stats.isDirectory()) {
    // A link to a folder, or a submodule.
    if (!existsSync(to)) cpSync(from, to, { recursive: true, dereference: true });
    return;
  }
  copyFileSync(from, to, constants.COPYFILE_FICLONE);
  chmodSync(to, stats.mode & 0o100 ? 0o755 : 0o644);
}
