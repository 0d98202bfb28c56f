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
    // All that are ready at once: the engine gives them their turns, and builds some of them as sets.
    const run = (task: string, project: string) => builds.run(project, { ...inputs[task], ...overrides });
    yield* runBatch(taskGraph, run, Number.POSITIVE_INFINITY);
  } finally {
    await builds.close();
  }
}
