/** The Python that knows the public indexes' addresses, made on demand. */
import { ensureEnvironment } from './environments.js';
import { findInterpreter } from './interpreter.js';

/**
 * @param folder whose interpreter is taken, absolute
 * @returns the path of a Python that has pip and twine
 */
export async function pythonWithTools(folder: string): Promise<string> {
  const interpreter = await findInterpreter({ request: undefined, folder, requiresPython: undefined });
  const environment = await ensureEnvironment({
    interpreter,
    requirements: ['pip', 'twine'],
    constraints: [],
    localWheels: [],
  });
  return environment.python;
}
