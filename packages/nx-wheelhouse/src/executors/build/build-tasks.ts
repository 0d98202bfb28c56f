/** Build tasks: the engine for a workspace, and what a person reads of each build. */
import type { ExecutorContext } from '@nx/devkit';
import pc from 'picocolors';
import { Builder } from '../../build/build.js';
import type { RecordedFile } from '../../build/dist-record.js';
import { planBuild } from '../../build/plan.js';
import type { TaskReport } from '../task-batch.js';
import { workspaceOfGraph } from '../workspace-of-graph.js';
import { type BuildTaskOptions, buildOptions } from './options.js';

export interface BuildTasks {
  run(project: string, options: BuildTaskOptions): Promise<TaskReport>;
  close(): void;
}

export function openBuilds(context: Pick<ExecutorContext, 'root' | 'projectGraph' | 'isVerbose'>): BuildTasks {
  const workspace = workspaceOfGraph(context);
  const builder = new Builder(workspace);
  return {
    async run(project, options) {
      const started = performance.now();
      const plan = planBuild(workspace, project, buildOptions(project, options));
      const { record, log } = await builder.build(plan);
      const time = `${Math.round(performance.now() - started)} ms`;
      const files = record.files.map((file) => `  ${plan.distFolder}/${file.filename} ${pc.dim(describeFile(file))}\n`);
      const verbose = process.env.NX_VERBOSE_LOGGING === 'true' ? log : '';
      return {
        success: true,
        output: `${verbose}Built ${record.name} ${record.version} with ${plan.backend} in ${time}\n${files.join('')}`,
      };
    },
    close: () => builder.close(),
  };
}

function describeFile({ size, sha256 }: RecordedFile): string {
  return `${(size / 1000).toFixed(1)} kB, sha256 ${sha256.slice(0, 12)}…`;
}
