/**
 * Packages of the backend `uv_build`, built as one set: uv has that backend inside and does a package in 3 ms, where a process of its
 * own would cost ten times as much. A set is only a faster way: what it does not deliver is built like any other package, which also
 * tells why it failed.
 */
import { copyFileSync, existsSync, linkSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  contains,
  type NormalizedName,
  normalizeName,
  parseRequirement,
  parseSdistFilename,
  parseWheelFilename,
} from '@nx-wheelhouse/python-packaging';
import { findInterpreter } from '../toolchain/interpreter.js';
import { runUv, uvVersion } from '../toolchain/uv.js';
import type { BuildFolders } from './build-folders.js';
import type { BuildPlan } from './plan.js';
import type { Stage, StagedFile } from './stage.js';
import type { BuiltFile } from './write-dists.js';

interface Member {
  readonly plan: BuildPlan;
  readonly stage: Stage;
  readonly resolve: (built: readonly BuiltFile[] | undefined) => void;
}

/** More would let results wait for each other; fewer would pay uv's start too often. */
const LARGEST_SET = 32;

export class UvBuildSets {
  readonly #waiting: Member[] = [];
  #sets = 0;
  #isRunning = false;

  constructor(private readonly folders: BuildFolders) {}

  /**
   * @param stage is called where it takes part in a set
   * @returns the dists, or `undefined` where the package has to be built in the ordinary way
   */
  async build(plan: BuildPlan, stage: () => Stage): Promise<readonly BuiltFile[] | undefined> {
    if (plan.backend !== 'uv_build' || !isBuiltByUv(plan, await uvVersion())) return undefined;
    return new Promise<readonly BuiltFile[] | undefined>((resolve) => {
      this.#waiting.push({ plan, stage: stage(), resolve });
      if (!this.#isRunning) void this.#runSets();
    });
  }

  /** While uv builds one set the next is laid out, and what came of the last is looked at. */
  async #runSets(): Promise<void> {
    this.#isRunning = true;
    let before: { readonly members: readonly Member[]; readonly made: Promise<Made> } | undefined;
    do {
      // Those that are ready to be built at the same time arrive in the same turn.
      await new Promise(setImmediate);
      const members = this.#waiting.splice(0, LARGEST_SET);
      const run = members.length === 0 ? undefined : this.#layOut(members);
      const made = await before?.made;
      const next = run && { members, made: run().catch((): Made => new Map()) };
      for (const { plan, resolve } of before?.members ?? []) resolve(made?.get(plan.pkg.name));
      before = next;
    } while (before !== undefined || this.#waiting.length > 0);
    this.#isRunning = false;
  }

  /** @returns what builds them, and fails where they could not be laid out */
  #layOut(members: readonly Member[]): () => Promise<Made> {
    const stages = members.map(({ stage }) => stage);
    try {
      const folder = this.folders.folderFor(`uv-${++this.#sets}`, stages);
      layOut(folder, stages);
      return () => runSet(folder, join(dirname(folder), 'uv-cache'), members);
    } catch (error) {
      return () => Promise.reject(error);
    }
  }
}

/** The dists of each package that has both. */
type Made = ReadonlyMap<NormalizedName, readonly BuiltFile[]>;

/** Its requirement admits the backend `uv_build` that is inside this uv, and it is the root of nothing. */
function isBuiltByUv(plan: BuildPlan, version: string): boolean {
  const { pkg, backendPath, buildRequirements, constraints, steps } = plan;
  const [requirement, ...others] = buildRequirements;
  const pins = constraints.map(parseRequirement).filter(({ name }) => name === requirement?.name);
  return (
    backendPath.length === 0 &&
    others.length === 0 &&
    requirement?.name === 'uv-build' &&
    requirement.marker === undefined &&
    [requirement, ...pins].every(({ source }) => source.kind === 'index' && contains(source.specifiers, version)) &&
    pkg.root !== '.' &&
    pkg.manifest.uvWorkspace === undefined &&
    plan.configSettings === null &&
    plan.timeout === null &&
    plan.memoryLimit === null &&
    !plan.direct &&
    steps.includes('sdist') &&
    steps.includes('wheel')
  );
}

/** Makes a uv workspace of the sources of some packages. */
function layOut(folder: string, stages: readonly Stage[]): void {
  mkdirSync(folder, { recursive: true });
  const made = new Set<string>();
  const place = linker();
  // Texts first, so that none is written into a file of the tree that another package has linked there.
  const files = stages.flatMap(({ files }) => files);
  for (const file of [...files.filter((one) => 'text' in one), ...files.filter((one) => !('text' in one))]) {
    const target = join(folder, file.path);
    if (!made.has(dirname(target))) mkdirSync(dirname(target), { recursive: true });
    made.add(dirname(target));
    if ('text' in file) writeFileSync(target, file.text);
    else place(file, target);
  }
  const roots = stages.map(({ project }) => project.replaceAll(/[[\]*?]/g, '[$&]'));
  writeFileSync(join(folder, 'pyproject.toml'), `[tool.uv.workspace]\nmembers = ${JSON.stringify(roots)}\n`);
}

/** @param cache uv unpacks each sdist there, and keeps what it knows of the interpreter; nothing else, in such a build */
async function runSet(folder: string, cache: string, members: readonly Member[]): Promise<Made> {
  const output = join(folder, 'dist');
  const options = ['--out-dir', output, '--no-config', '--offline'];
  const [first] = members;
  if (first) options.push('--python', (await findInterpreter(first.plan.python)).path);
  await runUv(['build', '--all-packages', ...options], { cwd: folder, env: { UV_CACHE_DIR: cache } });
  return distsByName(output, members);
}

function distsByName(output: string, members: readonly Member[]): Made {
  const found = new Map<NormalizedName, BuiltFile[]>(members.map(({ plan }) => [plan.pkg.name, []]));
  for (const filename of readdirSync(output)) {
    const kind = filename.endsWith('.tar.gz') ? 'sdist' : filename.endsWith('.whl') ? 'wheel' : undefined;
    if (kind === undefined) continue;
    const { name } = kind === 'sdist' ? parseSdistFilename(filename) : parseWheelFilename(filename);
    found.get(normalizeName(name))?.push({ kind, filename, path: join(output, filename) });
  }
  for (const [name, files] of found) {
    if (
      files
        .map(({ kind }) => kind)
        .sort()
        .join() !== 'sdist,wheel'
    )
      found.delete(name);
    else files.sort((one, other) => one.kind.localeCompare(other.kind));
  }
  return found;
}

type FileOfTree = Extract<StagedFile, { origin: string }>;

/** Ways to place a file, the cheapest first. All give the same dists: uv never writes into sources, and follows links. */
const WAYS = [linkSync, symlinkSync, copyFileSync];

/** Hard links; symbolic ones to another file system; copies where there are none of those. */
function linker(): (file: FileOfTree, target: string) => void {
  let ways = WAYS;
  const place = (file: FileOfTree, target: string): void => {
    const [way = copyFileSync, ...others] = ways;
    try {
      if (way !== symlinkSync || existsSync(file.origin)) way(file.origin, target);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'EEXIST') return; // deleted, but still in git's index; or shared by two packages
      if (others.length === 0) throw error;
      ways = others;
      place(file, target);
    }
  };
  return place;
}
