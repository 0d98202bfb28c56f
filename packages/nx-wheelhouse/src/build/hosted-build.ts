/** One package's dists through its own PEP 517 backend, in the host of its build environment. */
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { parseRequirement } from '@nx-wheelhouse/python-packaging';
import { isDiskFull } from '../errors/disk-error.js';
import { UserError } from '../errors/user-error.js';
import { type Environment, type EnvironmentRecipe, ensureEnvironment } from '../toolchain/environments.js';
import { findInterpreter, type Interpreter } from '../toolchain/interpreter.js';
import { lastLines } from '../toolchain/run-tool.js';
import { pathIn, type Workspace } from '../workspace/workspace.js';
import { roomFor } from './build-folders.js';
import type { BuildHost, Step, StepsRequest } from './build-host.js';
import { readVerifiedDists } from './dist-record.js';
import { pinReplacements } from './pin-replacements.js';
import type { BuildPlan } from './plan.js';
import type { Stage } from './stage.js';
import { hookOf, isKnownBackend, isPureBackend, mayWarmUp, nextSteps } from './steps.js';
import type { BuiltFile } from './write-dists.js';

/** What a build made, before it is checked and put into its place. */
export interface Made {
  readonly built: readonly BuiltFile[];
  /** the build environment's distributions, `name==version`, sorted */
  readonly buildRequirements: readonly string[];
  /** what the backend printed, of a great deal the end */
  readonly log: string;
}

/** Bytes of a backend's output that are kept: some print without end. */
const LARGEST_LOG = 1 << 20;

/** The host has ended, and every build that it was at with it: nothing tells which of them has brought that about. */
export class HostEnded extends UserError {}

export class HostedBuild {
  readonly #log: string;
  readonly #output: string;

  /** @param folder absolute, for this build alone; the dists are in it until it is removed */
  constructor(
    private readonly plan: BuildPlan,
    private readonly stage: Stage,
    private readonly workspace: Workspace,
    private readonly folder: string,
    private readonly hostOf: (environment: Environment) => BuildHost,
  ) {
    this.#log = join(folder, 'log');
    this.#output = join(folder, 'dist');
  }

  /** @throws {UserError} when the backend fails, or makes something else than it should */
  async run(): Promise<Made> {
    mkdirSync(this.#output, { recursive: true });
    const { built, environment } = await this.#perform(await this.#placed(findInterpreter(this.plan.python)));
    return { built, buildRequirements: environment.distributions, log: this.#readLog() };
  }

  /** Has the steps done, each in an environment that holds what the manifest requires and what the backend asks for on top of it. */
  async #perform(interpreter: Interpreter) {
    const { plan } = this;
    const declared = declaredRecipe(plan, interpreter, this.workspace);
    const built: BuiltFile[] = [];
    let recipe = declared;
    let steps = plan.steps;
    while (steps.length > 0) {
      // What the sdist needed is not there for the wheel: each has what it asks for, as with any front end.
      if (steps[0] === 'requires_wheel') recipe = declared;
      const answer = await this.#request(await this.#ensure(recipe), nextSteps(steps, this.#isPure(recipe)), recipe);
      if (answer.made.sdist !== undefined) built.push(this.#made('sdist', answer.made.sdist));
      if (answer.made.wheel !== undefined) built.push(this.#made('wheel', answer.made.wheel));
      steps = steps.slice(answer.done.length);
      recipe = { ...recipe, requirements: [...recipe.requirements, ...answer.missing] };
    }
    const environment = await this.#ensure(recipe);
    const replacements = await pinReplacements(plan, built);
    if (Object.keys(replacements).length > 0) await this.#request(environment, ['restate'], recipe, replacements);
    return { built, environment };
  }

  async #request(
    environment: Environment,
    steps: readonly Step[],
    recipe: EnvironmentRecipe,
    replacements: StepsRequest['replacements'] = {},
  ) {
    const { backend, backendPath, configSettings, pkg, timeout, memoryLimit } = this.plan;
    const request: StepsRequest = {
      steps,
      backend,
      backendPath,
      configSettings,
      provided: recipe.requirements,
      folder: this.folder,
      project: this.stage.project,
      files: steps[0] === 'stage' ? this.stage.files : [],
      log: this.#log,
      ordered: this.#isPure(recipe),
      replacements,
      unpack: !this.plan.direct && this.plan.steps.includes('wheel'),
      warmUp: mayWarmUp(backend, recipe.requirements.map(parseRequirement)),
      preloadsBackend: isKnownBackend(backend),
      timeout,
      memoryLimit,
    };
    const answer = await this.hostOf(environment).call(request);
    if (answer.ok) return answer;
    const [title, ...more] = this.#inWorkspaceTerms(answer.error).split('\n');
    const said = this.#inWorkspaceTerms(lastLines(this.#readLog(), 60));
    throw new (answer.hostEnded ? HostEnded : UserError)(
      `${backend} failed in ${(answer.step ? [answer.step] : steps).map(hookOf).join(', ')}: ${title}`,
      answer.file
        ? this.#place(pathIn(pkg.root, answer.file), answer.line ?? undefined)
        : this.#place(pkg.manifestFiles[0], pkg.manifest.problems[0]?.at.line),
      this.#fixFor(answer.step, answer.error, said, environment),
      [...more, said].filter(Boolean).join('\n'),
    );
  }

  /** What the backend has asked for on top may be a plugin. */
  #isPure({ requirements }: EnvironmentRecipe): boolean {
    return isPureBackend(this.plan.backend, requirements.map(parseRequirement));
  }

  /**
   * What to do about a failure: a backend is not always to blame.
   * @param printed before the error
   */
  #fixFor(step: Step | undefined, error: string, printed: string, { python }: Environment): string {
    const said = `${error}\n${printed}`;
    if (!existsSync(python))
      return 'run it again: the build environment was removed while it was in use, and is made anew';
    if (isDiskFull(said)) return roomFor(this.folder);
    if (/\bMemoryError\b|Cannot allocate memory/.test(said)) {
      const { memoryLimit } = this.plan;
      if (memoryLimit === null) return 'build it by itself, so that it has all the memory there is';
      return `give it more than the ${memoryLimit / 1_000_000} MB of its option memoryLimit, or have it use less`;
    }
    if (/\(SIGKILL\)|\(signal 9\b/.test(said)) {
      return 'see who has ended the process: the system does so when memory is short, and to be built by itself helps then';
    }
    const isOfWheel = step === 'wheel' || step === 'requires_wheel';
    if (isOfWheel && !this.plan.direct && /^(FileNotFoundError|ModuleNotFoundError)\b/.test(error)) {
      return 'the wheel is built from the unpacked sdist: have the sdist take in what is missing there (MANIFEST.in is where setuptools looks), or set the option `direct` of the target to build it from the sources';
    }
    return 'see what the backend says above; its requirements are those of [build-system] in the manifest';
  }

  #ensure(recipe: EnvironmentRecipe): Promise<Environment> {
    return this.#placed(ensureEnvironment(recipe));
  }

  /** Interpreters and environments know nothing of packages: who needs them is said here. */
  async #placed<T>(tool: Promise<T>): Promise<T> {
    try {
      return await tool;
    } catch (error) {
      throw error instanceof UserError ? error.at(this.#place()) : error;
    }
  }

  #place(file = this.plan.pkg.manifestFiles[0], line = this.plan.pkg.manifest.buildSystem.requires[0]?.at.line) {
    return { project: this.plan.pkg.project, file, line };
  }

  /** The stage and the unpacked sdist will be gone when a person reads their paths. */
  #inWorkspaceTerms(text: string): string {
    const { root } = this.plan.pkg;
    const inside = root === '.' ? '' : `${root}/`;
    const sources = [join(this.folder, 'stage', this.stage.project), ...this.#unpackedTrees()];
    const named = sources.reduce(
      (rest, source) => rest.replaceAll(`${source}${sep}`, inside).replaceAll(source, root),
      text,
    );
    return named.replaceAll(join(this.folder, 'stage') + sep, '');
  }

  #unpackedTrees(): string[] {
    const tree = join(this.folder, 'tree');
    return existsSync(tree) ? readdirSync(tree).map((name) => join(tree, name)) : [];
  }

  /** A hook's answer is a file name; a backend that names a file it has not made has failed. */
  #made(kind: BuiltFile['kind'], filename: string): BuiltFile {
    const made = readdirSync(this.#output).filter((name) => name.endsWith(kind === 'sdist' ? '.tar.gz' : '.whl'));
    if (made.length === 1 && made[0] === filename) return { kind, filename, path: join(this.#output, filename) };
    throw new UserError(
      `${this.plan.backend} said it made the ${kind} "${filename}", but there is ${made.join(', ') || 'none'}.`,
      { project: this.plan.pkg.project },
      'this is a fault of the build backend: try another version of it',
      lastLines(this.#readLog()),
    );
  }

  #readLog(): string {
    return readEnd(this.#log, LARGEST_LOG);
  }
}

/** @returns the environment that the hooks of a build are called in, unless they ask for more */
export async function declaredEnvironment(plan: BuildPlan, workspace: Workspace): Promise<Environment> {
  return ensureEnvironment(declaredRecipe(plan, await findInterpreter(plan.python), workspace));
}

function declaredRecipe(plan: BuildPlan, interpreter: Interpreter, workspace: Workspace): EnvironmentRecipe {
  const localWheels = plan.siblings.flatMap((sibling) =>
    readVerifiedDists(workspace.root, sibling.project, sibling.root, pathIn(sibling.root, 'dist')).dists.filter(
      ({ kind }) => kind === 'wheel',
    ),
  );
  return { interpreter, requirements: plan.requires, constraints: plan.constraints, localWheels };
}

/** The end of a text file, with a word about what is left out; nothing where there is no file. */
function readEnd(path: string, most: number): string {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size <= most) return size === 0 ? '' : readFileSync(path, 'utf8');
  const end = Buffer.alloc(most);
  const file = openSync(path, 'r');
  try {
    readSync(file, end, 0, most, size - most);
  } finally {
    closeSync(file);
  }
  return `(${size - most} bytes of output are left out)\n${end.toString('utf8')}`;
}
