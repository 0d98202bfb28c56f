/**
 * Packages of the backend `uv_build`, built as sets: uv has that backend inside and does a package in 3 ms, where a process of its own
 * would cost ten times as much. What a set does not deliver uv builds once more alone, from the same files to the same bytes: a manifest
 * that uv cannot read takes the whole set with it. What fails there too is built like any other package, which also tells why.
 */
import {
  chmodSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, sep } from 'node:path';
import {
  contains,
  type NormalizedName,
  normalizeName,
  parseRequirement,
  parseSdistFilename,
  parseWheelFilename,
} from '@nx-wheelhouse/python-packaging';
import { findInterpreter, type Interpreter } from '../toolchain/interpreter.js';
import { runUv, uvVersion } from '../toolchain/uv.js';
import type { BuildFolders } from './build-folders.js';
import { isStagedAsItLies, withoutStrays } from './in-place.js';
import type { BuildPlan } from './plan.js';
import { showInterpreter } from './seen-interpreter.js';
import type { Stage, StagedFile } from './stage.js';
import type { BuiltFile } from './write-dists.js';

interface Member {
  readonly plan: BuildPlan;
  readonly interpreter: Interpreter;
  readonly stage: () => Stage;
  readonly isAlone: boolean;
  readonly resolve: (built: readonly BuiltFile[] | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** A member whose files are known. */
interface StagedMember extends Member {
  readonly staged: Stage;
  /** whether it is built where it lies in the tree */
  readonly isInPlace: boolean;
}

/** The dists of each package that has both. */
type Made = ReadonlyMap<NormalizedName, readonly BuiltFile[]>;

/** So that there are soon dists to look at, while uv builds the next. */
const FIRST_SET = 10;
/** More would let results wait for each other; fewer would pay uv's start too often. */
const LARGEST_SET = 40;
/** Sets at once. One alone would now and then wait for what came of the last one to be looked at, which takes about as long. */
const MOST_RUNS = Math.min(2, availableParallelism());

export class UvBuildSets {
  #waiting: Member[] = [];
  #sets = 0;
  #runs = 0;
  #interpreterShown: Promise<void> | undefined;

  /** @param listSources is called before the first package is staged */
  constructor(
    private readonly folders: BuildFolders,
    private readonly workspaceRoot: string,
    private readonly listSources: () => void,
  ) {}

  /**
   * @param stage is called where uv builds it
   * @returns the dists, or `undefined` where the package has to be built in the ordinary way
   */
  async build(plan: BuildPlan, stage: () => Stage): Promise<readonly BuiltFile[] | undefined> {
    if (plan.backend !== 'uv_build') return undefined;
    const version = uvVersion();
    this.listSources(); // by git, while uv says its version
    const interpreter = await findInterpreter(plan.python).catch(() => undefined);
    if (interpreter === undefined || !isBuiltByUv(plan, await version)) return undefined;
    this.#interpreterShown ??= showInterpreter(interpreter.path, cacheBeside(this.folders.folderFor('uv', [])));
    const member = { plan, interpreter, stage };
    return (await this.#built({ ...member, isAlone: false })) ?? (await this.#built({ ...member, isAlone: true }));
  }

  #built(member: Omit<Member, 'resolve' | 'reject'>): Promise<readonly BuiltFile[] | undefined> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...member, resolve, reject });
      if (this.#runs < MOST_RUNS) void this.#run();
    });
  }

  /** Builds sets until none waits. While uv builds one, what came of the last is looked at. */
  async #run(): Promise<void> {
    this.#runs++;
    let before: { readonly members: readonly StagedMember[]; readonly made: Made } | undefined;
    do {
      await nextTurn(); // those that are ready to be built at the same time arrive in the same one
      const members = this.#nextMembers().flatMap(stagedMember);
      const made = this.#make(members);
      for (const member of before?.members ?? []) {
        await nextTurn(); // uv has been started, and what it has done in between is seen
        void deliver(member, before?.made.get(member.plan.pkg.name));
      }
      before = members.length === 0 ? undefined : { members, made: await made };
    } while (before !== undefined || this.#waiting.length > 0);
    this.#runs--;
  }

  #nextMembers(): readonly Member[] {
    const size = Math.min(LARGEST_SET, FIRST_SET * (this.#sets + 1));
    const together = this.#waiting.filter(({ isAlone }) => !isAlone).slice(0, size);
    const next = together.length > 0 ? together : this.#waiting.slice(0, 1);
    this.#waiting = this.#waiting.filter((member) => !next.includes(member));
    return next;
  }

  /** @returns none where they could not be laid out, or uv could not read them */
  async #make(members: readonly StagedMember[]): Promise<Made> {
    if (members.length === 0) return new Map();
    try {
      const stages = members.map(({ staged }) => staged);
      const folder = this.folders.folderFor(`uv-${++this.#sets}`, stages);
      layOut(folder, members);
      await this.#interpreterShown;
      const output = this.folders.folderBeside(this.workspaceRoot, `uv-dists-${this.#sets}`, stages);
      return await runSet(folder, output, members);
    } catch {
      return new Map();
    }
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function stagedMember(member: Member): StagedMember[] {
  try {
    const staged = member.stage();
    return [{ ...member, staged, isInPlace: !member.isAlone && isStagedAsItLies(staged) }];
  } catch (error) {
    member.reject(error);
    return [];
  }
}

async function deliver(member: StagedMember, built: readonly BuiltFile[] | undefined): Promise<void> {
  member.resolve(built && member.isInPlace ? await withoutStrays(built, member.staged) : built);
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

/** Makes a uv workspace of some packages. */
function layOut(folder: string, members: readonly StagedMember[]): void {
  mkdirSync(folder, { recursive: true });
  const made = new Set<string>();
  const place = linker();
  // Texts first, so that none is written into a file of the tree that another package has linked there.
  const files = members.flatMap(({ staged, isInPlace }) => (isInPlace ? [] : staged.files));
  for (const file of [...files.filter((one) => 'text' in one), ...files.filter((one) => !('text' in one))]) {
    const target = join(folder, file.path);
    if (!made.has(dirname(target))) mkdirSync(dirname(target), { recursive: true });
    made.add(dirname(target));
    if ('text' in file) writeFileSync(target, file.text);
    else place(file, target);
  }
  const roots = members.map(({ staged, isInPlace }) => {
    const root = isInPlace ? staged.tree.split(sep).join('/') : staged.project;
    return root.replaceAll(/[[\]*?]/g, '[$&]');
  });
  writeFileSync(join(folder, 'pyproject.toml'), `[tool.uv.workspace]\nmembers = ${JSON.stringify(roots)}\n`);
}

/** @param output the folder for the dists */
async function runSet(folder: string, output: string, members: readonly StagedMember[]): Promise<Made> {
  const options = ['--quiet', '--out-dir', output, '--no-config', '--offline'];
  const [first] = members;
  if (first) options.push('--python', first.interpreter.path);
  await runUv(['build', '--all-packages', ...options], { cwd: folder, env: { UV_CACHE_DIR: cacheBeside(folder) } });
  return distsByName(output, members);
}

/** uv unpacks each sdist there, and keeps what it knows of the interpreter; nothing else, in such a build. */
function cacheBeside(folder: string): string {
  return join(dirname(folder), 'uv-cache');
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
    const [way = copyFileSync, ...others] = file.executable === undefined ? ways : [copyFileSync];
    try {
      if (way !== symlinkSync || existsSync(file.origin)) way(file.origin, target);
      if (file.executable !== undefined) chmodSync(target, file.executable ? 0o755 : 0o644);
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
