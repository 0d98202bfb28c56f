/** `nx run-many -t test`: the tests of all packages that have to be run, from one process. */
import type { ExecutorContext, TaskGraph } from '@nx/devkit';
import { type BatchResult, runBatch } from '../task-batch.js';
import { openTests, type TestTaskOptions } from './test-tasks.js';

export default async function* testBatch(
  taskGraph: TaskGraph,
  inputs: Record<string, TestTaskOptions>,
  overrides: TestTaskOptions,
  context: ExecutorContext,
): AsyncGenerator<BatchResult> {
  const tests = await openTests(context);
  yield* runBatch(taskGraph, (task, project) => tests.run(project, { ...inputs[task], ...overrides }));
}
