/** `nx run-many -t build`: all packages that have to be built, in one process. */
import type { ExecutorContext, TaskGraph } from '@nx/devkit';
import { type BatchResult, runBatch } from '../task-batch.js';
import { openBuilds } from './build-tasks.js';
import type { BuildTaskOptions } from './options.js';
import { Progress } from './progress.js';

export default async function* buildBatch(
  taskGraph: TaskGraph,
  inputs: Record<string, BuildTaskOptions>,
  overrides: BuildTaskOptions,
  context: ExecutorContext,
): AsyncGenerator<BatchResult> {
  const builds = openBuilds(context);
  const progress = new Progress(Object.keys(taskGraph.tasks).length, writeLine, Boolean(process.env.CI));
  try {
    // All that are ready at once: the engine gives them their turns, and builds some of them as sets.
    const run = (task: string, project: string) =>
      builds.run(project, { ...inputs[task], ...overrides }, () => progress.begun(project));
    for await (const ended of runBatch(taskGraph, run, Number.POSITIVE_INFINITY)) {
      progress.ended(taskGraph.tasks[ended.task]?.target.project ?? '', ended.result.success);
      yield ended;
    }
  } finally {
    progress.close();
    await builds.close();
  }
}

/** Beside the results: what a task prints is kept in the cache, and this is true of one run only. */
function writeLine(line: string): void {
  process.stderr.write(line);
}
