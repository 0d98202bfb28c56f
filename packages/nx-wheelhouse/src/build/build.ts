/** Builds packages: sdist from the staged sources, wheel from the unpacked sdist, both through the package's own backend. */
import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { delimiter } from 'node:path';
import { type NormalizedName, parseSdistFilename, parseWheelFilename } from '@nx-wheelhouse/python-packaging';
import { explainDiskError } from '../errors/disk-error.js';
import { UserError } from '../errors/user-error.js';
import type { Environment } from '../toolchain/environments.js';
import { findInterpreter } from '../toolchain/interpreter.js';
import { pythonWith } from '../toolchain/python-with-tools.js';
import { ReadmeRenderer } from '../toolchain/readme-renderer.js';
import { uvVersion } from '../toolchain/uv.js';
import type { Workspace } from '../workspace/workspace.js';
import { type BuildConstraints, formatConstraints } from './build-constraints.js';
import { BuildFolders, nameOfBuild } from './build-folders.js';
import { BuildHost } from './build-host.js';
import { checkDists } from './check-dists.js';
import type { DistRecord } from './dist-record.js';
import { ForeignModules } from './foreign-modules.js';
import { declaredEnvironment, HostEnded, HostedBuild, type Made } from './hosted-build.js';
import { optimizeLater } from './optimize-later.js';
import type { BuildPlan } from './plan.js';
import { repairWheels } from './repair-wheels.js';
import { RepositoryViews } from './repository-view.js';
import { Slots } from './slots.js';
import { Sources, type Stage } from './stage.js';
import { UvBuildSets } from './uv-build-set.js';
import { type BuiltFile, writeDists } from './write-dists.js';

export interface BuildResult {
  readonly record: DistRecord;
  /** what a person should know that stops nothing */
  readonly notes: readonly string[];
  /** what the backend printed, of a great deal the end */
  readonly log: string;
  /** milliseconds since 1970, when it was this package's turn */
  readonly startTime: number;
  /** why it had to be built a second time */
  readonly interruption?: string;
}

const ENDING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Builds any number of packages of one workspace at once, sharing one host per build environment. */
export class Builder {
  readonly #hosts = new Map<string, BuildHost>();
  readonly #folders = new BuildFolders();
  readonly #uvSets: UvBuildSets;
  /** More than there are processors, so that none waits while a build reads or writes. */
  readonly #slots = new Slots(availableParallelism() + 2);
  readonly #repositories = new RepositoryViews(this.#folders.onDisk('git'));
  readonly #readmes: ReadmeRenderer;
  readonly #foreignModules: ForeignModules;
  /** the distributions of the workspace */
  readonly #names: ReadonlySet<NormalizedName>;
  #sources: Sources | undefined;
  #isClosed = false;

  /** @param constraints pins of build requirements; they hold for the tools of the checks too */
  constructor(
    private readonly workspace: Workspace,
    constraints: BuildConstraints,
  ) {
    optimizeLater();
    this.#uvSets = new UvBuildSets(this.#folders, workspace.root, () => void this.#allSources());
    const pins = formatConstraints(constraints, new Set());
    this.#names = new Set([...workspace.packages.values()].map(({ name }) => name));
    this.#readmes = new ReadmeRenderer(() => pythonWith(['readme-renderer'], workspace.root, pins));
    this.#foreignModules = new ForeignModules(workspace, (pkg) => this.#allSources().filesOf(pkg));
    for (const signal of ENDING_SIGNALS) process.prependOnceListener(signal, this.#tidyUp);
  }

  /**
   * @param begun is called when it is this package's turn
   * @throws {UserError} when the backend fails, or makes something else than it should
   */
  async build(plan: BuildPlan, begun = () => {}): Promise<BuildResult> {
    try {
      return await this.#build(plan, begun);
    } catch (error) {
      throw explainDiskError(error, { project: plan.pkg.project });
    }
  }

  async #build(plan: BuildPlan, begun: () => void): Promise<BuildResult> {
    const startTime = Date.now();
    const stage = () => this.#allSources().stageOf(plan.pkg, plan.pins);
    const built = await this.#uvSets.build(plan, stage);
    if (built !== undefined) {
      const made = { built, buildRequirements: [`uv_build==${await uvVersion()}`], log: '' };
      return { ...(await this.#write(plan, made)), log: '', startTime };
    }
    return this.#slots.use(async () => {
      if (this.#isClosed)
        throw new UserError('Not built.', { project: plan.pkg.project }, 'the run was ended: run it again');
      begun();
      const startTime = Date.now();
      if (this.#sources === undefined) await this.#startHost(plan);
      const staged = stage();
      try {
        return { ...(await this.#buildInHost(plan, staged)), startTime };
      } catch (error) {
        if (!(error instanceof HostEnded) || this.#isClosed) throw error;
        // Whoever brought it down does so again, now alone; the others were bystanders.
        return { ...(await this.#buildInHost(plan, staged, true)), startTime, interruption: error.title };
      }
    });
  }

  /** So that the host makes itself ready while git is asked for the sources. */
  async #startHost(plan: BuildPlan): Promise<void> {
    try {
      this.#host(await declaredEnvironment(plan, this.workspace), '');
    } catch {
      // The build, which needs it now, fails with the same words and says whose it is.
    }
  }

  /** @param isAlone whether it shares its hosts with no other build */
  async #buildInHost(plan: BuildPlan, staged: Stage, isAlone = false): Promise<Omit<BuildResult, 'startTime'>> {
    const name = nameOfBuild(plan.pkg.project);
    const folder = this.#folders.folderFor(name, [staged]);
    try {
      const hostOf = (environment: Environment) => this.#host(environment, isAlone ? name : '');
      const made = await new HostedBuild(plan, staged, this.workspace, folder, hostOf).run();
      const built = await repairWheels(plan, made.built, folder);
      return { ...(await this.#write(plan, { ...made, built })), log: made.log };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** Ends the hosts and removes everything temporary. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const signal of ENDING_SIGNALS) process.off(signal, this.#tidyUp);
    await Promise.all([...this.#hosts.values(), this.#readmes].map((one) => one.close()));
    this.#folders.remove();
  }

  /**
   * At Ctrl-C, or when a job of CI is given up. The hosts go first: what they are at would be written again. Whoever else listens, Nx or who
   * has tokens to give back, ends the process in its own time.
   */
  readonly #tidyUp = (signal: NodeJS.Signals): void => {
    this.#isClosed = true;
    try {
      for (const host of this.#hosts.values()) void host.close();
      this.#folders.remove();
    } finally {
      if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
    }
  };

  /** Git is asked once, and only when there is something to build. */
  #allSources(): Sources {
    this.#sources ??= new Sources(this.workspace, this.#repositories);
    return this.#sources;
  }

  async #write(plan: BuildPlan, { built, buildRequirements }: Made): Promise<Pick<BuildResult, 'record' | 'notes'>> {
    const notes: string[] = [];
    const isKnown = (path: string) => this.#allSources().isCommitted(plan.pkg, path);
    await checkDists(plan, built, this.#names, this.#foreignModules, isKnown, async (readme) => {
      try {
        return await this.#readmes.problem(readme);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        notes.push(`The readme was not checked: ${error.title}`);
        return undefined;
      }
    });
    const python = (await findInterpreter(plan.python)).identity;
    const about = { ...identityOf(plan, built), tools: { python, backend: plan.backend, buildRequirements } };
    const kept = plan.format === 'wheel' ? built.filter(({ kind }) => kind === 'wheel') : built;
    const record = writeDists(this.workspace.root, plan.pkg, plan.distFolder, kept, about);
    for (const { filename, notPublic } of record.files) {
      if (notPublic !== undefined) notes.push(`No public index takes ${filename}: ${notPublic}.`);
    }
    return { record, notes };
  }

  /** @param user the build that it is for alone; empty for all others */
  #host(environment: Environment, user: string): BuildHost {
    const key = [environment.folder, user].join(delimiter);
    const running = this.#hosts.get(key);
    if (running?.isAlive) return running;
    const host = new BuildHost(environment);
    this.#hosts.set(key, host);
    return host;
  }
}

/** The name and version that all files of this build agree on. */
function identityOf(plan: BuildPlan, built: readonly BuiltFile[]): { name: string; version: string } {
  const identities = built.map(({ kind, filename }) =>
    kind === 'sdist' ? parseSdistFilename(filename) : parseWheelFilename(filename),
  );
  const [first] = identities;
  if (first && identities.every(({ name, version }) => name === first.name && version === first.version)) {
    return { name: first.name, version: first.version };
  }
  throw new UserError(
    `The sdist and the wheel do not agree on name and version: ${built.map(({ filename }) => filename).join(', ')}.`,
    { project: plan.pkg.project, file: plan.pkg.manifestFiles[0] },
    'make the version a fixed one, or one that is computed from files that the sdist carries',
  );
}
