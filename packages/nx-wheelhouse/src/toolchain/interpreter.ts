/** The interpreter that a workspace's environments are made of. */
import { UserError } from '../errors/user-error.js';
import { childEnvironment } from './child-environment.js';
import { runTool } from './run-tool.js';
import { ensureUv } from './uv.js';

export interface Interpreter {
  /** absolute path of the executable */
  readonly path: string;
  /** e.g. `3.11.7` */
  readonly version: string;
  /** e.g. `cpython-3.11.7-linux-x86_64`: what distinguishes the environments made of it */
  readonly identity: string;
}

const DESCRIBE =
  'import json, platform, sys, sysconfig; print(json.dumps([sys.executable, platform.python_version(), ' +
  '"-".join([sys.implementation.name, platform.python_version(), sysconfig.get_platform()])]))';

const known = new Map<string, Promise<Interpreter>>();

/**
 * Finds the interpreter that uv would use in a folder: the request, else `UV_PYTHON`, `.python-version`, `requires-python`, PATH.
 * @param folder absolute
 * @param request a version (`3.12`), an implementation or a path, as `uv --python` takes it
 * @throws {UserError} when there is none
 */
export function findInterpreter(folder: string, request: string | undefined): Promise<Interpreter> {
  const key = `${folder}\0${request ?? ''}`;
  const interpreter = known.get(key) ?? lookUp(folder, request);
  known.set(key, interpreter);
  interpreter.catch(() => known.delete(key));
  return interpreter;
}

async function lookUp(folder: string, request: string | undefined): Promise<Interpreter> {
  const uv = await ensureUv();
  const args = ['python', 'find', '--no-python-downloads', '--system', ...(request === undefined ? [] : [request])];
  const { status, stdout, stderr } = await runTool(uv, args, { cwd: folder, env: childEnvironment() });
  if (status !== 0) {
    throw new UserError(
      request === undefined ? 'No suitable Python was found for this workspace.' : `No Python ${request} was found.`,
      {},
      'install it, put it on PATH, or name another one (.python-version, UV_PYTHON or the option `python`)',
      stderr.trim(),
    );
  }
  const path = stdout.trim();
  const description = await runTool(path, ['-I', '-c', DESCRIBE], { env: childEnvironment() });
  if (description.status !== 0) {
    throw new UserError(`The interpreter ${path} does not run.`, {}, 'repair or remove it', description.stderr.trim());
  }
  const [executable, version, identity] = JSON.parse(description.stdout) as [string, string, string];
  return { path: executable, version, identity };
}
