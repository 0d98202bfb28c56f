/** Publishing with our own uploader to the embedded index. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { IndexUnderTest } from '../../testing/publish/index-under-test.js';
import { allStates, diamond, publishAll, states } from '../../testing/publish/publishing.js';
import { run } from '../../testing/publish/tools.js';

const lab = new IndexUnderTest();

describe('the embedded index', () => {
  test('a package is published behind all that it needs, and pip installs it', async () => {
    const outcomes = await publishAll(diamond(lab.folder), lab.local());
    const order = outcomes.map(({ project }) => project);
    expect([order[0], order[3]]).toEqual(['base', 'top']);
    expect(outcomes.every(({ success }) => success)).toBe(true);
    const args = ['-m', 'pip', 'install', '--isolated', '--no-cache-dir', '--index-url', lab.index.simpleUrl];
    expect(await run('python', [...args, '--target', join(lab.folder, 'there'), 'top'])).toMatchObject({ status: 0 });
  });

  test('the same again uploads nothing', async () => {
    await publishAll(diamond(lab.folder), lab.local());
    const server = await lab.faulty(() => 'pass');
    const again = await publishAll(diamond(lab.folder), lab.throughFaults(server));
    expect(again.every(({ success }) => success)).toBe(true);
    expect(allStates(again)).toEqual(['already there']);
    expect(server.posts()).toBe(0);
  });

  test('what a broken-off run left out is sent, and nothing else', async () => {
    await publishAll(diamond(lab.folder).slice(1), lab.local());
    const server = await lab.faulty(() => 'pass');
    expect(states(await publishAll(diamond(lab.folder), lab.throughFaults(server))).top).toEqual([
      'uploaded',
      'uploaded',
    ]);
    expect(server.posts()).toBe(2);
  });

  test('a dry run says what would be sent and sends nothing', async () => {
    const server = await lab.faulty(() => 'pass');
    const outcomes = await publishAll(diamond(lab.folder), lab.throughFaults(server), { dryRun: true });
    expect(allStates(outcomes)).toEqual(['would be uploaded']);
    expect(server.posts()).toBe(0);
  });
});
