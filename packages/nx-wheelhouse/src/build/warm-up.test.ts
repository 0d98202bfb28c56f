/** A host that has built a package of its own first calls the hooks of others as one that has not. */
import { mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { useRealTools } from '../../testing/builds.js';
import { folderWith, removeFolders } from '../../testing/workspace-folder.js';
import { ensureEnvironment } from '../toolchain/environments.js';
import { findInterpreter } from '../toolchain/interpreter.js';
import { BuildHost, type StepsRequest } from './build-host.js';

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

async function build(warmUp: boolean) {
  const root = folderWith({ 'a/setup.py': SETUP_PY, 'a/a.py': '' });
  const interpreter = await findInterpreter({ request: undefined, folder: root, requiresPython: undefined });
  const requirements = ['setuptools'];
  const host = new BuildHost(await ensureEnvironment({ interpreter, requirements, constraints: [], localWheels: [] }));
  const folder = mkdtempSync(join(tmpdir(), 'nx-wheelhouse-test-'));
  mkdirSync(join(folder, 'dist'));
  const request: StepsRequest = {
    steps: ['stage', 'requires_sdist', 'sdist', 'requires_wheel', 'wheel', 'clear'],
    backend: 'setuptools.build_meta:__legacy__',
    backendPath: [],
    configSettings: null,
    provided: requirements,
    folder,
    project: 'a',
    files: ['a/setup.py', 'a/a.py'].map((path) => ({ path, origin: join(root, path), isLink: false })),
    log: join(folder, 'log'),
    ordered: false,
    memoryLimit: null,
    timeout: null,
    replacements: {},
    unpack: true,
    warmUp,
    preloadsBackend: true,
  };
  try {
    expect(await host.call(request)).toMatchObject({ ok: true, made: { sdist: 'a-1.0.tar.gz' } });
    const log = readFileSync(request.log, 'utf8')
      .replaceAll(folder, '')
      .replaceAll(/\.tmp-\w+/g, '.tmp')
      .split('\n');
    return { folder, log, states: log.filter((line) => line.startsWith('STATE')) };
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

test('what a backend leaves among the temporary files goes with the build', async () => {
  const { log, folder } = await build(true);
  const left = log.filter((line) => line.startsWith('LEFT'));
  expect(left).toHaveLength(4);
  for (const line of left) expect(line).toMatch(/^LEFT .temporary./);
  expect(() => readFileSync(join(folder, left[0]?.slice(5) ?? ''))).toThrow('ENOENT');
});
