/** The wheel that everything of conda is made from: the recorded one, never another. */
import { type RecordedDist, readVerifiedDists } from '../build/dist-record.js';
import { UserError } from '../errors/user-error.js';
import { type Package, pathIn, type Workspace } from '../workspace/workspace.js';

/** @throws {UserError} when the package has not been built, or without a wheel, or the wheel is another by now */
export function recordedWheel(workspace: Workspace, pkg: Package): RecordedDist {
  const { dists } = readVerifiedDists(workspace.root, pkg.project, pkg.root, pathIn(pkg.root, 'dist'));
  const wheel = dists.find(({ kind }) => kind === 'wheel');
  if (wheel) return wheel;
  throw new UserError(
    'The last build of this package made no wheel, which its conda package is made from.',
    { project: pkg.project },
    `build it with --format=both or --format=wheel`,
  );
}
