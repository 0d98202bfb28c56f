/** What the conda tests are made of: wheels of any content, workspaces that have built them, a channel with a Python, a real installer. */
import { type SpawnSyncOptions, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type CondaTarget, condaFileStem, condaPackage, readWholeWheel } from '@nx-wheelhouse/python-packaging';
import type { RecordedFile } from '../../src/build/dist-record.js';
import { distRecordPath } from '../../src/build/dist-record.js';
import { condaArchive } from '../../src/conda/archive.js';
import { storedZip } from '../../src/conda/stored-zip.js';
import { readWorkspace } from '../../src/workspace/read.js';
import type { Workspace } from '../../src/workspace/workspace.js';
import { toolPrograms, toolsFolder } from '../tools.js';

/** Lets the plugin find uv, and keep what it makes between runs. */
export function useTools(): void {
  process.env.PATH = [toolPrograms, process.env.PATH].join(delimiter);
  process.env.NX_WHEELHOUSE_CACHE_DIRECTORY = join(toolsFolder, 'wheelhouse-cache');
}

const made: string[] = [];

/** @param prefix of its name; a blank in it, as people have them, unless that is beyond what the test is of */
export function temporaryFolder(prefix = 'nx-wheelhouse conda '): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), prefix)));
  made.push(folder);
  return folder;
}

/** Removes what the tests of a file have made. */
export function removeTemporaryFolders(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
}

export interface TestWheel {
  readonly name: string;
  readonly version?: string;
  readonly tag?: string;
  /** lines of METADATA behind name and version; a description behind an empty one */
  readonly metadata?: readonly string[];
  /** by path; `DIST` stands for `name-version` */
  readonly files?: Readonly<Record<string, string | Buffer>>;
  /** `[tool.nx-wheelhouse.conda]` and what belongs to it */
  readonly settings?: string;
  /** names of siblings among the requirements */
  readonly siblings?: readonly string[];
}

const MODIFIED = Date.UTC(2020, 1, 2) / 1000;

/** A workspace whose packages are built: manifests, wheels, dist records. */
export function builtWorkspace(packages: readonly TestWheel[], root = temporaryFolder()): Workspace {
  for (const pkg of packages) writePackage(root, pkg);
  return readWorkspace(
    root,
    packages.map(({ name }) => `libs/${name}/pyproject.toml`),
  );
}

function writePackage(root: string, pkg: TestWheel): void {
  const { name, version = '1.0', siblings = [], settings = '' } = pkg;
  const folder = join(root, 'libs', name);
  mkdirSync(join(folder, 'dist'), { recursive: true });
  const sources = siblings.map((sibling) => `\n[tool.uv.sources]\n${sibling} = { workspace = true }\n`).join('');
  writeFileSync(
    join(folder, 'pyproject.toml'),
    `[project]\nname = "${name}"\nversion = "${version}"\ndependencies = ${JSON.stringify(siblings)}\n${sources}\n${settings}`,
  );
  const filename = `${stemOf(pkg)}-${pkg.tag ?? 'py3-none-any'}.whl`;
  const bytes = wheelBytes(pkg);
  writeFileSync(join(folder, 'dist', filename), bytes);
  const file: RecordedFile = { filename, kind: 'wheel', sha256: sha256(bytes), size: bytes.length };
  const record = join(root, distRecordPath(`libs/${name}`));
  mkdirSync(dirname(record), { recursive: true });
  writeFileSync(record, JSON.stringify({ format: 1, name, version, files: [file], tools: {} }));
}

function stemOf({ name, version = '1.0' }: TestWheel): string {
  return `${name.replace(/[-.]/g, '_')}-${version}`;
}

function wheelBytes(pkg: TestWheel): Buffer {
  const { name, version = '1.0', tag = 'py3-none-any', metadata = [], siblings = [] } = pkg;
  const stem = stemOf(pkg);
  const module = stem.slice(0, stem.lastIndexOf('-'));
  const requires = siblings.map((sibling) => `Requires-Dist: ${sibling}`);
  const files: Record<string, string | Buffer> = {
    ...(pkg.files ?? { [`${module}/__init__.py`]: `VERSION = ${JSON.stringify(version)}\n` }),
    'DIST.dist-info/METADATA': [
      'Metadata-Version: 2.4',
      `Name: ${name}`,
      `Version: ${version}`,
      ...requires,
      ...metadata,
      '',
    ].join('\n'),
    'DIST.dist-info/WHEEL': `Wheel-Version: 1.0\nRoot-Is-Purelib: ${tag.endsWith('-any')}\nTag: ${tag}\n`,
    'DIST.dist-info/RECORD': '',
  };
  const members = Object.entries(files).map(([path, content]) => ({
    name: path.replace(/^DIST/, stem),
    content: Buffer.from(content as string),
  }));
  return storedZip(members, MODIFIED);
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

const indexProgram = join(import.meta.dirname, '..', '..', 'python', 'conda_index.py');
const makePython = join(import.meta.dirname, 'make_python.py');

/** A channel with the interpreter of the repository's tools as its `python`, and the pip that came with it; made once. */
export async function pythonChannel(): Promise<string> {
  const version = sha256(readFileSync(makePython)).slice(0, 8);
  const folder = join(toolsFolder, 'conda', `python-channel-${version}`);
  if (!existsSync(folder)) await makePythonChannel(folder);
  return pathToFileURL(folder).href;
}

/** Whole or not at all: the files of tests run side by side. */
async function makePythonChannel(folder: string): Promise<void> {
  mkdirSync(dirname(folder), { recursive: true });
  const unfinished = mkdtempSync(`${folder}-`);
  runPython(makePython, unfinished);
  await addPip(unfinished);
  runPython(indexProgram, unfinished);
  try {
    renameSync(unfinished, folder);
  } catch {
    rmSync(unfinished, { recursive: true }); // another one was faster
  }
}

async function addPip(folder: string): Promise<void> {
  const program =
    'import ensurepip, pathlib; print(*(pathlib.Path(ensurepip.__file__).parent / "_bundled").glob("pip-*.whl"))';
  const path = runPython('-c', program).trim();
  const wheel = await readWholeWheel(path);
  const target: CondaTarget = { kind: 'noarch', platforms: 'all' };
  const pip = condaPackage(wheel, target, { name: 'pip', buildNumber: 0, depends: ['python'], modified: undefined });
  writeFileSync(join(folder, 'noarch', `${condaFileStem(pip)}.conda`), await condaArchive(pip));
}

/** Runs a program of Python to its end, with the repository's tools. */
export function runPython(...args: readonly string[]): string {
  return run(join(toolPrograms, process.platform === 'win32' ? 'python.exe' : 'python'), ['-B', ...args]);
}

/** Runs a program to its end. @returns what it prints */
export function run(program: string, args: readonly string[], options: SpawnSyncOptions = {}): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { ...options, encoding: 'utf8' });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}\n${stdout}${stderr}`);
  return stdout;
}

export interface Installed {
  /** absolute */
  readonly prefix: string;
  /** name, version, build and channel of each package */
  readonly installed: readonly (readonly string[])[];
  readonly problems: readonly string[];
}

/** Solves and installs with py-rattler, into a fresh prefix; through no cache of another test, unless it is given. */
export async function install(
  channel: string,
  spec: string,
  offer: { imports?: string[]; commands?: string[][]; cache?: string } = {},
): Promise<Installed> {
  const folder = temporaryFolder();
  const prefix = join(folder, 'prefix');
  const order = {
    prefix,
    cache: offer.cache ?? join(folder, 'cache'),
    channels: [channel, await pythonChannel()],
    spec,
    imports: offer.imports ?? [],
    commands: offer.commands ?? [],
  };
  const script = join(import.meta.dirname, '..', '..', 'python', 'conda_install.py');
  return { prefix, ...(JSON.parse(runPython(script, JSON.stringify(order))) as Omit<Installed, 'prefix'>) };
}

/** What a program in a prefix prints. */
export function runIn(prefix: string, program: string, ...args: readonly string[]): string {
  return run(join(prefix, 'bin', program), args, { cwd: prefix }).trim();
}

/** The repodata of one folder of a channel: file names and what is listed of them. */
export function repodataOf(channel: string, subdir = 'noarch'): Record<string, Record<string, unknown>> {
  const repodata = JSON.parse(readFileSync(join(channel, subdir, 'repodata.json'), 'utf8'));
  return { ...repodata.packages, ...repodata['packages.conda'] };
}
