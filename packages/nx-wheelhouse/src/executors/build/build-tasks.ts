/** Build tasks: the engine for a workspace, and what a person reads of each build. */
import type { ExecutorContext } from '@nx/devkit';
import pc from 'picocolors';
import { Builder } from '../../build/build.js';
import { readBuildConstraints } from '../../build/build-constraints.js';
import type { RecordedFile } from '../../build/dist-record.js';
import { planBuild } from '../../build/plan.js';
import type { TaskReport } from '../task-batch.js';
import { workspaceOfGraph } from '../workspace-of-graph.js';
import { type BuildTaskOptions, buildOptions } from './options.js';

export interface BuildTasks {
  /** @param begun is called when it is this project's turn */
  run(project: string, options: BuildTaskOptions, begun?: () => void): Promise<TaskReport>;
  close(): Promise<void>;
}

/** Once per run, and like all that is true of one run only in no task's output, which the cache would repeat: other machines, or this one next month, may build with other versions. */
const UNPINNED = `Build requirements are not pinned; the versions used are in the dist records. To pin them: nx g nx-wheelhouse:build-constraints\n`;

export function openBuilds(context: Pick<ExecutorContext, 'root' | 'projectGraph' | 'isVerbose'>): BuildTasks {
  const workspace = workspaceOfGraph(context);
  const constraints = readBuildConstraints(context.root);
  const builder = new Builder(workspace, constraints);
  let hasToldOfPins = constraints.file !== undefined;
  return {
    async run(project, options, begun) {
      const plan = planBuild(workspace, project, buildOptions(project, options), constraints);
      const { record, notes, log, startTime, interruption } = await builder.build(plan, begun);
      const time = `${Date.now() - startTime} ms`;
      const files = record.files.map((file) => `  ${plan.distFolder}/${file.filename} ${pc.dim(describeFile(file))}\n`);
      const verbose = process.env.NX_VERBOSE_LOGGING === 'true' ? log : '';
      if (!hasToldOfPins) process.stderr.write(UNPINNED);
      hasToldOfPins = true;
      if (interruption !== undefined) process.stderr.write(`${project} was built again: ${interruption}\n`);
      return {
        success: true,
        startTime,
        output: `${verbose}Built ${record.name} ${record.version} with ${plan.backend} in ${time}\n${files.join('')}${notes.map((note) => `  ${note}\n`).join('')}`,
      };
    },
    close: () => builder.close(),
  };
}

function describeFile({ size, sha256 }: RecordedFile): string {
  return `${(size / 1000).toFixed(1)} kB, sha256 ${sha256.slice(0, 12)}…`;
}
