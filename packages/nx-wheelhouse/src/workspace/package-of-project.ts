/** The package of a Nx project, or the error that says why there is none. */
import { UserError } from '../errors/user-error.js';
import type { Package, Workspace } from './workspace.js';

/** @throws {UserError} when the project's manifest is broken or makes no distribution */
export function packageOfProject(workspace: Workspace, project: string): Package {
  for (const pkg of workspace.packages.values()) if (pkg.project === project) return pkg;
  for (const { project: name, file, line, message } of workspace.broken.values()) {
    if (name === project) {
      throw new UserError(`The manifest cannot be read: ${message}`, { project, file, line }, `correct ${file}`);
    }
  }
  throw new UserError(
    'This project has no Python package.',
    { project },
    'give it a pyproject.toml with a [project] table',
  );
}
