/** Runs the tasks of one Nx batch: each as soon as the tasks of the batch that it needs are done, a result for every task whatever happens. */
import { availableParallelism } from 'node:os';
import type { TaskGraph } from '@nx/devkit';
import { describeError } from '../errors/user-error.js';

/** What became of one task, as a person reads it. */
export interface TaskReport {
  readonly success: boolean;
  readonly output: string;
  /** milliseconds since 1970, where the task had to wait for its turn; else it started when it was called */
  readonly startTime?: number;
}

/** What became of a project's task, where many are run as one. */
export interface ProjectReport extends TaskReport {
  readonly project: string;
}

/** The form in which Nx takes results from a batch executor. */
export interface BatchResult {
  readonly task: string;
  readonly result: {
    readonly success: boolean;
    readonly terminalOutput: string;
    /** milliseconds since 1970 */
    readonly startTime: number;
    readonly endTime: number;
  };
}

/**
 * @param run does one task; what it throws becomes the task's failure
 * @param parallel how many at a time
 * @returns the results in the order in which the tasks end
 */
export async function* runBatch(
  taskGraph: TaskGraph,
  run: (taskId: string, project: string) => Promise<TaskReport>,
  parallel = availableParallelism(),
): AsyncGenerator<BatchResult> {
  const waiting = new Set(Object.keys(taskGraph.tasks));
  const succeeded = new Map<string, boolean>();
  const needs = (id: string) => dependenciesOf(taskGraph, id).filter((other) => other in taskGraph.tasks);
  const ended = new Arrivals<BatchResult>();
  let running = 0;

  while (waiting.size > 0 || running > 0) {
    for (const id of waiting) {
      if (running >= parallel) break;
      if (!needs(id).every((other) => succeeded.has(other))) continue;
      waiting.delete(id);
      running++;
      const failed = needs(id).filter((other) => !succeeded.get(other));
      void (failed.length > 0 ? notRun(id, failed) : runOne(taskGraph, id, run)).then((result) => ended.add(result));
    }
    if (running === 0) {
      // A circle: Nx refuses those, so this is no more than the promise of a result for every task.
      for (const id of waiting) yield await notRun(id, needs(id));
      return;
    }
    const done = await ended.next();
    running--;
    succeeded.set(done.task, done.result.success);
    yield done;
  }
}

/** What comes when it comes, for one who waits. A race of all that run would ask each of a thousand anew for every one that ends. */
class Arrivals<Item> {
  readonly #items: Item[] = [];
  #wake = () => {};

  add(item: Item): void {
    this.#items.push(item);
    this.#wake();
  }

  async next(): Promise<Item> {
    for (;;) {
      const item = this.#items.shift();
      if (item !== undefined) return item;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

/**
 * Runs all tasks of a batch as one.
 * @param run takes the options of each project; gives a report for each as it ends
 */
export async function* runTogether<Options>(
  taskGraph: TaskGraph,
  inputs: Readonly<Record<string, Options>>,
  overrides: Options,
  run: (optionsOf: ReadonlyMap<string, Options>) => AsyncIterable<ProjectReport> | Promise<Iterable<ProjectReport>>,
): AsyncGenerator<BatchResult> {
  const startTime = Date.now();
  const taskOf = new Map(Object.values(taskGraph.tasks).map(({ id, target }) => [target.project, id]));
  const optionsOf = new Map([...taskOf].map(([project, id]) => [project, { ...inputs[id], ...overrides }]));
  for await (const { project, success, output } of await run(optionsOf)) {
    const result = { success, terminalOutput: output, startTime, endTime: Date.now() };
    yield { task: taskOf.get(project) ?? project, result };
  }
}

async function runOne(
  taskGraph: TaskGraph,
  task: string,
  run: (taskId: string, project: string) => Promise<TaskReport>,
): Promise<BatchResult> {
  const startTime = Date.now();
  const report = await reportOf(() => run(task, taskGraph.tasks[task]?.target.project ?? ''));
  const { success, output } = report;
  return {
    task,
    result: { success, terminalOutput: output, startTime: report.startTime ?? startTime, endTime: Date.now() },
  };
}

/** What was thrown becomes the report of a failure: a user's mistake without a stack, a bug with it. */
export async function reportOf(run: () => Promise<TaskReport>): Promise<TaskReport> {
  try {
    return await run();
  } catch (error) {
    return { success: false, output: `${describeError(error)}\n` };
  }
}

async function notRun(task: string, failed: readonly string[]): Promise<BatchResult> {
  const now = Date.now();
  const terminalOutput = `Not run, because of ${failed.join(', ')}.\n`;
  return { task, result: { success: false, terminalOutput, startTime: now, endTime: now } };
}

/** Nx 23 lists task ids, Nx 24 objects with an id. */
function dependenciesOf(taskGraph: TaskGraph, id: string): string[] {
  const entries: readonly (string | { id: string })[] = taskGraph.dependencies[id] ?? [];
  return entries.map((entry) => (typeof entry === 'string' ? entry : entry.id));
}
