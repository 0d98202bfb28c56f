/** Which builds share a process: those that leave it as they found it. */
import { availableParallelism } from 'node:os';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { useRealTools } from '../../testing/builds.js';
import { buildIn, hostWith, keptProcesses } from '../../testing/host-builds.js';
import { removeFolders } from '../../testing/workspace-folder.js';
import type { BuildHost } from './build-host.js';

let host: BuildHost;

beforeAll(useRealTools);
afterEach(() => host.close());
afterAll(removeFolders);

const onLinux = test.skipIf(process.platform !== 'linux');

describe('hatchling', () => {
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

  beforeEach(async () => {
    host = await hostWith('hatchling');
  });

  /** @returns what the backend printed */
  async function build(files: Readonly<Record<string, string>>, warmUp = true): Promise<string> {
    return (await buildIn(host, files, { backend: 'hatchling.build', requirement: 'hatchling', warmUp })).log;
  }

  onLinux('packages that run no code of their own are built in one process, one after the other', async () => {
    await build(PLAIN);
    const first = keptProcesses();
    expect(first).toHaveLength(1);
    await build(PLAIN);
    expect(keptProcesses()).toEqual(first);
  });

  onLinux('packages at once have one process more than there are processors, and no others', async () => {
    const processors = availableParallelism();
    await Promise.all(Array.from({ length: processors + 3 }, () => build(PLAIN)));
    expect(keptProcesses().length).toBeLessThanOrEqual(processors + 1);
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
});

describe('setuptools', () => {
  beforeEach(async () => {
    host = await hostWith('setuptools');
  });

  /** @returns what the backend printed */
  async function build(files: Readonly<Record<string, string>>): Promise<string> {
    return (
      await buildIn(host, { ...files, 'a.py': '' }, { backend: 'setuptools.build_meta', requirement: 'setuptools' })
    ).log;
  }

  const setup = (before: string) => ({
    'setup.py': `${before}\nfrom setuptools import setup\nsetup(name="a", version="1.0", py_modules=["a"])\n`,
  });

  onLinux('all hooks of packages whose setup.py only calls setup() are called in one process', async () => {
    await build({ 'pyproject.toml': '[project]\nname = "a"\nversion = "1.0"\n' });
    const first = keptProcesses();
    expect(first).toHaveLength(1);
    await build(setup(''));
    await build({ 'setup.cfg': '[metadata]\nname = a\nversion = 1.0\n[options]\npy_modules = a\n' });
    await build(setup(''));
    expect(keptProcesses()).toEqual(first);
  });

  test('a process in which a standard stream was closed is used by nobody else', async () => {
    const closing = setup('print("CLOSED", file=open(1, "w"))');
    expect((await build(closing)).match(/^CLOSED$/gm)).toHaveLength(4);
    await build(setup(''));
  });

  test('a setup.py that does more has a process for each hook', async () => {
    const log = await build(
      setup('import os, sys\nprint("PROCESS", os.getpid(), "FOUND", getattr(sys, "left", None))\nsys.left = True'),
    );
    const hooks = [...log.matchAll(/PROCESS (\d+) FOUND (\w+)/g)];
    expect(new Set(hooks.map(([, pid]) => pid)).size).toBe(4);
    expect(hooks.map(([, , found]) => found)).toEqual(['None', 'None', 'None', 'None']);
  });

  test('one package finds no object of another in setuptools itself', async () => {
    for (let round = 0; round < 2; round++) await build(setup(''));
    const state = 'import distutils.core, distutils.dir_util, setuptools.build_meta, sys';
    const log = await build(
      setup(
        `${state}\nlast = distutils.core._setup_distribution\nprint("LAST", last and last.metadata.name, __file__ in sys.argv)`,
      ),
    );
    expect(log.match(/^LAST .*$/gm)).toEqual(Array(4).fill('LAST nx-wheelhouse-warm-up False'));
  });
});
