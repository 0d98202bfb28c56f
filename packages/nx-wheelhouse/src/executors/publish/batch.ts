/** `nx run-many -t publish` and `nx release publish`: all packages of the run in one process, dependencies first. */
import type { ExecutorContext, TaskGraph } from '@nx/devkit';
import type { BatchResult } from '../task-batch.js';
import type { PublishTaskOptions } from './options.js';
import { publishProjects } from './publish-tasks.js';

export default async function* publishBatch(
  taskGraph: TaskGraph,
  inputs: Record<string, PublishTaskOptions>,
  overrides: PublishTaskOptions,
  context: ExecutorContext,
): AsyncGenerator<BatchResult> {
  const startTime = Date.now();
  const taskOf = new Map(Object.values(taskGraph.tasks).map(({ id, target }) => [target.project, id]));
  const optionsOf = new Map([...taskOf].map(([project, id]) => [project, { ...inputs[id], ...overrides }]));
  for await (const { project, success, output } of publishProjects(context, optionsOf)) {
    const result = { success, terminalOutput: output, startTime, endTime: Date.now() };
    yield { task: taskOf.get(project) ?? project, result };
  }
}
