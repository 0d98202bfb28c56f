/** Targets of the executor `nx-wheelhouse:publish`, all of the run in one process. */
import type { ExecutorContext, TaskGraph } from '@nx/devkit';
import type { BatchResult } from '../task-batch.js';
import type { PublishTaskOptions } from './options.js';
import { publishTasks } from './publish-tasks.js';

export default async function* publishBatch(
  taskGraph: TaskGraph,
  inputs: Record<string, PublishTaskOptions>,
  _overridesOfTheLastTask: PublishTaskOptions,
  context: ExecutorContext,
): AsyncGenerator<BatchResult> {
  yield* publishTasks(taskGraph, inputs, context);
}
