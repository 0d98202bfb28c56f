/**
 * `nx run-many -t publish`: all that has to be built is built, then all packages are looked at as one, then they are uploaded.
 *
 * Building and publishing are one executor for this. Nx puts tasks into one batch only where they have the same executor, and starts
 * a task of another one as soon as what it needs is done: with two executors each package is published alone, while others are
 * still being built or cannot be built at all.
 */
import type { ExecutorContext, TaskGraph } from '@nx/devkit';
import buildBatch from '../build/batch.js';
import { type BatchResult, runTogether } from '../task-batch.js';
import type { DistTaskOptions } from './options.js';

/** @param inputs the options of each task; those of the command line are in them, where the task is one that was asked for */
export default async function* distBatch(
  taskGraph: TaskGraph,
  inputs: Record<string, DistTaskOptions>,
  _overridesOfTheLastTask: DistTaskOptions,
  context: ExecutorContext,
): AsyncGenerator<BatchResult> {
  const isPublication = (id: string) => inputs[id]?.operation === 'publish';
  const unbuilt = new Set<string>();
  for await (const built of buildBatch(
    only(taskGraph, (id) => !isPublication(id)),
    inputs,
    {},
    context,
  )) {
    const project = taskGraph.tasks[built.task]?.target.project;
    if (!built.result.success && project !== undefined) unbuilt.add(project);
    yield built;
  }
  const publications = only(taskGraph, isPublication);
  if (Object.keys(publications.tasks).length === 0) return;
  const { publishProjects } = await import('../publish/publish-tasks.js'); // a fourth of all modules, which no build needs
  yield* runTogether(publications, inputs, {}, (optionsOf) => publishProjects(context, optionsOf, unbuilt));
}

function only(taskGraph: TaskGraph, isWanted: (id: string) => boolean): TaskGraph {
  return { ...taskGraph, tasks: Object.fromEntries(Object.entries(taskGraph.tasks).filter(([id]) => isWanted(id))) };
}
