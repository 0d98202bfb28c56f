/** Who may write: one process, and nobody waits for one that is gone. */
import { existsSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { folderWith, removeFolders } from '../../testing/workspace-folder.js';
import { whileLocked } from './writer-lock.js';

afterAll(removeFolders);

const NO_PROCESS = String(2 ** 30);

test.each([
  ['a process that is gone', NO_PROCESS],
  ['nobody, which a crash of the machine leaves', ''],
])('the lock of %s is taken away', (_, holder) => {
  const lock = join(folderWith({ lock: holder }), 'lock');
  utimesSync(lock, 1, 1);
  expect(whileLocked(lock, () => 'done')).toBe('done');
  expect(existsSync(lock)).toBe(false);
});

test('the lock goes with the work, also where that fails', () => {
  const lock = join(folderWith({}), 'lock');
  const fail = () => {
    expect(existsSync(lock)).toBe(true);
    throw new Error('no');
  };
  expect(() => whileLocked(lock, fail)).toThrow('no');
  expect(existsSync(lock)).toBe(false);
});

test('a file that the work ends with is there whole, and who writes next keeps its lock', () => {
  const folder = folderWith({ record: 'old' });
  const [lock, record] = [join(folder, 'lock'), join(folder, 'record')];
  whileLocked(lock, (endWith) => {
    endWith(record, 'new');
    expect(readFileSync(record, 'utf8')).toBe('new');
    writeFileSync(lock, String(process.pid)); // another process, at this moment
  });
  expect(readFileSync(lock, 'utf8')).toBe(String(process.pid));
});
