/** Publishers, servers and disks that die in the middle: what is there counts, what is not is sent, nothing else is called a success. */
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freePort } from '../../testing/publish/free-port.js';
import { IndexUnderTest } from '../../testing/publish/index-under-test.js';
import { kill, startIndexProcess, startPublisher } from '../../testing/publish/processes.js';
import { accessTo, allStates, publishAll, words } from '../../testing/publish/publishing.js';
import { startPypiserver } from '../../testing/publish/real-servers.js';
import { manyPackages, plannedPackage } from '../../testing/publish/tools.js';

const lab = new IndexUnderTest();
const acceptedIn = (folder: string) => readFileSync(join(folder, 'ledger.jsonl'), 'utf8').match(/\n/g)?.length ?? 0;

test('a publisher that is killed among 400 files leaves exactly the rest to the next one', async () => {
  const packages = manyPackages(lab.folder, 200);
  let reached = () => {};
  const isTime = new Promise<void>((resolve) => {
    reached = resolve;
  });
  const first = await lab.faulty((post) => {
    if (post === 150) reached();
    return 'pass';
  });
  const publisher = startPublisher(lab.throughFaults(first), packages);
  await isTime;
  await kill(publisher);
  await first.settled();
  const stored = acceptedIn(join(lab.folder, 'index'));
  expect(stored).toBeGreaterThan(140);
  expect(stored).toBeLessThan(400);

  const second = await lab.faulty(() => 'pass');
  const outcomes = await publishAll(packages, lab.throughFaults(second));
  expect(words(outcomes)).toBe('');
  expect(second.posts()).toBe(400 - stored);
  expect(acceptedIn(join(lab.folder, 'index'))).toBe(400);
});

test('an embedded index that is killed with a torn ledger is got over, and forgets nothing', async () => {
  const folder = join(lab.folder, 'killed');
  const packages = manyPackages(lab.folder, 40);
  const port = await freePort();
  let child = await startIndexProcess(folder, port);
  try {
    const base = `http://127.0.0.1:${port}/`;
    const token = readFileSync(join(folder, 'token'), 'utf8').trim();
    const access = {
      ...accessTo({ uploadUrl: `${base}legacy/`, listingUrl: `${base}simple/` }, '__token__', token, 'local'),
      patience: { attempts: 12, delayMs: 100, silenceMs: 120_000 },
    };
    const publishing = publishAll(packages, access);
    await until(() => acceptedIn(folder) >= 20);
    await kill(child);
    const before = acceptedIn(folder);
    appendFileSync(join(folder, 'ledger.jsonl'), '{"event":"upload","filename":"tor');
    child = await startIndexProcess(folder, port);
    expect(words(await publishing)).toBe('');
    expect(before).toBeLessThan(80);
    expect(allStates(await publishAll(packages, access))).toEqual(['already there']);
  } finally {
    await kill(child);
  }
});

test('a server whose disk is full is no success, and its error is passed on', async () => {
  const server = await startPypiserver('secret', 30_000);
  lab.open.push(server);
  const big = plannedPackage(lab.folder, { name: 'big', version: '1.0', bulk: 60_000 });
  const [outcome] = await publishAll([big], accessTo(server, 'me', 'secret'));
  expect(outcome).toMatchObject({ success: false });
  expect(outcome?.problems.join()).toContain('500');
});

async function until(isSo: () => boolean): Promise<void> {
  for (;;) {
    try {
      if (isSo()) return;
    } catch {} // not there yet
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
