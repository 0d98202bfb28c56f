/**
 * Installs everything that a run has published into one fresh environment and imports it, as those will who use it.
 *
 * Every package is held to its version and its hashes: where one is missing on the index, what has its name elsewhere is never taken
 * for it (dependency confusion), and what uv's cache remembers of the index is not believed.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { childEnvironment } from '../toolchain/child-environment.js';
import { pythonIn } from '../toolchain/environments.js';
import type { Interpreter } from '../toolchain/interpreter.js';
import { lastLines, runTool } from '../toolchain/run-tool.js';
import { runUv } from '../toolchain/uv.js';
import type { IndexAccess } from './listing.js';

export interface InstalledRelease {
  readonly project: string;
  readonly name: string;
  readonly version: string;
  /** of its files, lower-case hexadecimal */
  readonly sha256: readonly string[];
}

/** Imports what each distribution has at its top, as its list of files says; prints what cannot be imported. */
const IMPORT_ALL = `
import importlib, importlib.metadata, json, pathlib, sys
for name in sys.argv[1:]:
    paths = [pathlib.PurePosixPath(str(file)) for file in importlib.metadata.files(name) or []]
    packages = {path.parts[0] for path in paths if len(path.parts) == 2 and path.name == "__init__.py"}
    modules = {path.stem for path in paths if len(path.parts) == 1 and path.suffix == ".py"}
    for module in sorted(packages | modules):
        try:
            importlib.import_module(module)
        except BaseException as error:
            print(json.dumps([name, f"import {module}: {type(error).__name__}: {error}"]))
`;

/**
 * @returns by project what is wrong with its installation, nothing where all is well
 * @throws {UserError} when there is no uv
 */
export async function checkInstallation(
  releases: readonly InstalledRelease[],
  access: IndexAccess,
  interpreter: Interpreter,
): Promise<ReadonlyMap<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'nx-wheelhouse install '));
  try {
    const environment = join(folder, 'environment');
    const install = await installAll(releases, access, interpreter, folder, environment);
    if (install !== undefined) return new Map(releases.map(({ project }) => [project, install]));
    const names = releases.map(({ name }) => name);
    const { status, stdout, stderr } = await runTool(pythonIn(environment), ['-I', '-c', IMPORT_ALL, ...names], {
      cwd: folder,
      env: childEnvironment(),
    });
    const failures = stdout.split('\n').filter((line) => line.startsWith('["'));
    const problems = new Map<string, string>();
    for (const line of failures) {
      const [name, problem] = JSON.parse(line) as [string, string];
      const project = releases.find((release) => release.name === name)?.project ?? name;
      problems.set(project, `it installs, but cannot be imported: ${problem}`);
    }
    if (status === 0) return problems;
    const crash = `the imports ended the interpreter:\n${lastLines(stderr, 5)}`;
    return new Map(releases.map(({ project }) => [project, problems.get(project) ?? crash]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @returns what uv says where it cannot be installed */
async function installAll(
  releases: readonly InstalledRelease[],
  { repository, credential }: IndexAccess,
  interpreter: Interpreter,
  folder: string,
  environment: string,
): Promise<string | undefined> {
  const pins = releases.map(({ name, version, sha256 }) =>
    [`${name}==${version}`, ...sha256.map((hash) => `--hash=sha256:${hash}`)].join(' '),
  );
  const [requirements, constraints] = [join(folder, 'requirements.txt'), join(folder, 'constraints.txt')];
  writeFileSync(requirements, releases.map(({ name }) => `${name}\n`).join(''));
  writeFileSync(constraints, `${pins.join('\n')}\n`);
  // In the environment and not on the command line, which everyone on the machine can read.
  const env = credential && {
    UV_INDEX_PUBLISHED_USERNAME: credential.username,
    UV_INDEX_PUBLISHED_PASSWORD: credential.password,
  };
  const venv = await runUv(['venv', '--no-config', '--quiet', '--python', interpreter.path, environment]);
  if (venv.status !== 0) return `no environment could be made: ${lastLines(venv.stderr, 5)}`;
  const args = ['pip', 'install', '--no-config', '--quiet', '--prerelease=allow', '--python', pythonIn(environment)];
  const refresh = releases.flatMap(({ name }) => ['--refresh-package', name]);
  const index = ['--index', `published=${repository.listingUrl}`];
  const { status, stderr } = await runUv([...args, ...refresh, ...index, '-r', requirements, '-c', constraints], {
    env,
  });
  return status === 0 ? undefined : `what was published cannot be installed together: ${lastLines(stderr, 12)}`;
}
