/** The lines that tell how far a run of many builds is. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Progress } from './progress.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function watched(isLog: boolean) {
  const lines: string[] = [];
  return { lines, progress: new Progress(12, (line) => lines.push(line), isLog) };
}

test('what ends soon says nothing', () => {
  const { lines, progress } = watched(false);
  progress.begun('a');
  vi.advanceTimersByTime(4000);
  progress.close();
  vi.advanceTimersByTime(60_000);
  expect(lines).toEqual([]);
});

test('what takes long says how many are done, how many failed, the time, and who is at work', () => {
  const { lines, progress } = watched(false);
  for (const project of ['a', 'b', 'c', 'd', 'e', 'f']) progress.begun(project);
  vi.advanceTimersByTime(5000);
  progress.ended('a', true);
  progress.ended('b', false);
  for (const project of ['c', 'd', 'e']) progress.ended(project, true);
  vi.advanceTimersByTime(5000);
  progress.close();
  expect(lines).toEqual([
    '0 of 12 builds done, 5 s; at work: a, b, c, 3 more\n',
    '5 of 12 builds done, 1 of them failed, 10 s; at work: f\n',
  ]);
});

test('a log gets a line a minute', () => {
  const { lines, progress } = watched(true);
  vi.advanceTimersByTime(130_000);
  progress.close();
  expect(lines).toEqual(['0 of 12 builds done, 60 s\n', '0 of 12 builds done, 120 s\n']);
});
