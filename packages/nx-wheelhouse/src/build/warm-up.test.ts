/** A host that has built a package of its own first calls the hooks of others as one that has not. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { useRealTools } from '../../testing/builds.js';
import { buildIn, hostWith } from '../../testing/host-builds.js';
import { removeFolders } from '../../testing/workspace-folder.js';

beforeAll(useRealTools);
afterAll(removeFolders);

/** Tells what a hook can see of the process that it is in. */
const SETUP_PY = `
import json, logging, os, sys, tempfile
from setuptools import setup
print("STATE", json.dumps([sys.argv, sys.path, sorted(set(os.environ) - {"TMPDIR"}), os.path.basename(os.getcwd()),
                           [name for name in sys.modules if "warm" in name and "wheelhouse_host" not in name]]))
print("LEFT", tempfile.mkstemp()[1])
setup(name="a", version="1.0", py_modules=["a"])
`;

const LEGACY = { backend: 'setuptools.build_meta:__legacy__', requirement: 'setuptools' };

async function build(warmUp: boolean) {
  const host = await hostWith('setuptools');
  try {
    const files = { 'setup.py': SETUP_PY, 'a.py': '' };
    const { folder, log } = await buildIn(host, files, { ...LEGACY, warmUp });
    const lines = log.split('\n');
    return { folder, log: lines, states: lines.filter((line) => line.startsWith('STATE')) };
  } finally {
    await host.close();
  }
}

test('arguments, paths, variables and modules are the same', async () => {
  const [cold, warm] = [await build(false), await build(true)];
  expect(cold.states).toHaveLength(4);
  expect(warm.states).toEqual(cold.states);
  expect(warm.log.join('\n')).not.toMatch(/warm.?up/i);
});

test('what is logged is the same, from the first line on', async () => {
  const files = {
    'setup.py': 'from setuptools import setup\nsetup(name="a", py_modules=["a"])\n',
    'setup.cfg': '[metadata]\nversion = attr: a.VERSION\n',
    'a.py': 'VERSION = str(1)\n',
  };
  const logs: string[] = [];
  for (const warmUp of [false, true]) {
    const host = await hostWith('setuptools');
    try {
      logs.push((await buildIn(host, files, { ...LEGACY, warmUp })).log);
    } finally {
      await host.close();
    }
  }
  expect(logs[0]).toContain('performing automatic discovery');
  expect(logs[1]).toBe(logs[0]);
});

test('what a backend leaves among the temporary files goes with the build', async () => {
  const { log, folder } = await build(true);
  const left = log.filter((line) => line.startsWith('LEFT'));
  expect(left).toHaveLength(4);
  for (const line of left) expect(line).toMatch(/^LEFT .temporary./);
  expect(() => readFileSync(join(folder, left[0]?.slice(5) ?? ''))).toThrow('ENOENT');
});
