/** `nx run-many -t build`: all packages that have to be built, in one process. */
import type { ExecutorContext, TaskGraph } from '@nx/devkit';
import { type BatchResult, runBatch } from '../task-batch.js';
import { openBuilds } from './build-tasks.js';
import type { BuildTaskOptions } from './options.js';

export default async function* buildBatch(
  taskGraph: TaskGraph,
  inputs: Record<string, BuildTaskOptions>,
  overrides: BuildTaskOptions,
  context: ExecutorContext,
): AsyncGenerator<BatchResult> {
  const builds = openBuilds(context);
  try {
    yield* runBatch(taskGraph, (task, project) => builds.run(project, { ...inputs[task], ...overrides }));
  } finally {
    builds.close();
  }
}
