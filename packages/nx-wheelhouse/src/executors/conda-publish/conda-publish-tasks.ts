/** conda-publish tasks: those of one run that go to the same place are one batch, looked at as a whole before anything is sent. */
import type { ExecutorContext } from '@nx/devkit';
import pc from 'picocolors';
import { openChannel } from '../../conda/channels/open-channel.js';
import { publishConda } from '../../conda/publish.js';
import { describeError } from '../../errors/user-error.js';
import { reportText } from '../../publish/report.js';
import type { Workspace } from '../../workspace/workspace.js';
import type { ProjectReport } from '../task-batch.js';
import { workspaceOfGraph } from '../workspace-of-graph.js';
import { type CondaDestination, type CondaPublishTaskOptions, condaDestination } from './options.js';

/**
 * @param optionsOf the options of each project that is to be published
 * @returns a report for every project, whatever happens
 */
export async function publishCondaProjects(
  context: Pick<ExecutorContext, 'root' | 'projectGraph'>,
  optionsOf: ReadonlyMap<string, CondaPublishTaskOptions>,
): Promise<readonly ProjectReport[]> {
  const batches = new Map<string, { destination: CondaDestination; projects: string[] }>();
  for (const [project, options] of optionsOf) {
    const destination = condaDestination(options);
    const key = JSON.stringify(destination);
    const batch = batches.get(key) ?? { destination, projects: [] };
    batch.projects.push(project);
    batches.set(key, batch);
  }
  const workspace = workspaceOfGraph(context);
  const reports: ProjectReport[] = [];
  for (const { destination, projects } of batches.values()) {
    reports.push(...(await publishBatch(workspace, projects, destination)));
  }
  return reports;
}

async function publishBatch(
  workspace: Workspace,
  projects: readonly string[],
  destination: CondaDestination,
): Promise<ProjectReport[]> {
  let redact = (text: string) => text;
  try {
    const channel = openChannel(workspace.root, destination);
    redact = channel.redact;
    const { outcomes, warnings } = await publishConda(workspace, projects, channel, destination);
    const notes = warnings.map((warning) => `  ${pc.yellow(warning)}\n`).join('');
    return outcomes.map((outcome) => {
      const advice = destination.dryRun
        ? 'dry run: nothing was sent'
        : `install from it with -c ${channel.installFrom}`;
      const output = reportText(outcome, destination.channel) + notes + (outcome.success ? `  ${advice}\n` : '');
      return { project: outcome.project, success: outcome.success, output: redact(output) };
    });
  } catch (error) {
    return projects.map((project) => ({ project, success: false, output: `${redact(describeError(error))}\n` }));
  }
}
