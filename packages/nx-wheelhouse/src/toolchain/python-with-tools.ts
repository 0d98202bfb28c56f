/** Pythons that have what some tools need, made on demand. */
import { ensureEnvironment } from './environments.js';
import { findInterpreter } from './interpreter.js';

/**
 * The Python that knows the public indexes' addresses.
 * @param folder whose interpreter is taken, absolute
 * @returns the path of a Python that has pip and twine
 */
export function pythonWithTools(folder: string): Promise<string> {
  return pythonWith(['pip', 'twine'], folder, []);
}

/**
 * @param constraints lines of a constraints file
 * @returns the path of a Python that has these distributions
 * @throws {UserError} when they cannot be installed
 */
export async function pythonWith(
  requirements: readonly string[],
  folder: string,
  constraints: readonly string[],
): Promise<string> {
  const interpreter = await findInterpreter({ request: undefined, folder, requiresPython: undefined });
  const environment = await ensureEnvironment({ interpreter, requirements, constraints, localWheels: [] });
  return environment.python;
}
