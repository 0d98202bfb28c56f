/** The Python that uv itself is provisioned with: any CPython 3.9 or newer with the venv module, from PATH. */
import { UserError } from '../errors/user-error.js';
import { childEnvironment } from './child-environment.js';
import { runTool } from './run-tool.js';

const PROBE = 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 9))';

/**
 * @returns the command of the first suitable interpreter on PATH
 * @throws {UserError} when there is none
 */
export async function findBasePython(): Promise<string> {
  for (const command of ['python3', 'python', 'py']) {
    if ((await runTool(command, ['-c', PROBE], { env: childEnvironment() })).status === 0) return command;
  }
  throw new UserError(
    'No Python was found: there is no CPython 3.9 or newer with the venv module on PATH.',
    {},
    'install one (for example the packages python3 and python3-venv) and make sure that `python3` is on PATH',
  );
}
