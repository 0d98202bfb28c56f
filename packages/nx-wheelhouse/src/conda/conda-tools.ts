/** The programs of conda's world that we call, all of them Python libraries: each in an environment that is made when it is first needed. */
import { join } from 'node:path';
import { childEnvironment } from '../toolchain/child-environment.js';
import { ensureEnvironment } from '../toolchain/environments.js';
import { findInterpreter } from '../toolchain/interpreter.js';
import { runTool, type ToolResult } from '../toolchain/run-tool.js';

/** Pinned: what they write and what they take are part of what we promise. */
const PY_RATTLER = 'py-rattler==0.28.0';
const PY_RATTLER_BUILD = 'py-rattler-build==0.73.0';
const ANACONDA_CLIENT = 'anaconda-client==1.16.0';
/** The oldest Python that all of them run on. */
const PYTHON = '>=3.10';

const SCRIPTS = join(__dirname, '..', '..', 'python');

/** Our programs around them, and what they need. */
const REQUIREMENTS = {
  'conda_index.py': [PY_RATTLER],
  'conda_install.py': [PY_RATTLER],
  'conda_recipe_build.py': [PY_RATTLER, PY_RATTLER_BUILD],
  'conda_upload.py': [PY_RATTLER, PY_RATTLER_BUILD],
  'conda_anaconda.py': [ANACONDA_CLIENT],
} as const;

/**
 * Runs one of them to its end.
 * @param folder where to look for the workspace's interpreter
 * @throws {UserError} when the environment cannot be made
 */
export async function runCondaTool(
  script: keyof typeof REQUIREMENTS,
  args: readonly string[],
  folder: string,
  env: NodeJS.ProcessEnv = childEnvironment(),
): Promise<ToolResult> {
  const interpreter = await findInterpreter({ request: PYTHON, folder, requiresPython: undefined });
  const { python } = await ensureEnvironment({
    interpreter,
    requirements: REQUIREMENTS[script],
    constraints: [],
    localWheels: [],
  });
  return runTool(python, ['-s', '-B', join(SCRIPTS, script), ...args], { env });
}
