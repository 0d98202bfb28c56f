/** `nx run-many -t conda-publish`: all packages of the run in one process, dependencies first. */
import type { ExecutorContext, TaskGraph } from '@nx/devkit';
import { type BatchResult, runTogether } from '../task-batch.js';
import { publishCondaProjects } from './conda-publish-tasks.js';
import type { CondaPublishTaskOptions } from './options.js';

export default function condaPublishBatch(
  taskGraph: TaskGraph,
  inputs: Record<string, CondaPublishTaskOptions>,
  overrides: CondaPublishTaskOptions,
  context: ExecutorContext,
): AsyncGenerator<BatchResult> {
  return runTogether(taskGraph, inputs, overrides, (optionsOf) => publishCondaProjects(context, optionsOf));
}
