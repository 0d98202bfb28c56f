/** What a build does when everything around it goes wrong: a message for people, no half dists, and the next run works. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { useRealTools } from '../../testing/builds.js';
import { type Fault, faultyWorkspace } from '../../testing/hand-written-backend.js';
import { toolPrograms } from '../../testing/tools.js';
import { folderWith, removeFolders } from '../../testing/workspace-folder.js';
import type { BuildOptions } from './plan.js';

beforeAll(useRealTools);
afterAll(() => {
  for (const daemon of daemons) if (existsSync(daemon)) process.kill(Number(readFileSync(daemon, 'utf8')), 'SIGKILL');
  removeFolders();
});

/** files with the ids of processes that backends may have left behind */
const daemons: string[] = [];

let environment: NodeJS.ProcessEnv;
beforeEach(() => {
  environment = { ...process.env };
});
afterEach(() => {
  for (const name of ['PATH', 'TMPDIR', 'NX_WHEELHOUSE_CACHE_DIRECTORY']) {
    if (environment[name] === undefined) delete process.env[name];
    else process.env[name] = environment[name];
  }
});

/** A package whose backend fails as long as its root has a file `armed`. */
function packageWith(fault: Fault, requires: readonly string[] = []): string {
  const root = faultyWorkspace({ a: fault }, requires);
  daemons.push(join(root, 'armed.daemon'));
  return root;
}

/** As a run of its own would do it: nothing remembered. */
async function buildAnew(root: string, options: BuildOptions = {}) {
  vi.resetModules();
  const { buildPackage } = await import('../../testing/builds.js');
  return buildPackage(root, 'a', options);
}

/** @returns the message of the failure; there is nothing in dist then, and it works once the cause is gone */
async function failureOf(
  root: string,
  options: BuildOptions = {},
  repair = () => rmSync(join(root, 'armed')),
): Promise<string> {
  const failure = await buildAnew(root, options).then(
    () => 'it succeeded',
    (error: Error) => error.message,
  );
  const dist = join(root, 'a/dist');
  expect(existsSync(dist) ? readdirSync(dist) : []).toEqual([]);
  expect(existsSync(join(root, '.wheelhouse/a/dist.json'))).toBe(false);
  repair();
  expect((await buildAnew(root)).record.files).toHaveLength(2);
  return failure;
}

/** A process that has ended and that nobody has asked about is none. */
function isRunning(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.startsWith('Z');
}

describe.skipIf(process.platform === 'win32')('the host killed', () => {
  const kill = 'os.kill(os.getppid(), signal.SIGKILL); time.sleep(600)';
  test.each<[string, Fault]>([
    ['while requirements are asked for', { requires: kill }],
    ['in the sdist', { sdist: kill }],
    ['in the wheel', { wheel: kill }],
    ['when it is finishing', { wheel: `shutil.rmtree = lambda *_, **__: (${kill.replace('; ', ', ')})` }],
  ])('%s is told, and nobody waits for what it has left behind', async (_, fault) => {
    expect(await failureOf(packageWith(fault))).toContain('the build host ended (SIGKILL)');
  });

  test('before it is there, with uv, leaves no half environment', async () => {
    const root = packageWith({}, ['idna==3.10']);
    const programs = folderWith({
      uv: `#!/bin/sh\ncase "$*" in *"pip install"*) [ -e ${root}/armed ] && kill -9 $$;; esac\nexec ${join(toolPrograms, 'uv')} "$@"\n`,
    });
    chmodSync(join(programs, 'uv'), 0o755);
    process.env.PATH = [programs, process.env.PATH].join(delimiter);
    process.env.NX_WHEELHOUSE_CACHE_DIRECTORY = folderWith({});
    const environments = join(process.env.NX_WHEELHOUSE_CACHE_DIRECTORY, 'environments');
    const disarm = () => {
      expect(readdirSync(environments)).toEqual([]);
      rmSync(join(root, 'armed'));
    };
    expect(await failureOf(root, {}, disarm)).toMatch(/An environment with idna==3\.10 .* could not be made/);
  });
});

test('an environment that is removed while it is in use is named as the cause, and made anew', async () => {
  process.env.NX_WHEELHOUSE_CACHE_DIRECTORY = folderWith({});
  const root = packageWith({ sdist: 'shutil.rmtree(sys.prefix)', wheel: 'import idna' }, ['idna==3.10']);
  const failure = await failureOf(root);
  expect(failure).toContain("No module named 'idna'");
  expect(failure).toContain('the build environment was removed while it was in use');
});

describe('a backend that', () => {
  test.each<[string, Fault, string]>([
    ['ends its process without a word', { wheel: 'os._exit(0)' }, 'ended without an answer (exit code 0'],
    ['has a fault of memory', { sdist: 'os.kill(os.getpid(), signal.SIGSEGV)' }, 'ended without an answer (signal 11'],
    [
      'is ended by the system',
      { wheel: 'os.kill(os.getpid(), signal.SIGKILL)' },
      'the system does so when memory is short',
    ],
    ['names a file that it has not made', { wheel: 'return "a-1.0-py3-none-any.whl"' }, 'but there is none'],
    ['names no file', { wheel: 'return None' }, 'wheel: TypeError'],
    [
      'writes two wheels',
      { wheel: 'write_wheel(directory, "b-1.0-py3-none-any.whl")' },
      'but there is a-1.0-py3-none-any.whl, b-1.0-py3-none-any.whl',
    ],
    [
      'raises what is no UTF-8',
      { wheel: 'os.write(2, b"\\xff\\xfe"); raise ValueError("\\udcff")' },
      'backend failed in build_wheel: ValueError',
    ],
    [
      'names a file by what is no text',
      { wheel: 'import pathlib; return pathlib.PurePath("a-1.0-py3-none-any.whl")' },
      'build_wheel must return the name of a file (PEP 517), and returned',
    ],
    [
      'asks for what is no text',
      { requires: 'return [1]' },
      'get_requires_for_build_sdist must return a list of strings (PEP 517), and returned [1]',
    ],
    [
      'closes its output and fails',
      { wheel: 'sys.stdout.close(); sys.stderr = None; raise ValueError("no")' },
      'backend.py", line',
    ],
    [
      'closes all that it has been given and hangs',
      { wheel: 'os.closerange(0, 1000); time.sleep(600)' },
      'ended without an answer (signal 9',
    ],
    ['leaves a daemon behind and ends', { wheel: 'daemon(); os._exit(3)' }, 'ended without an answer (exit code 3'],
  ])('%s is told so', async (_, fault, expected) => {
    expect(await failureOf(packageWith(fault))).toContain(expected);
  });

  test('wants more memory than there is fails by itself alone', async () => {
    const hog = 'import resource; resource.setrlimit(resource.RLIMIT_AS, (1 << 31, 1 << 31)); bytearray(1 << 32)';
    expect(await failureOf(packageWith({ wheel: hog }))).toMatch(/MemoryError[\s\S]*so that it has all the memory/);
  });

  test('hangs is ended after its time, with what it has started', async () => {
    const hang =
      'import subprocess\nchild = subprocess.Popen(["sleep", "600"])\nwith open(ROOT + "/started", "w") as file:\n    file.write(str(child.pid))\nchild.wait()';
    const root = packageWith({ wheel: hang });
    expect(await failureOf(root, { timeout: 3 })).toContain('not done within 3 s');
    expect(isRunning(Number(readFileSync(join(root, 'started'), 'utf8')))).toBe(false);
  });

  test('leaves a daemon behind does not keep the build waiting', async () => {
    const root = packageWith({
      wheel: 'daemon()',
    });
    expect((await buildAnew(root)).record.files).toHaveLength(2);
  });

  test('closes its output has built what it has built', async () => {
    const root = packageWith({ sdist: 'sys.stdout.close()', wheel: 'os.close(1); sys.stdout = None' });
    expect((await buildAnew(root)).record.files).toHaveLength(2);
  });

  test('prints to the protocol’s own descriptors is none to speak of', async () => {
    const noise = `print('{"id": 1, "ok": true}', flush=True); [os.write(n, b'{"id": 1}\\n') for n in (1, 2)]; sys.stdin.read()`;
    const { record, log } = await buildAnew(packageWith({ sdist: noise, wheel: noise }));
    expect(record.files).toHaveLength(2);
    expect(log).toContain('{"id": 1}');
  });
});

test('a full disk is named as the one that the build was on', async () => {
  delete process.env.TMPDIR;
  const full = 'print("AT", os.path.realpath(directory)); raise OSError(28, "No space left on device")';
  const failure = await failureOf(packageWith({ sdist: full }));
  const isInMemory = /AT \/dev\/shm\//.test(failure);
  expect(failure).toContain(isInMemory ? 'make room in memory (/dev/shm)' : `the temporary folder (${tmpdir()})`);
});

const mayMount =
  process.platform === 'linux' &&
  spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0;

describe.skipIf(!mayMount)('on a disk (mounted, so for root on Linux only)', () => {
  const mounted: string[] = [];
  const mount = (folder: string, ...options: string[]) => {
    mkdirSync(folder, { recursive: true });
    execFileSync('mount', [...options, folder]);
    mounted.push(folder);
  };
  afterEach(() => {
    for (const folder of mounted.splice(0).reverse()) execFileSync('umount', ['--lazy', folder]);
  });
  const unmount = () => execFileSync('umount', ['--lazy', mounted.pop() ?? '']);
  const SETUPTOOLS = {
    'a/setup.py': 'from setuptools import setup\nsetup(name="a", version="1.0", py_modules=["a"])\n',
  };

  test('that is full, for the dists, nothing is left in dist', async () => {
    const root = folderWith({ ...SETUPTOOLS, 'a/a.py': '' });
    mount(join(root, 'a/dist'), '-t', 'tmpfs', '-o', 'size=4k', 'none');
    expect(await failureOf(root, {}, unmount)).toMatch(
      /The built files cannot be written: ENOSPC[\s\S]*make a\/dist and /,
    );
  });

  test('that is full, for the record, nothing is left in dist, and nobody waits for the lock of that run', async () => {
    const root = folderWith({ ...SETUPTOOLS, 'a/a.py': '' });
    const records = join(root, '.wheelhouse/a');
    mount(records, '-t', 'tmpfs', '-o', 'size=64k', 'none');
    writeFileSync(join(records, 'all'), Buffer.alloc(1 << 16));
    expect(await failureOf(root, {}, () => rmSync(join(records, 'all')))).toMatch(
      /The built files cannot be written: ENOSPC at .*\.wheelhouse\/a\.[\s\S]*make a\/dist and \.wheelhouse\/a writable/,
    );
  });

  test('that is full, for temporary files, the disk is named', async () => {
    const root = folderWith({ ...SETUPTOOLS, 'a/a.py': `# ${'x'.repeat(100_000)}\n` });
    const full = folderWith({});
    mount(full, '-t', 'tmpfs', '-o', 'size=64k', 'none');
    process.env.TMPDIR = full;
    const failure = await failureOf(root, {}, () => {
      delete process.env.TMPDIR;
    });
    expect(failure).toContain('No space left on device');
    expect(failure).toContain(`make room on the disk of the temporary folder (${full})`);
  });

  test('that is full, for environments, the tool cache is named', async () => {
    const root = packageWith({}, ['idna==3.10']);
    const full = folderWith({});
    mount(full, '-t', 'tmpfs', '-o', 'size=100k', 'none');
    process.env.NX_WHEELHOUSE_CACHE_DIRECTORY = full;
    const failure = await failureOf(root, {}, () => {
      process.env.NX_WHEELHOUSE_CACHE_DIRECTORY = environment.NX_WHEELHOUSE_CACHE_DIRECTORY;
    });
    expect(failure).toContain('make room on the disk of the tool cache');
  });

  test('that is read-only, only the dists fail', async () => {
    const root = folderWith({ ...SETUPTOOLS, 'a/a.py': '' });
    mount(root, '--bind', root);
    execFileSync('mount', ['-o', 'remount,ro,bind', root]);
    expect(await failureOf(root, {}, unmount)).toMatch(/The built files cannot be written: EROFS/);
  });
});

test('two builds of a package at once leave what either would have left', async () => {
  const root = folderWith({ 'a/setup.py': 'from setuptools import setup\nsetup(name="a", version="1.0")\n' });
  const results = await Promise.all([1, 2, 3, 4].map(() => buildAnew(root)));
  const [first] = results;
  for (const { record } of results) expect(record).toEqual(first?.record);
  expect(readdirSync(join(root, 'a/dist')).sort()).toEqual(['a-1.0-py3-none-any.whl', 'a-1.0.tar.gz']);
  expect(JSON.parse(readFileSync(join(root, '.wheelhouse/a/dist.json'), 'utf8'))).toEqual(first?.record);
  expect(readdirSync(join(root, '.wheelhouse/a'))).toEqual(['dist.json']);
});

describe.skipIf(process.platform === 'win32')('a run that is interrupted', () => {
  test.each<[string, NodeJS.Signals, (() => void)[]]>([
    ['by Ctrl-C', 'SIGINT', []],
    ['by a job of CI that is given up', 'SIGTERM', []],
    ['while somebody else listens, who ends it', 'SIGINT', [() => {}]],
  ])('%s leaves no folder behind', async (_, signal, others) => {
    const root = folderWith({ 'temporary/.keep': '' });
    const started = join(root, 'started');
    mkdirSync(join(root, 'a'));
    writeFileSync(
      join(root, 'a/setup.py'),
      `import time\nopen(${JSON.stringify(started)}, "w").close()\ntime.sleep(600)\nfrom setuptools import setup\nsetup(name="a")\n`,
    );
    process.env.TMPDIR = join(root, 'temporary');
    const original = process.kill.bind(process);
    const ended: unknown[] = [];
    // Its own end, which would be that of the tests too.
    const kill = vi.spyOn(process, 'kill').mockImplementation((pid, how) => {
      if (pid === process.pid) return ended.push(how) > 0;
      return original(pid, how);
    });
    for (const listener of others) process.on(signal, listener);
    try {
      const build = buildAnew(root).catch((error: Error) => error.message);
      await vi.waitUntil(() => existsSync(started), { timeout: 60_000 });
      process.emit(signal, signal);
      expect(ended).toEqual(others.length === 0 ? [signal] : []);
      expect(readdirSync(join(root, 'temporary'))).toEqual(['.keep']);
      expect(await build).toContain('the build host ended');
    } finally {
      for (const listener of others) process.off(signal, listener);
      kill.mockRestore();
    }
  });
});
