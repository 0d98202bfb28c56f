/** The embedded index on a disk that is full: it says so, keeps nothing, and takes the file once there is room. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { IndexUnderTest } from '../../testing/publish/index-under-test.js';
import { publishAll, words } from '../../testing/publish/publishing.js';
import { plannedPackage } from '../../testing/publish/tools.js';

const disk = vi.hoisted(() => ({ isFull: true }));
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  const createWriteStream = (path: string) => fs.createWriteStream(disk.isFull ? '/dev/full' : path);
  return { ...fs, createWriteStream };
});

const lab = new IndexUnderTest();

test.runIf(existsSync('/dev/full'))('a full disk is reported, never a success', async () => {
  const pkg = plannedPackage(lab.folder, { name: 'big', version: '1.0', bulk: 200_000 });
  const refused = await publishAll([pkg], lab.local());
  expect(refused).toMatchObject([{ success: false }]);
  expect(words(refused)).toMatch(/500.*no space left on device/);
  expect(readdirSync(join(lab.folder, 'index', 'incoming'))).toEqual([]);
  disk.isFull = false;
  expect(await publishAll([pkg], lab.local())).toMatchObject([{ success: true }]);
});
