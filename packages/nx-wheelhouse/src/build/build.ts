/** Builds packages: sdist from the staged sources, wheel from the unpacked sdist, both through the package's own backend. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, sep } from 'node:path';
import { parseSdistFilename, parseWheelFilename } from '@nx-wheelhouse/python-packaging';
import { UserError } from '../errors/user-error.js';
import { type Environment, type EnvironmentRecipe, ensureEnvironment } from '../toolchain/environments.js';
import { findInterpreter, type Interpreter } from '../toolchain/interpreter.js';
import { lastLines } from '../toolchain/run-tool.js';
import { listFiles, type WorkspaceFiles } from '../workspace/files.js';
import { packageFolders } from '../workspace/ownership.js';
import { pathIn, type Workspace } from '../workspace/workspace.js';
import { BuildHost, type HookCall } from './build-host.js';
import { type DistRecord, readVerifiedDists } from './dist-record.js';
import type { BuildPlan } from './plan.js';
import { makeManifestPortable } from './portable-manifest.js';
import { prefixInRepository, RepositoryViews } from './repository-view.js';
import { stagePackage } from './stage.js';
import { type BuiltFile, writeDists } from './write-dists.js';

export interface BuildResult {
  readonly record: DistRecord;
  /** everything the backend printed */
  readonly log: string;
}

/** Builds any number of packages of one workspace, sharing one host per build environment. */
export class Builder {
  readonly #hosts = new Map<string, BuildHost>();
  readonly #temporary = mkdtempSync(join(tmpdir(), 'nx-wheelhouse-build-'));
  readonly #repositories = new RepositoryViews(join(this.#temporary, 'git'));
  #sources: Sources | undefined;
  #builds = 0;

  constructor(private readonly workspace: Workspace) {}

  /** @throws {UserError} when the backend fails, or makes something else than it should */
  async build(plan: BuildPlan): Promise<BuildResult> {
    const folder = join(this.#temporary, String(++this.#builds));
    mkdirSync(join(folder, 'dist'), { recursive: true });
    try {
      return await new Build(plan, folder, this.workspace, (environment) => this.#host(environment)).run(
        this.#lookUpSources(),
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** Ends the hosts and removes everything temporary. */
  close(): void {
    for (const host of this.#hosts.values()) host.kill();
    rmSync(this.#temporary, { recursive: true, force: true });
  }

  #lookUpSources(): Sources {
    this.#sources ??= {
      files: listFiles(this.workspace.root),
      packageFolders: packageFolders(this.workspace),
      prefix: prefixInRepository(this.workspace.root),
      repositories: this.#repositories,
    };
    return this.#sources;
  }

  #host(environment: Environment): BuildHost {
    const host = this.#hosts.get(environment.folder) ?? new BuildHost(environment);
    this.#hosts.set(environment.folder, host);
    return host;
  }
}

interface Sources {
  readonly files: WorkspaceFiles;
  readonly packageFolders: readonly string[];
  /** where the workspace lies in its git repository, see prefixInRepository */
  readonly prefix: string;
  readonly repositories: RepositoryViews;
}

/** One build of one package. */
class Build {
  readonly #log: string;
  readonly #output: string;

  constructor(
    private readonly plan: BuildPlan,
    private readonly folder: string,
    private readonly workspace: Workspace,
    private readonly hostOf: (environment: Environment) => BuildHost,
  ) {
    this.#log = join(folder, 'log');
    this.#output = join(folder, 'dist');
  }

  async run({ files, packageFolders, prefix, repositories }: Sources): Promise<BuildResult> {
    const { plan, workspace } = this;
    const interpreter = await findInterpreter(plan.python);
    const stage = join(this.folder, 'stage', prefix);
    const source = stagePackage(workspace.root, plan.pkg, files, packageFolders, stage);
    makeManifestPortable(source, plan.pkg, workspace);
    if (plan.pkg.manifest.version.kind === 'dynamic') repositories.attach(join(workspace.root, plan.pkg.root), source);

    const unpacked = join(this.folder, 'sdist');
    const forSdist = await this.#environmentFor('requires_sdist', source, interpreter);
    const sdist = this.#made('sdist', await this.#call(forSdist, 'build_sdist', source, unpacked));
    const built = plan.format === 'wheel' ? [] : [sdist];
    let environment = forSdist;
    if (plan.format !== 'sdist') {
      const tree = join(unpacked, readdirSync(unpacked)[0] ?? '');
      environment = await this.#environmentFor('requires_wheel', tree, interpreter);
      built.push(this.#made('wheel', await this.#call(environment, 'build_wheel', tree, undefined)));
    }

    const { name, version } = this.#identity(built);
    const tools = { python: interpreter.identity, backend: plan.backend, buildRequirements: environment.distributions };
    const about = { name, version, tools };
    const record = writeDists(workspace.root, plan.pkg.project, plan.pkg.root, plan.distFolder, built, about);
    return { record, log: this.#readLog() };
  }

  /** The environment for a hook: what the manifest requires, and what the backend asks for on top of it. */
  async #environmentFor(
    hook: 'requires_sdist' | 'requires_wheel',
    source: string,
    interpreter: Interpreter,
  ): Promise<Environment> {
    const localWheels = this.plan.siblings.flatMap((sibling) => {
      const folder = sibling.root === '.' ? 'dist' : `${sibling.root}/dist`;
      return readVerifiedDists(this.workspace.root, sibling.project, sibling.root, folder).dists.filter(
        ({ kind }) => kind === 'wheel',
      );
    });
    const declared = await this.#ensure({ interpreter, requirements: this.plan.requires, localWheels });
    const asked = (await this.#call(declared, hook, source, undefined)) as readonly string[];
    const missing = asked.filter((requirement) => !this.plan.requires.includes(requirement));
    if (missing.length === 0) return declared;
    return this.#ensure({ interpreter, requirements: [...this.plan.requires, ...missing], localWheels });
  }

  /** An environment knows nothing of packages: who needs it is said here. */
  async #ensure(recipe: EnvironmentRecipe): Promise<Environment> {
    try {
      return await ensureEnvironment(recipe);
    } catch (error) {
      throw error instanceof UserError ? error.at(this.#place()) : error;
    }
  }

  #place(file = this.plan.pkg.manifestFiles[0], line = this.plan.pkg.manifest.buildSystem.requires[0]?.at.line) {
    return { project: this.plan.pkg.project, file, line };
  }

  async #call(environment: Environment, operation: HookCall['operation'], source: string, unpack: string | undefined) {
    const { backend, backendPath, pkg } = this.plan;
    const call = { operation, backend, backendPath, source, output: this.#output, unpack, log: this.#log };
    const answer = await this.hostOf(environment).call(call);
    if (answer.ok) return answer.value;
    const [title, ...more] = this.#inWorkspaceTerms(answer.error, source).split('\n');
    const said = this.#inWorkspaceTerms(lastLines(this.#readLog(), 60), source);
    throw new UserError(
      `${backend} failed in ${operation}: ${title}`,
      answer.file
        ? this.#place(pathIn(pkg.root, answer.file), answer.line ?? undefined)
        : this.#place(pkg.manifestFiles[0], pkg.manifest.problems[0]?.at.line),
      'see what the backend says above; its requirements are those of [build-system] in the manifest',
      [...more, said].filter(Boolean).join('\n'),
    );
  }

  /** The stage and the unpacked sdist will be gone when a person reads their paths. */
  #inWorkspaceTerms(text: string, source: string): string {
    const folder = this.plan.pkg.root === '.' ? '' : `${this.plan.pkg.root}/`;
    const inStage = text.replaceAll(`${source}${sep}`, folder).replaceAll(source, this.plan.pkg.root);
    return inStage.replaceAll(join(this.folder, 'stage') + sep, '');
  }

  /** A hook's answer is a file name; a backend that names a file it has not made has failed. */
  #made(kind: BuiltFile['kind'], value: string | readonly string[]): BuiltFile {
    const filename = typeof value === 'string' ? basename(value) : '';
    const made = readdirSync(this.#output).filter((name) => name.endsWith(kind === 'sdist' ? '.tar.gz' : '.whl'));
    if (made.length === 1 && made[0] === filename) return { kind, filename, path: join(this.#output, filename) };
    throw new UserError(
      `${this.plan.backend} said it made the ${kind} "${filename}", but there is ${made.join(', ') || 'none'}.`,
      { project: this.plan.pkg.project },
      'this is a fault of the build backend: try another version of it',
      lastLines(this.#readLog()),
    );
  }

  /** The name and version that all files of this build agree on. */
  #identity(built: readonly BuiltFile[]): { name: string; version: string } {
    const identities = built.map(({ kind, filename }) =>
      kind === 'sdist' ? parseSdistFilename(filename) : parseWheelFilename(filename),
    );
    const [first] = identities;
    if (first && identities.every(({ name, version }) => name === first.name && version === first.version)) {
      return { name: first.name, version: first.version };
    }
    throw new UserError(
      `The sdist and the wheel do not agree on name and version: ${built.map(({ filename }) => filename).join(', ')}.`,
      { project: this.plan.pkg.project, file: this.plan.pkg.manifestFiles[0] },
      'make the version a fixed one, or one that is computed from files that the sdist carries',
    );
  }

  #readLog(): string {
    try {
      return readFileSync(this.#log, 'utf8');
    } catch {
      return ''; // nothing was printed
    }
  }
}
