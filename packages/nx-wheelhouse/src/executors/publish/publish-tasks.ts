/** Publish tasks: those of one run that go to the same place are one batch, looked at as a whole before anything is sent. */
import type { ExecutorContext } from '@nx/devkit';
import { describeError } from '../../errors/user-error.js';
import { collectPackages } from '../../publish/collect.js';
import { checkInstallation, type InstallCheck } from '../../publish/install-check.js';
import type { IndexAccess } from '../../publish/listing.js';
import { type OpenIndex, openIndex } from '../../publish/open-index.js';
import type { PackageOutcome } from '../../publish/outcome.js';
import { publish } from '../../publish/publish.js';
import { reportText } from '../../publish/report.js';
import { chooseUploader } from '../../publish/uploaders/choose.js';
import { findInterpreter, type Interpreter } from '../../toolchain/interpreter.js';
import { pythonWith, pythonWithTools } from '../../toolchain/python-with-tools.js';
import type { ProjectReport } from '../task-batch.js';
import { workspaceOfGraph } from '../workspace-of-graph.js';
import { type Destination, destinationOf, type PublishTaskOptions, reasonToSkip } from './options.js';
import { refuse, withoutOtherVersions } from './released-versions.js';
import { writeReport } from './write-report.js';

/**
 * @param optionsOf the options of each project that is to be published
 * @param unbuilt projects whose build has failed in this run
 * @returns a report for every project, as its publication ends, whatever happens
 */
export async function* publishProjects(
  context: Pick<ExecutorContext, 'root' | 'projectGraph'>,
  optionsOf: ReadonlyMap<string, PublishTaskOptions>,
  unbuilt: ReadonlySet<string> = new Set(),
): AsyncGenerator<ProjectReport> {
  const batches = new Map<string, { destination: Destination; projects: string[] }>();
  for (const [project, options] of optionsOf) {
    const reason = reasonToSkip(project, options);
    if (reason !== undefined) {
      yield { project, success: true, output: `${reason}\n` };
      continue;
    }
    const destination = destinationOf(options);
    const key = JSON.stringify(destination);
    const batch = batches.get(key) ?? { destination, projects: [] };
    batch.projects.push(project);
    batches.set(key, batch);
  }
  for (const { destination, projects } of batches.values()) {
    yield* publishBatch(context, destination, projects, optionsOf, unbuilt);
  }
}

async function* publishBatch(
  context: Pick<ExecutorContext, 'root' | 'projectGraph'>,
  destination: Destination,
  projects: readonly string[],
  optionsOf: ReadonlyMap<string, PublishTaskOptions>,
  unbuilt: ReadonlySet<string>,
): AsyncGenerator<ProjectReport> {
  const left = new Set(projects);
  const startedAt = new Date().toISOString();
  const reported: PackageOutcome[] = [];
  let index: OpenIndex | undefined;
  try {
    const collection = collectPackages(workspaceOfGraph(context), projects, distFoldersOf(optionsOf), unbuilt);
    const python = () => pythonWithTools(context.root);
    index = await openIndex(context.root, destination, python);
    const uploader = chooseUploader(destination.uploader, python);
    const pythonToSign = () => pythonWith(['pypi-attestations'], context.root, []);
    const options = { ...destination, uploader, pythonWithTools: python, pythonToSign };
    const { collection: released, others } = withoutOtherVersions(collection, optionsOf);
    const wanted = destination.dryRun ? released : refuse(released, others);
    // The dry run of a release has versioned and built nothing: what lies there says nothing of what it would publish.
    for (const [project, { released: version }] of destination.dryRun ? others : []) {
      left.delete(project);
      yield { project, success: true, output: `Version ${version} would be built and published: nothing was sent.\n` };
    }
    const outcomes = publish(wanted, index.access, options, index.problems);
    const { isInstallAsked } = destination;
    const check = destination.dryRun ? undefined : destination.verifyInstall;
    for await (const outcome of check
      ? installed(outcomes, index.access, context.root, check, isInstallAsked)
      : outcomes) {
      const shown = { ...outcome, problems: outcome.problems.map(index.redact) };
      const text = reportText(shown, destination.repository) + closing(index, destination, outcome.success);
      left.delete(outcome.project);
      reported.push(shown);
      yield { project: outcome.project, success: outcome.success, output: text };
    }
    if (!destination.dryRun) {
      writeReport(context.root, {
        format: 1,
        repository: destination.repository,
        uploadUrl: index.access.repository.uploadUrl,
        startedAt,
        endedAt: new Date().toISOString(),
        success: reported.every(({ success }) => success),
        packages: reported,
      });
    }
  } catch (error) {
    for (const project of left)
      yield { project, success: false, output: `${index?.redact(describeError(error)) ?? describeError(error)}\n` };
  } finally {
    await index?.close();
  }
}

/**
 * Holds the outcomes back until everything that was published has been installed together.
 * @param always also where nothing was sent in this run
 */
async function* installed(
  outcomes: AsyncIterable<PackageOutcome>,
  access: IndexAccess,
  folder: string,
  check: InstallCheck,
  always: boolean,
): AsyncGenerator<PackageOutcome> {
  const all: PackageOutcome[] = [];
  for await (const outcome of outcomes) all.push(outcome);
  const isWorthIt = always || all.some(({ files }) => files.some(({ state }) => state === 'uploaded'));
  const releases = all.flatMap(({ project, release, success, files }) =>
    success && release !== undefined ? [{ project, ...release, sha256: files.map(({ sha256 }) => sha256) }] : [],
  );
  const problems =
    !isWorthIt || releases.length === 0
      ? new Map()
      : await checkInstallation(releases, access, await interpreterOf(folder), check);
  for (const outcome of all) {
    const problem = problems.get(outcome.project);
    yield problem === undefined ? outcome : { ...outcome, success: false, problems: [problem] };
  }
}

function distFoldersOf(optionsOf: ReadonlyMap<string, PublishTaskOptions>): ReadonlyMap<string, string> {
  const folders = new Map<string, string>();
  for (const [project, { distFolder }] of optionsOf) if (distFolder !== undefined) folders.set(project, distFolder);
  return folders;
}

function closing({ advice }: OpenIndex, { dryRun }: Destination, success: boolean): string {
  if (!success) return '';
  if (dryRun) return '  dry run: nothing was sent\n';
  return advice === undefined ? '' : `  ${advice}\n`;
}

function interpreterOf(folder: string): Promise<Interpreter> {
  return findInterpreter({ request: undefined, folder, requiresPython: undefined });
}
