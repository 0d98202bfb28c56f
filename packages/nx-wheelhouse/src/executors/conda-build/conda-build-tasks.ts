/** conda-build tasks: the packages of a run, and what a person reads of each. */
import type { ExecutorContext } from '@nx/devkit';
import pc from 'picocolors';
import { buildConda, type CondaBuildOptions } from '../../conda/build.js';
import { condaFolder } from '../../conda/conda-record.js';
import { packageOfProject } from '../../workspace/package-of-project.js';
import { isSet } from '../option-values.js';
import type { TaskReport } from '../task-batch.js';
import { workspaceOfGraph } from '../workspace-of-graph.js';

export type RunCondaBuild = (project: string, options: CondaBuildOptions) => Promise<TaskReport>;

export function openCondaBuilds(context: Pick<ExecutorContext, 'root' | 'projectGraph'>): RunCondaBuild {
  const workspace = workspaceOfGraph(context);
  return async (project, options) => {
    const { record, notes } = await buildConda(workspace, project, typed(options));
    const folder = condaFolder(packageOfProject(workspace, project).root);
    const files = record.files.map(({ subdir, filename, size, sha256, index }) => {
      const depends = index.depends.map((spec) => `    ${spec}\n`).join('');
      return `  ${folder}/${subdir}/${filename} ${pc.dim(`${(size / 1000).toFixed(1)} kB, sha256 ${sha256.slice(0, 12)}…`)}\n${depends}`;
    });
    const words = notes.map((note) => `  ${pc.yellow(note)}\n`);
    return {
      success: true,
      output: `Built ${record.name} ${record.version} for conda\n${[...files, ...words].join('')}`,
    };
  };
}

/** A batch gets what was typed as the text it was typed as. */
function typed({ buildNumber, test, channels, ...options }: CondaBuildOptions): CondaBuildOptions {
  return {
    ...options,
    buildNumber: buildNumber === undefined ? undefined : Number(buildNumber),
    ...(test === undefined ? {} : { test: isSet('test', test) }),
    ...(channels === undefined ? {} : { channels: [channels].flat() }),
  };
}
