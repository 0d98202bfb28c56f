/** Which of several packages of one name another package means. */
import type { UvWorkspaceRoot } from './workspace.js';

/**
 * The one of the same uv workspace, else the nearest; where several are as near, nothing tells them apart.
 * @param from the folder of the package that means one of them
 * @param folders of the packages of one name
 */
export function meantTwins(
  from: string,
  folders: readonly string[],
  uvWorkspaces: readonly UvWorkspaceRoot[],
): readonly string[] {
  if (folders.length < 2) return folders;
  const workspace = uvWorkspaces.find(({ members }) => members.has(from));
  const fellows = folders.filter((folder) => workspace?.members.has(folder));
  return fellows.length > 0 ? fellows : nearest(from, folders);
}

/** The folders that have most of their path in common with another. */
function nearest(from: string, folders: readonly string[]): readonly string[] {
  const shared = folders.map((folder) => sharedSteps(from.split('/'), folder.split('/')));
  const most = Math.max(...shared);
  return folders.filter((_, index) => shared[index] === most);
}

function sharedSteps(steps: readonly string[], other: readonly string[]): number {
  const parting = steps.findIndex((step, index) => step !== other[index]);
  return parting < 0 ? steps.length : parting;
}
