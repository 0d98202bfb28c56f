/** The real tools that publishing is tested with: the environment of the repository, and small dists. */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RecordedDist } from '../../src/build/dist-record.js';
import type { PlannedPackage } from '../../src/publish/plan.js';

const here = dirname(fileURLToPath(import.meta.url));

/** A program of the tools' environment, or of another one that scripts/tools.mjs makes. */
export function tool(name: string, provisioned = 'venv'): string {
  for (let folder = here; folder !== dirname(folder); folder = dirname(folder)) {
    const [programs, suffix] = process.platform === 'win32' ? ['Scripts', '.exe'] : ['bin', ''];
    const program = join(folder, '.tools', provisioned, programs, name + suffix);
    if (existsSync(program)) return program;
  }
  throw new Error(`${name} is not in .tools/${provisioned}`);
}

/** Without what the shell of whoever runs the tests may hold. */
export const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(TWINE|UV|PIP|NX)_|_PROXY$/i.test(name)),
);

/** Runs a program to its end without blocking: the servers of the tests live in this process. */
export async function run(
  name: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<{ status: number | null; output: string }> {
  const child = spawn(tool(name), [...args], { env: { ...environment, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { status, output };
}

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'nx-wheelhouse publish '));
}

export interface TestPackage {
  readonly name: string;
  readonly version: string;
  readonly requires?: readonly string[];
  /** ends up in the files: the same package with other bytes */
  readonly note?: string;
  /** so many bytes that do not compress are in the wheel */
  readonly bulk?: number;
  /** a line of the module in the wheel */
  readonly code?: string;
  readonly metadataVersion?: string;
  /** further lines of the metadata */
  readonly fields?: readonly string[];
  readonly readme?: string;
  /** its content type; text/markdown by default */
  readonly readmeType?: string;
  /** text of entry_points.txt */
  readonly entryPoints?: string;
  /** the wheel's platform tag */
  readonly platform?: string;
  /** a file of the wheel is not what RECORD says */
  readonly brokenRecord?: boolean;
}

/** Makes a wheel and an sdist of each package in one folder. */
export function makeDists(folder: string, packages: readonly TestPackage[]): string[] {
  const input = JSON.stringify(packages);
  const { status, stderr } = spawnSync(tool('python'), ['-I', join(here, 'make_dists.py'), folder], {
    input,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return readdirSync(folder).map((filename) => join(folder, filename));
}

export function sha256Of(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

/** A package as a plan has it, with freshly made dists. */
export function plannedPackage(folder: string, pkg: TestPackage, after: readonly string[] = []): PlannedPackage {
  const own = join(folder, `${pkg.name}-${pkg.version}${pkg.note ?? ''}`);
  return planned(pkg, makeDists(own, [pkg]), after);
}

/** Many packages at once, each with one that it needs or none. */
export function plannedPackages(folder: string, packages: readonly TestPackage[]): PlannedPackage[] {
  const files = makeDists(folder, packages);
  return packages.map((pkg) => {
    const stem = `${pkg.name.replaceAll('-', '_')}-${pkg.version}`;
    const own = files.filter((path) => basename(path).startsWith(`${stem}-`) || basename(path) === `${stem}.tar.gz`);
    return planned(pkg, own, pkg.requires ?? []);
  });
}

/** So many packages, in chains of ten. */
export function manyPackages(folder: string, count: number): PlannedPackage[] {
  const name = (number: number) => `package-${String(number).padStart(4, '0')}`;
  const packages = Array.from({ length: count }, (_, number) => ({
    name: name(number),
    version: '1.0',
    requires: number % 10 === 0 ? [] : [name(number - 1)],
  }));
  return plannedPackages(folder, packages);
}

function planned(pkg: TestPackage, files: readonly string[], after: readonly string[]): PlannedPackage {
  const dists = files.map((path): RecordedDist => {
    const filename = basename(path);
    const kind = filename.endsWith('.whl') ? 'wheel' : 'sdist';
    return { filename, kind, path, sha256: sha256Of(path), size: statSync(path).size };
  });
  return { project: pkg.name, name: pkg.name, version: pkg.version, dists, after };
}

/** Installs with uv from one index, into a folder, with no cache and no settings of whoever runs the tests. */
export function uvInstall(indexUrl: string, target: string, names: readonly string[]) {
  const options = ['--no-config', '--no-cache', '--python', tool('python'), '--default-index', indexUrl];
  return run('uv', ['pip', 'install', ...options, '--target', target, ...names]);
}
