/** Which builds share a process: those that leave it as they found it. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { useRealTools } from '../../testing/builds.js';
import { folderWith, removeFolders } from '../../testing/workspace-folder.js';
import { ensureEnvironment } from '../toolchain/environments.js';
import { findInterpreter } from '../toolchain/interpreter.js';
import { BuildHost, type StepsRequest } from './build-host.js';

const MANIFEST = `[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "a"
version = "1.0"
`;
/** Leaves something for the next one to find, and tells what it has found itself. */
const HOOK = `
import os, sys
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

class Hook(BuildHookInterface):
    def initialize(self, version, build_data):
        print("PROCESS", os.getpid())
        if self.target_name == "sdist":
            print("FOUND", getattr(sys, "left", None), os.environ.get("LEFT"))
        sys.left = os.environ["LEFT"] = "something"
`;
const PLAIN = { 'pyproject.toml': MANIFEST, 'a.py': '' };
const WITH_CODE = {
  'pyproject.toml': `${MANIFEST}\n[tool.hatch.build.hooks.custom]\n`,
  'hatch_build.py': HOOK,
  'a.py': '',
};

let host: BuildHost;

beforeAll(useRealTools);
beforeEach(async () => {
  const interpreter = await findInterpreter({ request: undefined, folder: tmpdir(), requiresPython: undefined });
  const recipe = { interpreter, requirements: ['hatchling'], constraints: [], localWheels: [] };
  host = new BuildHost(await ensureEnvironment(recipe));
});
afterEach(() => host.close());
afterAll(removeFolders);

/** @returns what the backend printed */
async function build(files: Readonly<Record<string, string>>, warmUp = true): Promise<string> {
  const root = folderWith(files);
  const folder = mkdtempSync(join(tmpdir(), 'nx-wheelhouse-test-'));
  mkdirSync(join(folder, 'dist'));
  const request: StepsRequest = {
    steps: ['stage', 'requires_sdist', 'sdist', 'requires_wheel', 'wheel', 'clear'],
    backend: 'hatchling.build',
    backendPath: [],
    configSettings: null,
    provided: ['hatchling'],
    folder,
    project: 'a',
    files: Object.keys(files).map((path) => ({ path: `a/${path}`, origin: join(root, path), isLink: false })),
    log: join(folder, 'log'),
    ordered: true,
    memoryLimit: null,
    timeout: null,
    replacements: {},
    unpack: true,
    warmUp,
    preloadsBackend: true,
  };
  expect(await host.call(request)).toMatchObject({ ok: true, made: { sdist: 'a-1.0.tar.gz' } });
  return readFileSync(request.log, 'utf8');
}

/** The processes that the host has kept, by their ids; Linux tells. */
function keptProcesses(): string[] {
  const children = (pid: string) =>
    readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean),
    );
  const isHost = (pid: string) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('build_host.py');
  return children(String(process.pid)).filter(isHost).flatMap(children);
}

const onLinux = test.skipIf(process.platform !== 'linux');

onLinux('packages that run no code of their own are built in one process, one after the other', async () => {
  await build(PLAIN);
  const first = keptProcesses();
  expect(first).toHaveLength(1);
  await build(PLAIN);
  expect(keptProcesses()).toEqual(first);
});

onLinux('no package is given a process in which code of another has run', async () => {
  await build(PLAIN);
  const ran = /PROCESS (\d+)/.exec(await build(WITH_CODE))?.[1];
  expect(ran).toBeDefined();
  expect(keptProcesses()).not.toContain(ran);
});

test('code of one package finds nothing of what that of another has left', async () => {
  await build(PLAIN);
  for (let round = 0; round < 3; round++) expect(await build(WITH_CODE)).toContain('FOUND None None\n');
});

onLinux('of a backend that nobody knows, each request has its own process', async () => {
  await build(PLAIN, false);
  expect(keptProcesses()).toEqual([]);
});
