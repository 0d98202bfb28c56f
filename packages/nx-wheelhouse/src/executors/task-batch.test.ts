/** The tasks of a batch: each as soon as what it needs is done, and a result for every one. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { TaskGraph } from '@nx/devkit';
import { expect, test } from 'vitest';
import { runBatch, type TaskReport } from './task-batch.js';

/** @param needs by task the tasks that it needs */
function graphOf(needs: Readonly<Record<string, readonly string[]>>): TaskGraph {
  const tasks = Object.keys(needs).map((id) => [id, { id, target: { project: id, target: 'build' } }]);
  return { tasks: Object.fromEntries(tasks), dependencies: needs } as unknown as TaskGraph;
}

async function outcomes(
  needs: Readonly<Record<string, readonly string[]>>,
  run: (id: string) => Promise<TaskReport>,
  parallel?: number,
): Promise<string[]> {
  const all: string[] = [];
  for await (const { task, result } of runBatch(graphOf(needs), run, parallel))
    all.push(`${task} ${result.success ? 'done' : result.terminalOutput.trim()}`);
  return all;
}

const done: TaskReport = { success: true, output: '' };

test('results come in the order in which the tasks end', async () => {
  const times: Record<string, number> = { a: 40, b: 0, c: 20 };
  const run = async (id: string) => sleep(times[id], done);
  expect(await outcomes({ a: [], b: [], c: [] }, run, 3)).toEqual(['b done', 'c done', 'a done']);
});

test('a task starts when those that it needs are done, and is not run when one of them has failed', async () => {
  const begun: string[] = [];
  const run = async (id: string) => {
    begun.push(id);
    return { success: id !== 'b', output: 'no' };
  };
  expect(await outcomes({ d: ['c'], c: ['b'], b: ['a'], a: [] }, run)).toEqual([
    'a done',
    'b no',
    'c Not run, because of b.',
    'd Not run, because of c.',
  ]);
  expect(begun).toEqual(['a', 'b']);
});

test('no more run at once than were asked for', async () => {
  let running = 0;
  let most = 0;
  const run = async () => {
    most = Math.max(most, ++running);
    await sleep(1);
    running--;
    return done;
  };
  expect(await outcomes(Object.fromEntries([...'abcdefgh'].map((id) => [id, []])), run, 3)).toHaveLength(8);
  expect(most).toBe(3);
});

test('what is thrown, and a circle, are failures of their tasks', async () => {
  const run = async () => Promise.reject(new Error('broken'));
  const [a, ...circle] = await outcomes({ a: [], b: ['c'], c: ['b'] }, run);
  expect(a).toMatch(/^a Error: broken/);
  expect(circle).toEqual(['b Not run, because of c.', 'c Not run, because of b.']);
});
