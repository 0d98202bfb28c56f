/**
 * Packages of the backend `uv_build`, built as one set: uv has that backend inside and does a package in 3 ms, where a process of its
 * own would cost ten times as much. A set is only a faster way: what it does not deliver is built like any other package, which also
 * tells why it failed.
 */
import { copyFileSync, linkSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  contains,
  type NormalizedName,
  normalizeName,
  parseRequirement,
  parseSdistFilename,
  parseWheelFilename,
} from '@nx-wheelhouse/python-packaging';
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
const LARGEST_SET = 64;

export class UvBuildSets {
  readonly #waiting: Member[] = [];
  #sets = 0;
  #running: Promise<void> | undefined;

  constructor(private readonly folders: BuildFolders) {}

  /**
   * @param stage is called where it takes part in a set
   * @returns the dists, or `undefined` where the package has to be built in the ordinary way
   */
  async build(plan: BuildPlan, stage: () => Stage): Promise<readonly BuiltFile[] | undefined> {
    if (plan.backend !== 'uv_build' || !isBuiltByUv(plan, await uvVersion())) return undefined;
    return new Promise<readonly BuiltFile[] | undefined>((resolve) => {
      this.#waiting.push({ plan, stage: stage(), resolve });
      this.#running ??= this.#runSets().finally(() => {
        this.#running = undefined;
      });
    });
  }

  async #runSets(): Promise<void> {
    for (;;) {
      // Those that are ready to be built at the same time arrive in the same turn.
      await new Promise(setImmediate);
      const members = this.#waiting.splice(0, LARGEST_SET);
      if (members.length === 0) return;
      const folder = this.folders.folderFor(
        `uv-${++this.#sets}`,
        members.map(({ stage }) => stage),
      );
      const made = await buildSet(folder, members).catch(() => new Map<NormalizedName, BuiltFile[]>());
      for (const { plan, resolve } of members) resolve(made.get(plan.pkg.name));
    }
  }
}

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

/** @returns what was made of each package that has both its dists */
async function buildSet(folder: string, members: readonly Member[]): Promise<Map<NormalizedName, BuiltFile[]>> {
  const output = join(folder, 'dist');
  mkdirSync(output, { recursive: true });
  const made = new Set<string>();
  const place = linker();
  for (const { stage } of members) {
    for (const file of stage.files) {
      const target = join(folder, file.path);
      if (!made.has(dirname(target))) mkdirSync(dirname(target), { recursive: true });
      made.add(dirname(target));
      place(file, target);
    }
  }
  const roots = members.map(({ stage }) => stage.project);
  writeFileSync(
    join(folder, 'pyproject.toml'),
    `[tool.uv.workspace]\nmembers = ${JSON.stringify(roots.map((root) => root.replaceAll(/[[\]*?]/g, '[$&]')))}\n`,
  );
  const [first] = members;
  const python = first?.plan.python.request;
  await runUv(
    [
      'build',
      '--all-packages',
      '--out-dir',
      output,
      '--no-config',
      '--offline',
      ...(python ? ['--python', python] : []),
    ],
    // uv unpacks each sdist in its cache. It keeps nothing there that such a build needs.
    { cwd: folder, env: { UV_CACHE_DIR: join(folder, 'cache') } },
  );
  rmSync(join(folder, 'pyproject.toml'));
  return distsByName(output, members);
}

function distsByName(output: string, members: readonly Member[]): Map<NormalizedName, BuiltFile[]> {
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

/** Makes hard links, because uv never writes into sources; copies on another file system, or where the file is a link itself. */
function linker(): (file: StagedFile, target: string) => void {
  let canLink = true;
  const place = (file: StagedFile, target: string): void => {
    try {
      if ('text' in file) writeFileSync(target, file.text);
      else if (file.isLink || !canLink) copyFileSync(file.origin, target);
      else linkSync(file.origin, target);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'EEXIST') return; // deleted, but still in git's index; or shared by two packages
      if ('text' in file || file.isLink || !canLink) throw error;
      canLink = false;
      place(file, target);
    }
  };
  return place;
}
