/** The interpreter that a workspace's environments are made of. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '../errors/user-error.js';
import { childEnvironment } from './child-environment.js';
import { type InterpreterQuestion, KeptInterpreter } from './kept-interpreter.js';
import { runTool } from './run-tool.js';
import { runUv } from './uv.js';

export interface Interpreter {
  /** absolute path of the executable */
  readonly path: string;
  /** e.g. `3.11.7` */
  readonly version: string;
  /** e.g. `cpython-3.11.7-linux-x86_64-glibc2.36`: what distinguishes the environments made of it, and what is compiled for it */
  readonly identity: string;
}

/**
 * `abiflags` tells a free-threaded or a debug build; musl has no version that a program could ask for. With the files that the answer
 * comes from: the program, the libraries that it has loaded, the modules that were asked.
 */
const DESCRIBE = `
import json, os, platform, sys, sysconfig
is_musl = "musl" in (sysconfig.get_config_var("HOST_GNU_TYPE") or "")
libc = "musl" if is_musl else "".join(platform.libc_ver()) if sys.platform == "linux" else ""
version = platform.python_version()
parts = [sys.implementation.name, version + getattr(sys, "abiflags", ""), sysconfig.get_platform(), libc]
files = [sys.executable, getattr(sys, "_base_executable", None), os.path.join(sys.prefix, "pyvenv.cfg")]
files += [module.__file__ for module in (os, platform, sysconfig)]
if os.path.exists("/proc/self/maps"):
    with open("/proc/self/maps") as maps:
        files += {"/" + line.partition("/")[2].rstrip("\\n") for line in maps if "/" in line}
print(json.dumps([sys.executable, version, "-".join(filter(None, parts)), sorted(set(filter(None, files)))]))
`;

/** What decides on an interpreter, in the order of precedence. */
export interface InterpreterWishes {
  /** a version (`3.12`), an implementation or a path, as `uv --python` takes it */
  readonly request: string | undefined;
  /** where to look for a `.python-version`, upwards: absolute */
  readonly folder: string;
  /** `requires-python` of the package, where it states one */
  readonly requiresPython: string | undefined;
}

const known = new Map<string, Promise<Interpreter>>();

/**
 * Finds the interpreter for a package: the request, else `UV_PYTHON`, else the nearest `.python-version`, else the first on PATH
 * that `requires-python` allows. Packages with equal wishes are looked up once.
 * @throws {UserError} when there is none
 */
export function findInterpreter(wishes: InterpreterWishes): Promise<Interpreter> {
  const question = questionOf(wishes);
  const key = `${question.pinned ?? ''}\0${question.request ?? ''}`;
  const interpreter = known.get(key) ?? lookUp(question);
  known.set(key, interpreter);
  return interpreter;
}

/** @returns the interpreter where it is known from before; no program is started for that */
export function keptInterpreter(wishes: InterpreterWishes): Interpreter | undefined {
  return new KeptInterpreter(questionOf(wishes)).read();
}

/** `uv python find` reads pins by itself, and does not read UV_PYTHON, unlike other commands of uv. */
function questionOf({ request, folder, requiresPython }: InterpreterWishes) {
  const asked = request ?? (process.env.UV_PYTHON || undefined);
  const pinned = asked === undefined ? folderOfPin(folder) : undefined;
  return {
    pinned,
    folder: pinned ?? folder,
    request: asked ?? (pinned === undefined ? requiresPython : undefined),
  } satisfies InterpreterQuestion & { pinned: string | undefined };
}

/**
 * What of an interpreter's identity a pure package depends on: which language its manifest is computed in, and which versions of its
 * build requirements fit. Not the platform, so that machines of all kinds share one cache.
 * @returns e.g. `cpython-3.11`
 */
export function languageOf(identity: string): string {
  return /^[^-]+-\d+\.\d+/.exec(identity)?.[0] ?? identity;
}

/** The nearest folder with a `.python-version`, upwards. */
export function folderOfPin(folder: string): string | undefined {
  for (let current = folder; ; current = dirname(current)) {
    if (existsSync(join(current, '.python-version'))) return current;
    if (dirname(current) === current) return undefined;
  }
}

async function lookUp(question: InterpreterQuestion): Promise<Interpreter> {
  const kept = new KeptInterpreter(question);
  const found = kept.read();
  if (found !== undefined) return found;
  const { files, ...interpreter } = await describe(await search(question));
  kept.write(interpreter, files);
  return interpreter;
}

/** @returns a path */
async function search({ folder, request }: InterpreterQuestion): Promise<string> {
  const args = [
    'python',
    'find',
    '--no-python-downloads',
    '--system',
    '--no-project',
    ...(request === undefined ? [] : [request]),
  ];
  const { status, stdout, stderr } = await runUv(args, { cwd: folder });
  if (stderr.includes('Failed to initialize cache')) {
    throw new UserError(
      'uv has no folder for its cache.',
      {},
      'give this user a home folder, or set UV_CACHE_DIR and NX_WHEELHOUSE_CACHE_DIRECTORY to folders that it may write to',
      stderr.trim(),
    );
  }
  if (status !== 0) {
    throw new UserError(
      request === undefined ? 'No suitable Python was found for this workspace.' : `No Python ${request} was found.`,
      {},
      'install it, put it on PATH, or name another one (.python-version, UV_PYTHON or the option `python`)',
      stderr.trim(),
    );
  }
  return stdout.trim();
}

/**
 * @param command a path, or a name to be found on PATH
 * @throws {UserError} when it does not run
 */
export async function describeInterpreter(command: string): Promise<Interpreter> {
  const { files: _files, ...interpreter } = await describe(command);
  return interpreter;
}

async function describe(command: string): Promise<Interpreter & { readonly files: readonly string[] }> {
  const { status, stdout, stderr } = await runTool(command, ['-I', '-c', DESCRIBE], { env: childEnvironment() });
  if (status !== 0) {
    throw new UserError(`The interpreter ${command} does not run.`, {}, 'repair or remove it', stderr.trim());
  }
  const [path, version, identity, files] = JSON.parse(stdout) as [string, string, string, string[]];
  return { path, version, identity, files };
}
