/** `nx run-many -t publish` and `nx release publish`: all packages of the run in one process, dependencies first. */
import type { ExecutorContext, TaskGraph } from '@nx/devkit';
import { type BatchResult, runTogether } from '../task-batch.js';
import type { PublishTaskOptions } from './options.js';
import { publishProjects } from './publish-tasks.js';

export default function publishBatch(
  taskGraph: TaskGraph,
  inputs: Record<string, PublishTaskOptions>,
  overrides: PublishTaskOptions,
  context: ExecutorContext,
): AsyncGenerator<BatchResult> {
  return runTogether(taskGraph, inputs, overrides, (optionsOf) => publishProjects(context, optionsOf));
}
