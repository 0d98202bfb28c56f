/** Targets of the executor `nx-wheelhouse:publish`, all of the run in one process. */
import type { ExecutorContext, TaskGraph } from '@nx/devkit';
import { type BatchResult, runTogether } from '../task-batch.js';
import type { PublishTaskOptions } from './options.js';
import { publishProjects } from './publish-tasks.js';

export default function publishBatch(
  taskGraph: TaskGraph,
  inputs: Record<string, PublishTaskOptions>,
  _overridesOfTheLastTask: PublishTaskOptions,
  context: ExecutorContext,
): AsyncGenerator<BatchResult> {
  return runTogether(taskGraph, inputs, {}, (optionsOf) => publishProjects(context, optionsOf));
}
