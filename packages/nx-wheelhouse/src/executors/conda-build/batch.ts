/** `nx run-many -t conda-build`: all packages of the run in one process. */
import type { ExecutorContext, TaskGraph } from '@nx/devkit';
import type { CondaBuildOptions } from '../../conda/build.js';
import { type BatchResult, runBatch } from '../task-batch.js';
import { openCondaBuilds } from './conda-build-tasks.js';

export default async function* condaBuildBatch(
  taskGraph: TaskGraph,
  inputs: Record<string, CondaBuildOptions>,
  overrides: CondaBuildOptions,
  context: ExecutorContext,
): AsyncGenerator<BatchResult> {
  const run = openCondaBuilds(context);
  yield* runBatch(taskGraph, (task, project) => run(project, { ...inputs[task], ...overrides }));
}
