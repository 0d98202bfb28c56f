/**
 * Installs everything that a run has published into one fresh environment and imports it, as those will who use it.
 *
 * Every package is held to its version and its hashes: where one is missing on the index, what has its name elsewhere is never taken
 * for it (dependency confusion), and what uv's cache remembers of the index is not believed.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { normalizeName } from '@nx-wheelhouse/python-packaging';
import { childEnvironment } from '../toolchain/child-environment.js';
import { pythonIn } from '../toolchain/environments.js';
import type { Interpreter } from '../toolchain/interpreter.js';
import { lastLines, runTool } from '../toolchain/run-tool.js';
import { runUv } from '../toolchain/uv.js';
import { neverThroughAProxy, writeAuthorities } from './connection.js';
import type { IndexAccess } from './listing.js';

export interface InstalledRelease {
  readonly project: string;
  readonly name: string;
  readonly version: string;
  /** of its files, lower-case hexadecimal */
  readonly sha256: readonly string[];
}

/** What is looked at, beside the imports. */
export interface InstallCheck {
  /** everything in one environment, or each package in one of its own with what it needs */
  readonly environments: 'one' | 'each';
  /** whether the console scripts are run, with `--help` */
  readonly runScripts: boolean;
}

/**
 * Imports what each distribution has at its top, as its list of files says, and what its scripts call; prints what is wrong.
 * Arguments: `help` or `-`, and the names of the distributions.
 */
const TRY_ALL = `
import importlib, importlib.metadata, json, os, pathlib, subprocess, sys, sysconfig
def attempt(name, what, work):
    try:
        work()
    except BaseException as error:
        print(json.dumps([name, f"{what}: {type(error).__name__}: {error}"]))
def script(name, entry):
    entry.load()
    suffix = ".exe" if os.name == "nt" else ""
    path = os.path.join(sysconfig.get_path("scripts"), entry.name + suffix)
    if not os.path.exists(path):
        raise FileNotFoundError(path)
    if sys.argv[1] == "help" and entry.group == "console_scripts":
        done = subprocess.run([path, "--help"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
        if done.returncode != 0:
            raise RuntimeError(f"--help ends with {done.returncode}: {(done.stderr or done.stdout).strip()[-400:]}")
for name in sys.argv[2:]:
    paths = [pathlib.PurePosixPath(str(file)) for file in importlib.metadata.files(name) or []]
    packages = {path.parts[0] for path in paths if len(path.parts) == 2 and path.name == "__init__.py"}
    modules = {path.stem for path in paths if len(path.parts) == 1 and path.suffix == ".py"}
    for module in sorted(packages | modules):
        attempt(name, f"import {module}", lambda: importlib.import_module(module))
    for entry in importlib.metadata.distribution(name).entry_points:
        if entry.group in ("console_scripts", "gui_scripts"):
            attempt(name, f"script {entry.name}", lambda: script(name, entry))
`;

/**
 * @returns by project what is wrong with its installation, nothing where all is well
 * @throws {UserError} when there is no uv
 */
export async function checkInstallation(
  releases: readonly InstalledRelease[],
  access: IndexAccess,
  interpreter: Interpreter,
  check: InstallCheck,
): Promise<ReadonlyMap<string, string>> {
  if (check.environments === 'one') return tryTogether(releases, releases, access, interpreter, check);
  const problems = new Map<string, string>();
  for (const release of releases) {
    const own = await tryTogether([release], releases, access, interpreter, check);
    for (const [project, problem] of own) problems.set(project, problem);
  }
  return problems;
}

/** @param held what has to be of this run wherever it is installed */
async function tryTogether(
  releases: readonly InstalledRelease[],
  held: readonly InstalledRelease[],
  access: IndexAccess,
  interpreter: Interpreter,
  { runScripts }: InstallCheck,
): Promise<ReadonlyMap<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'nx-wheelhouse install '));
  try {
    const environment = join(folder, 'environment');
    const install = await installAll(releases, held, access, interpreter, folder, environment);
    if (install !== undefined) return blame(releases, install);
    const args = ['-I', '-c', TRY_ALL, runScripts ? 'help' : '-', ...releases.map(({ name }) => name)];
    const { status, stdout, stderr } = await runTool(pythonIn(environment), args, {
      cwd: folder,
      env: childEnvironment(),
    });
    const failures = stdout.split('\n').filter((line) => line.startsWith('["'));
    const problems = new Map<string, string>();
    for (const line of failures) {
      const [name, problem] = JSON.parse(line) as [string, string];
      const project = releases.find((release) => release.name === name)?.project ?? name;
      problems.set(project, `it installs, but does not work: ${problem}`);
    }
    if (status === 0) return problems;
    const crash = `the imports ended the interpreter:\n${lastLines(stderr, 5)}`;
    return new Map(releases.map(({ project }) => [project, problems.get(project) ?? crash]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Of what could not be installed together, uv names those that are in the way. */
function blame(releases: readonly InstalledRelease[], problem: string): ReadonlyMap<string, string> {
  const words = new Set(
    problem
      .toLowerCase()
      .match(/[a-z0-9]+(?:[-_.]+[a-z0-9]+)*/g)
      ?.map((word) => normalizeName(word)),
  );
  const guilty = releases.filter(({ name, version }) =>
    [name, `${name}-${version}`].some((text) => words.has(normalizeName(text))),
  );
  if (guilty.length === 0) return new Map(releases.map(({ project }) => [project, problem]));
  const others = `it was not tried, because ${guilty.map(({ project }) => project).join(', ')} cannot be installed`;
  return new Map(releases.map((release) => [release.project, guilty.includes(release) ? problem : others]));
}

/** @returns what uv says where it cannot be installed */
async function installAll(
  releases: readonly InstalledRelease[],
  held: readonly InstalledRelease[],
  { repository, credential, certificates }: IndexAccess,
  interpreter: Interpreter,
  folder: string,
  environment: string,
): Promise<string | undefined> {
  const pins = held.map(({ name, version, sha256 }) =>
    [`${name}==${version}`, ...sha256.map((hash) => `--hash=sha256:${hash}`)].join(' '),
  );
  const [requirements, constraints] = [join(folder, 'requirements.txt'), join(folder, 'constraints.txt')];
  writeFileSync(requirements, releases.map(({ name }) => `${name}\n`).join(''));
  writeFileSync(constraints, `${pins.join('\n')}\n`);
  // In the environment and not on the command line, which everyone on the machine can read.
  const secret = credential && {
    UV_INDEX_PUBLISHED_USERNAME: credential.username,
    UV_INDEX_PUBLISHED_PASSWORD: credential.password,
  };
  const authorities = writeAuthorities(certificates, folder);
  const env = { ...neverThroughAProxy(), ...secret, ...(authorities && { SSL_CERT_FILE: authorities }) };
  const venv = await runUv(['venv', '--no-config', '--quiet', '--python', interpreter.path, environment]);
  if (venv.status !== 0) return `no environment could be made: ${lastLines(venv.stderr, 5)}`;
  const args = ['pip', 'install', '--no-config', '--quiet', '--prerelease=allow', '--python', pythonIn(environment)];
  const refresh = held.flatMap(({ name }) => ['--refresh-package', name]);
  const index = ['--index', `published=${repository.listingUrl}`];
  const { status, stderr } = await runUv([...args, ...refresh, ...index, '-r', requirements, '-c', constraints], {
    env,
  });
  return status === 0 ? undefined : `what was published cannot be installed: ${lastLines(stderr, 12)}`;
}
