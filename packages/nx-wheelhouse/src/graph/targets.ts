/** The targets that a package gets, one function each, with the reason for its inputs. */
import type { TargetConfiguration } from '@nx/devkit';
import { DIST_VERSION, distRecordPath, distVersionPath, WHEELHOUSE_FOLDER } from '../build/dist-record.js';
import { condaFolder, condaRecordPath } from '../conda/conda-record.js';
import { pathIn } from '../workspace/workspace.js';
import { DISTRIBUTION, type Input, SOURCES, TESTS } from './named-inputs.js';
import type { TargetName, TargetNames } from './options.js';
import { targetMetadata } from './target-metadata.js';
import { BUILD_TOOLCHAIN, programInput, TOOLCHAIN } from './toolchain-inputs.js';

/** A sibling whose version a package writes into its dists. */
interface PinnedSibling {
  readonly project: string;
  /** the external node that stands for its version; `undefined` where only its build tells it */
  readonly versionNode: string | undefined;
}

/** What the targets of one package are made from; siblings by the names of their Nx projects. */
export interface TargetFacts {
  readonly names: TargetNames;
  readonly project: string;
  readonly projectRoot: string;
  /** the command that tells what a version made from git depends on; `undefined` where files tell the version */
  readonly repositoryState: string | undefined;
  /** whether its dists and its tests take in files that git ignores, which other tasks may make */
  readonly hasArtifacts: boolean;
  /** the external node that stands for which of its files are executable; `undefined` where none is */
  readonly executables: string | undefined;
  /** the pins of build requirements that stand among much else: their external node, and the file that they are in; else `undefined` */
  readonly buildPins: { readonly node: string; readonly file: string } | undefined;
  /** whether there is something to build: a virtual project has no dists */
  readonly makesDists: boolean;
  /** whether the manifest states the version; else only a build tells it */
  readonly statesVersion: boolean;
  /** how requirements on siblings are written into the dists, as the user wrote it */
  readonly siblingPins: string;
  /** the siblings whose versions are written into the dists */
  readonly pinned: readonly PinnedSibling[];
  readonly isPrivate: boolean;
  readonly hasTests: boolean;
  /** files above the package that its tests run with */
  readonly testConfiguration: readonly Input[];
  /** the external node that stands for what manifests above the package say to its tests; `undefined` where they are files like others */
  readonly testSettings: string | undefined;
  readonly buildSiblings: readonly string[];
  /** those of them that are in no circle with the package */
  readonly builtFirst: readonly string[];
  readonly testSiblings: readonly string[];
  /** those whose publishing must come before, none of them in a circle with this package; what comes before one of them is left out */
  readonly publishSiblings: readonly string[];
  /** `undefined`: the package does not ask for conda */
  readonly conda:
    | {
        /** what decides on the package beside the wheel: its manifest and those of siblings, relative to the workspace root */
        readonly manifests: readonly string[];
        /** beside the manifest, relative to the workspace root */
        readonly recipes: readonly string[];
        /** those whose conda package must be on the channel before */
        readonly siblings: readonly string[];
        /** the program that tells the plugin's version, relative to the workspace root */
        readonly versionScript: string;
      }
    | undefined;
  /** what the lock says for the package's tests; `undefined` when there is none */
  readonly locked:
    | {
        /** the lock and what it includes, with manifests that say something to packages under it; relative to the workspace root */
        readonly files: readonly string[];
        /** the external node that stands for the closure of the package's tests */
        readonly closure: string;
        /** the project whose lock target stands for all packages under the lock, see lockTarget */
        readonly anchor: string;
      }
    | undefined;
}

/** Only there to select: the lock target's output is never written, see lockTarget. */
const LOCK_CLOSURE = { dependentTasksOutputFiles: '**/closure' };

/** Executors of this plugin. */
const executor = (name: string) => `nx-wheelhouse:${name}`;

/**
 * All targets of a package, under the names the user gave them. Each has an `externalDependencies` entry: without one Nx would hash every
 * npm package into every task.
 */
export function packageTargets(facts: TargetFacts): Record<string, TargetConfiguration> {
  const { names } = facts;
  const makesDists = facts.makesDists && names.build !== false;
  const publishable = makesDists && !facts.isPrivate;
  const targets: Record<keyof TargetNames, TargetConfiguration | undefined> = {
    build: facts.makesDists ? buildTarget(facts) : undefined,
    test: facts.hasTests ? testTarget(facts) : undefined,
    publish: publishable ? publishTarget(facts) : undefined,
    releasePublish: publishable ? releasePublishTarget(facts) : undefined,
    condaBuild: makesDists && facts.conda ? condaBuildTarget(facts, facts.conda) : undefined,
    condaPublish: publishable && facts.conda ? condaPublishTarget(facts, facts.conda) : undefined,
    lock: facts.locked && lockTarget(facts.locked.files, facts.projectRoot),
  };
  return Object.fromEntries(
    (Object.keys(targets) as (keyof TargetNames)[]).flatMap((kind) => {
      const [name, target] = [names[kind], targets[kind]];
      if (name === false || target === undefined) return [];
      return [[name, { ...target, ...targetMetadata(kind, facts.project, name) }]];
    }),
  );
}

/** A sibling's change re-builds a package only where the sibling takes part in the build; the lock has no say in it. */
function buildTarget(facts: TargetFacts): TargetConfiguration {
  const { names, projectRoot, buildSiblings, builtFirst, repositoryState, statesVersion, siblingPins, pinned } = facts;
  const builtBefore = pinned.filter(({ versionNode }) => versionNode === undefined).map((sibling) => sibling.project);
  const pins = buildPinsOf(facts);
  const nodes = [...pinned.map(({ versionNode }) => versionNode), facts.executables, facts.buildPins?.node];
  return {
    executor: executor('dist'),
    ...(siblingPins === 'as-declared' ? {} : { options: { siblingPins } }),
    cache: true,
    inputs: [
      DISTRIBUTION,
      ...ofSiblings(DISTRIBUTION, buildSiblings),
      BUILD_TOOLCHAIN,
      ...(repositoryState === undefined ? [] : [{ runtime: repositoryState }]),
      { externalDependencies: nodes.filter((node) => node !== undefined) },
      ...(builtBefore.length > 0 ? [{ dependentTasksOutputFiles: `**/${DIST_VERSION}` }] : []),
      ...pins.inputs,
      ...(facts.hasArtifacts ? madeIn(projectRoot) : []),
    ],
    outputs: [
      '{projectRoot}/dist',
      `{workspaceRoot}/${distRecordPath(projectRoot)}`,
      // What it is for, siblings' hashes, a stated version does without; and each file is one more to bring back from the cache.
      ...(statesVersion ? [] : [`{workspaceRoot}/${distVersionPath(projectRoot)}`]),
    ],
    ...dependsOn([
      ...afterSiblings(names.build, [...new Set([...builtFirst, ...builtBefore])]),
      ...afterSiblings(names.lock, pins.after),
    ]),
  };
}

/**
 * How pins that stand among much else select the builds: through the lock anchor, because as an input of the build itself the file would
 * build everything anew for whatever changes in it. Where there is no anchor, it has to; and where the version comes from git, every
 * commit that selects a build gives it another one, so that the anchor would cost a build for each change of the lock.
 */
function buildPinsOf(facts: TargetFacts): { inputs: Input[]; after: readonly string[] } {
  const { names, buildPins, locked, repositoryState } = facts;
  if (buildPins === undefined) return { inputs: [], after: [] };
  const isAnchored = locked !== undefined && names.lock !== false && repositoryState === undefined;
  return isAnchored
    ? { inputs: [LOCK_CLOSURE], after: [locked.anchor] }
    : { inputs: [`{workspaceRoot}/${buildPins.file}`], after: [] };
}

/** Tests run with the sources of all siblings that the package declares, and of what those need at run time, and with the locked closure. */
function testTarget({
  names,
  projectRoot,
  hasArtifacts,
  testSiblings,
  testConfiguration,
  testSettings,
  locked,
}: TargetFacts): TargetConfiguration {
  return {
    executor: executor('test'),
    cache: true,
    inputs: [
      TESTS,
      ...ofSiblings(SOURCES, testSiblings),
      ...testConfiguration,
      TOOLCHAIN,
      { externalDependencies: [locked?.closure, testSettings].filter((node) => node !== undefined) },
      ...(locked && names.lock !== false ? [LOCK_CLOSURE] : []),
      ...(hasArtifacts ? madeIn(projectRoot) : []),
    ],
    ...dependsOn(afterSiblings(names.lock, locked ? [locked.anchor] : [])),
  };
}

/**
 * Never cached: whether a file is on an index is nothing a cache can know. The same executor as the build, so that Nx makes one batch
 * of all builds and publications of a run, see executors/dist/batch.ts; for that, no input may be an output of another task either:
 * Nx holds such a task back until that task has run. The siblings go where the package goes, whatever was typed.
 */
function publishTarget({ names, publishSiblings }: TargetFacts): TargetConfiguration {
  return {
    executor: executor('dist'),
    options: { operation: 'publish' },
    cache: false,
    inputs: [DISTRIBUTION, { externalDependencies: [] }],
    ...dependsOn([...buildFirst(names), ...afterSiblings(names.publish, publishSiblings, 'forward')]),
  };
}

/** What `nx release publish` calls. It drops `dependsOn`, so the executor itself asks for built files. */
function releasePublishTarget({ names }: TargetFacts): TargetConfiguration {
  return {
    executor: executor('dist'),
    options: { operation: 'publish' },
    cache: false,
    inputs: [DISTRIBUTION, { externalDependencies: [] }],
    ...dependsOn(buildFirst(names)),
  };
}

/** What a recipe's own build takes from beside the recipe. */
const RECIPE_PARTS = ['{build.sh,build.bat,bld.bat,variants.yaml,conda_build_config.yaml}', '**/*.{patch,diff}'];

/** Made from the wheel alone, whichever Python is there: the same wheel, made anew, changes nothing. */
function condaBuildTarget(
  { names, projectRoot }: TargetFacts,
  { manifests, recipes, versionScript }: NonNullable<TargetFacts['conda']>,
): TargetConfiguration {
  return {
    executor: executor('conda-build'),
    cache: true,
    inputs: [
      { dependentTasksOutputFiles: '**/*.whl' },
      ...[...manifests, ...recipes].map((file) => `{workspaceRoot}/${file}`),
      ...(recipes.length > 0 ? RECIPE_PARTS.map((pattern) => `{projectRoot}/${pattern}`) : []),
      // A recipe's own build may compile: what it makes is of this machine.
      recipes.length > 0 ? TOOLCHAIN : { runtime: programInput(versionScript) },
      { env: 'SOURCE_DATE_EPOCH' },
      { externalDependencies: [] },
    ],
    outputs: [`{workspaceRoot}/${condaFolder(projectRoot)}`, `{workspaceRoot}/${condaRecordPath(projectRoot)}`],
    ...dependsOn(buildFirst(names)),
  };
}

/** Never cached, as publishing never is. */
function condaPublishTarget(
  { names }: TargetFacts,
  { siblings }: NonNullable<TargetFacts['conda']>,
): TargetConfiguration {
  return {
    executor: executor('conda-publish'),
    cache: false,
    inputs: [{ dependentTasksOutputFiles: '**/*' }, { externalDependencies: [] }],
    ...dependsOn([
      ...(names.condaBuild === false ? [] : [names.condaBuild]),
      ...afterSiblings(names.condaPublish, siblings),
    ]),
  };
}

/**
 * The lock anchor. `nx affected` looks at files only, and which closure a change of the lock changes is no file: so the lock is an
 * input of this task, which does nothing, and declares an output that nothing ever writes. A changed lock selects the targets
 * behind it; what executes is decided by the closures' hashes. So it is with what
 * tests and pins of build requirements take from manifests above the packages.
 *
 * Every package has the target, because Nx's older way of selecting asks each project; but all tests under a lock depend on that of
 * one package only, so that they are ready at once and run as one batch.
 */
function lockTarget(files: readonly string[], projectRoot: string): TargetConfiguration {
  const folder = projectRoot === '.' ? WHEELHOUSE_FOLDER : `${WHEELHOUSE_FOLDER}/${projectRoot}`;
  return {
    executor: 'nx:noop',
    cache: true,
    inputs: [...files.map((file) => `{workspaceRoot}/${file}`), { externalDependencies: [] }],
    outputs: [`{workspaceRoot}/${folder}/closure`],
  };
}

/** What tasks that come before make in the package's folder: with this, Nx hashes the package after they have run. */
function madeIn(projectRoot: string): Input[] {
  return [{ dependentTasksOutputFiles: pathIn(projectRoot, '**/*') }];
}

function ofSiblings(input: string, projects: readonly string[]): Input[] {
  return projects.length > 0 ? [{ input, projects: [...projects] }] : [];
}

function afterSiblings(
  target: TargetName,
  projects: readonly string[],
  params: 'ignore' | 'forward' = 'ignore',
): NonNullable<TargetConfiguration['dependsOn']> {
  if (target === false || projects.length === 0) return [];
  return [{ target, projects: [...projects], ...(params === 'forward' ? { params } : {}) }];
}

function buildFirst({ build }: TargetNames): string[] {
  return build === false ? [] : [build];
}

function dependsOn(
  dependencies: NonNullable<TargetConfiguration['dependsOn']>,
): Pick<TargetConfiguration, 'dependsOn'> {
  return dependencies.length > 0 ? { dependsOn: dependencies } : {};
}
