/** The process that builds are done in: who shares it, who pays when it ends, and what it keeps of them. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { buildPackages, useRealTools } from '../../testing/builds.js';
import { faultyWorkspace } from '../../testing/hand-written-backend.js';
import { folderWith, project, removeFolders } from '../../testing/workspace-folder.js';
import { readVerifiedDists } from './dist-record.js';
import type { BuildOptions } from './plan.js';

beforeAll(useRealTools);
afterEach(() => void vi.unstubAllEnvs());
afterAll(removeFolders);

/** Builds packages as one run does. */
async function outcomes(root: string, names: readonly string[], options: BuildOptions = {}) {
  const results = await buildPackages(root, names, options);
  return results.map((result) =>
    result.status === 'fulfilled'
      ? { files: result.value.record.files.length, interruption: result.value.interruption, log: result.value.log }
      : { error: String(result.reason.message) },
  );
}

describe.skipIf(process.platform === 'win32')('a host that is killed', () => {
  const ENDED = 'the build host ended (SIGKILL)';
  const joined = 'wait_for(ROOT + "/joined")';
  const kill = 'os.kill(os.getppid(), signal.SIGKILL)\ntime.sleep(600)';
  const joinOnce =
    'if not os.path.exists(ROOT + "/joined"):\n    open(ROOT + "/joined", "w").close()\n    time.sleep(600)';

  test('is the failure of the package that does it, and those that were only there are built again', async () => {
    const root = faultyWorkspace({
      culprit: { wheel: `${joined}\n${kill}` },
      bystander: { wheel: joinOnce },
      later: {},
    });
    const [culprit, bystander, later] = await outcomes(root, ['culprit', 'bystander', 'later']);
    expect(culprit?.error).toContain(ENDED);
    expect(bystander).toMatchObject({ files: 2, interruption: expect.stringContaining(ENDED) });
    expect(later).toMatchObject({ files: 2 });
  });

  test('from outside fails nobody', async () => {
    const once = `${joined}\nos.remove(ROOT + "/armed")\n${kill}`;
    const root = faultyWorkspace({ a: { sdist: once }, b: { sdist: joinOnce } });
    const results = await outcomes(root, ['a', 'b']);
    expect(results).toMatchObject([
      { files: 2, interruption: expect.stringContaining(ENDED) },
      { files: 2, interruption: expect.stringContaining(ENDED) },
    ]);
  });
});

describe('a process per request', () => {
  const NAMES = ['a', 'b'];
  const system = '[build-system]\nrequires = ["setuptools", "packer"]\nbuild-backend = "packer"\n';
  const setup = (name: string) =>
    `from pathlib import Path\nfrom setuptools import setup\nprint("COMMAND", Path("/proc/self/cmdline").read_text())\nsetup(py_modules=["${name}"])\nprint("LAST")\n`;

  // Not by a sitecustomize: Debian's Python has one of its own.
  const WITH_START = `
from setuptools import setup
from setuptools.command.build_py import build_py

class WithStart(build_py):
    def run(self):
        super().run()
        self.copy_file("packer.pth", self.build_lib)

setup(name="packer", version="1.0", py_modules=["packer", "packer_start", "packing"], cmdclass={"build_py": WithStart})
`;

  /**
   * @param atStart what the environment of the packages does in each new process, before anything else
   * @param atImport what a module that their backend imports does when it is imported
   * @returns the hashes of all dists, whether they were made by processes that are no forks, and how often all was said
   */
  async function build(atStart: string, atImport: string) {
    const root = folderWith({
      'packer/setup.py': WITH_START,
      'packer/MANIFEST.in': 'include packer.pth\n',
      'packer/packer.pth': 'import packer_start\n',
      'packer/packer_start.py': atStart,
      'packer/packer.py': 'from setuptools.build_meta import *\nimport packing\n',
      'packer/packing.py': atImport,
      ...Object.fromEntries(
        NAMES.flatMap((name) => [
          [`${name}/pyproject.toml`, project(name, {}, system)],
          [`${name}/setup.py`, setup(name)],
          [`${name}/${name}.py`, ''],
        ]),
      ),
    });
    await buildPackages(root, ['packer']);
    const results = await outcomes(root, NAMES);
    const dists = NAMES.flatMap((name) => readVerifiedDists(root, name, name, `${name}/dist`).dists);
    return {
      hashes: dists.map(({ sha256 }) => sha256),
      isSpawned: results.map(({ log }) => log?.includes('--once')),
      said: results.map(({ log }) => log?.match(/LAST/g)?.length),
    };
  }

  test.runIf(process.platform === 'linux')(
    'is made where there is no fork or the backend starts threads, and gives the same bytes and output',
    async () => {
      vi.stubEnv('PYTHONUNBUFFERED', undefined);
      const forked = await build('', '');
      expect(forked).toMatchObject({ hashes: { length: 4 }, isSpawned: [false, false], said: [4, 4] });
      expect(await build('import os\ndel os.fork\n', '')).toEqual({ ...forked, isSpawned: [true, true] });
      // The first is the one that the host learns it from.
      const thread = 'import threading, time\nthreading.Thread(target=time.sleep, args=(600,)).start()\n';
      expect(await build('', thread)).toEqual({ ...forked, isSpawned: [true, true] });
    },
  );
});

test('what the code of one package imports is not there for the next', async () => {
  const system = '[build-system]\nrequires = ["setuptools", "patcher"]\nbuild-backend = "setuptools.build_meta"\n';
  const setup = (before: string) => `${before}\nfrom setuptools import setup\nsetup()\n`;
  const root = folderWith({
    'patcher/setup.py': 'from setuptools import setup\nsetup(name="patcher", version="1.0", py_modules=["patcher"])\n',
    'patcher/patcher.py': 'import setuptools\nsetuptools.patched = True\n',
    'patched/pyproject.toml': project('patched', {}, system),
    'patched/setup.py': setup('import patcher'),
    'other/pyproject.toml': project('other', {}, system),
    'other/setup.py': setup('import setuptools\nprint("PATCHED", hasattr(setuptools, "patched"))'),
  });
  await buildPackages(root, ['patcher']);
  const [patched, other] = await outcomes(root, ['patched', 'other']);
  expect(patched).toMatchObject({ files: 2 });
  expect(other?.log?.match(/^PATCHED .*$/gm)).toEqual(Array(4).fill('PATCHED False'));
});

describe.skipIf(process.platform === 'win32')('memory', () => {
  const fill = 'kept = bytearray(1 << 30)';

  test.runIf(process.platform === 'linux')(
    'beyond the limit is had by no process of a build, and the others go on',
    async () => {
      const inside = `${fill}\nwrite_wheel(directory, "no")`;
      const started = `import subprocess\nsubprocess.run([sys.executable, "-c", "${fill}"], check=True)`;
      const root = faultyWorkspace({ inside: { wheel: inside }, started: { wheel: started }, small: {} });
      const [a, b, c] = await outcomes(root, ['inside', 'started', 'small'], { memoryLimit: 500 });
      for (const failed of [a, b]) {
        expect(failed?.error).toMatch(/MemoryError[\s\S]*give it more than the 500 MB of its option memoryLimit/);
      }
      expect(c).toMatchObject({ files: 2 });
      rmSync(join(root, 'armed'));
      expect(await outcomes(root, ['inside'], { memoryLimit: 500 })).toMatchObject([{ files: 2 }]);
    },
  );

  test.runIf(process.platform === 'linux')('is given back with each package', async () => {
    const host =
      'print("HOST", [line for line in open("/proc/%d/status" % os.getppid()) if line.startswith("VmRSS")][0].split()[1])';
    const names = Array.from({ length: 12 }, (_, index) => `p${index}`);
    const root = faultyWorkspace(
      Object.fromEntries(names.map((name) => [name, { wheel: `sys.kept = b"x" * (50 << 20)\n${host}` }])),
    );
    const results = await outcomes(root, names);
    const kilobytes = results.map(({ log }) => Number(/HOST (\d+)/.exec(log ?? '')?.[1]));
    expect(Math.max(...kilobytes) - Math.min(...kilobytes)).toBeLessThan(10_000);
  });

  test('that output takes has a limit', async () => {
    const root = faultyWorkspace({ a: { sdist: 'print("first")\nprint("x" * (3 << 20))\nprint("last")' } });
    const [result] = await outcomes(root, ['a']);
    expect(result?.log).toMatch(/^\(\d+ bytes of output are left out\)\nx+\nlast\n$/);
    expect(result?.log?.length).toBeLessThan(1.1 * (1 << 20));
  });
});
