/** Builds that go wrong, and many at once, as Nx sees them: exit codes, a result for every task, a cache that holds nothing wrong. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { findPython } from '../packages/nx-wheelhouse/testing/environments.js';
import { aPackage } from './harness/packages.js';
import { aWorkspace, type Workspace } from './harness/workspace.js';

let workspace: Workspace;
afterEach(() => workspace?.dispose());

/** Whether dist holds what the record says, and nothing else. */
function isAsRecorded(folder: string): boolean {
  const { files } = JSON.parse(workspace.read(`.wheelhouse/${folder}/dist.json`)) as {
    files: { filename: string; sha256: string }[];
  };
  const names = files.map(({ filename }) => filename).sort();
  const sha256 = (name: string) =>
    createHash('sha256')
      .update(readFileSync(workspace.path(folder, 'dist', name)))
      .digest('hex');
  return (
    workspace.list(`${folder}/dist`).join() === names.join() &&
    files.every(({ filename, sha256: recorded }) => sha256(filename) === recorded)
  );
}

/** What backends do, in `build_wheel`, and what a person is told of it. None of them can be helped. */
const FATAL: Record<
  string,
  { readonly wheel: string; readonly said: RegExp; readonly options?: object; readonly requires?: string }
> = {
  bytes: {
    wheel: 'os.write(2, b"\\xff\\xfe"); raise ValueError("\\udcff")',
    said: /failed in build_wheel: ValueError/,
  },
  environment: {
    wheel: 'shutil.rmtree(sys.prefix); import idna',
    said: /No module named 'idna'[\s\S]*the build environment was removed while it was in use/,
    requires: 'idna==3.7', // an environment that no other test has
  },
  hang: { wheel: 'subprocess.run(["sleep", "600"])', said: /not done within 3 s, and ended/, options: { timeout: 3 } },
  killer: { wheel: 'os.kill(os.getppid(), signal.SIGKILL); time.sleep(600)', said: /the build host ended \(SIGKILL\)/ },
  nothing: { wheel: 'return "nothing-1.0-py3-none-any.whl"', said: /said it made the wheel .* but there is none/ },
  silent: { wheel: 'os._exit(0)', said: /ended without an answer \(exit code 0/ },
  two: {
    wheel: 'open(os.path.join(directory, "other-1.0-py3-none-any.whl"), "w").close()',
    said: /but there is .*other-1\.0-py3-none-any\.whl/,
  },
};
/** Only Linux holds to it. */
if (process.platform === 'linux') {
  FATAL.hog = {
    wheel: 'bytearray(1 << 31)',
    said: /MemoryError[\s\S]*option memoryLimit/,
    options: { memoryLimit: 1000 },
  };
}
/** What is no failure. */
const HARMLESS: typeof FATAL = {
  daemon: { wheel: 'subprocess.Popen(["sleep", "60"], start_new_session=True)', said: /Built daemon 1\.0/ },
  printer: {
    wheel: 'print("{\\"id\\": 1}", flush=True); os.write(1, b"\\n{}\\n"); sys.stdin.read()',
    said: /Built printer 1\.0/,
  },
};

function packageWith(name: string, { wheel, requires, options }: (typeof FATAL)[string]): Record<string, string> {
  return {
    [`${name}/pyproject.toml`]: `[project]\nname = "${name}"\nversion = "1.0"\n[build-system]\nrequires = ${JSON.stringify(['hatchling', ...(requires ? [requires] : [])])}\nbuild-backend = "backend"\nbackend-path = ["."]\n`,
    [`${name}/backend.py`]: `import os, shutil, signal, subprocess, sys, time\nfrom hatchling.build import *\nimport hatchling.build\n\ndef build_wheel(directory, config_settings=None, metadata_directory=None):\n    ${wheel}\n    return hatchling.build.build_wheel(directory)\n`,
    [`${name}/${name}.py`]: '',
    ...(options ? { [`${name}/project.json`]: JSON.stringify({ targets: { build: { options } } }) } : {}),
  };
}

describe('a run of backends that go wrong in every way', () => {
  test('fails for each of them with the reason, builds all others, and caches what is right', async () => {
    const faulty = Object.entries(FATAL);
    const all = { ...FATAL, ...HARMLESS };
    workspace = await aWorkspace({
      files: {
        ...aPackage('sound', 'sound'),
        ...Object.assign({}, ...Object.entries(all).map(([name, fault]) => packageWith(name, fault))),
      },
    });
    const sound = ['sound', ...Object.keys(HARMLESS)];
    const { status, output } = await workspace.tryNx('run-many -t build --output-style=static');
    expect(status).toBe(1);
    for (const { said } of Object.values(all)) expect(output).toMatch(said);
    const [, failed = ''] = output.split('Failed tasks:');
    expect(failed.match(/- \S+/g)?.sort()).toEqual(
      Object.keys(FATAL)
        .map((name) => `- ${name}:build`)
        .sort(),
    );
    expect(sound.map(isAsRecorded)).toEqual(sound.map(() => true));
    for (const [name] of faulty) expect(workspace.has(`${name}/dist`)).toBe(false);

    // A failure is cached for nobody, and what comes after it is not touched by it.
    for (const [name] of faulty) {
      workspace.write(`${name}/backend.py`, 'from hatchling.build import *\n');
      workspace.remove(`${name}/project.json`);
    }
    const verdicts = await workspace.tasks('run-many -t build');
    expect(verdicts).toEqual({
      ...Object.fromEntries(faulty.map(([name]) => [`${name}:build`, 'executed'])),
      ...Object.fromEntries(sound.map((name) => [`${name}:build`, 'local cache'])),
    });
    for (const name of [...sound, ...Object.keys(FATAL)]) expect([name, isAsRecorded(name)]).toEqual([name, true]);
  });

  test('by themselves fail just so', async () => {
    const { silent } = FATAL;
    workspace = await aWorkspace({ files: silent ? packageWith('silent', silent) : {} });
    const { status, output } = await workspace.tryNx('run silent:build');
    expect([status, output]).toEqual([1, expect.stringMatching(silent?.said ?? '')]);
    expect(workspace.has('silent/dist')).toBe(false);
    expect((await workspace.tryNx('run silent:build')).output).toMatch(silent?.said ?? '');
  });
});

describe('twenty runs at once in one workspace', () => {
  test('all end well, and what they leave and cache is whole', async () => {
    workspace = await aWorkspace({ files: { ...aPackage('a', 'a'), ...aPackage('b', 'b', { dependencies: ['a'] }) } });
    const runs = await Promise.all(Array.from({ length: 20 }, () => workspace.tryNx('run-many -t build')));
    expect(runs.filter(({ status }) => status !== 0).map(({ output }) => output)).toEqual([]);
    expect([isAsRecorded('a'), isAsRecorded('b')]).toEqual([true, true]);
    for (const path of ['a/dist', 'b/dist', '.wheelhouse']) workspace.remove(path);
    expect(await workspace.tasks('run-many -t build')).toEqual({ 'a:build': 'local cache', 'b:build': 'local cache' });
    expect([isAsRecorded('a'), isAsRecorded('b')]).toEqual([true, true]);
  });
});

describe('a package with a compiled extension', () => {
  const otherPython = findPython('3.12');

  /** Each run leaves the wheel of its interpreter in dist, and each is in the cache. */
  const everyInterpreterItsOwn = async (python: string) => {
    const tagAfter = async (command: string, verdict: string) => {
      expect(await workspace.tasks(command)).toEqual({ 'c:build': verdict });
      const wheels = workspace.list('c/dist').filter((name) => name.endsWith('.whl'));
      expect(wheels).toHaveLength(1);
      return /-(cp\d+)-/.exec(wheels[0] ?? '')?.[1];
    };
    const own = await tagAfter('run c:build', 'local cache');
    expect(own).not.toBe('cp312');
    expect(await tagAfter(`run c:build --python=${python}`, 'executed')).toBe('cp312');
    expect(await tagAfter('run c:build', 'local cache')).toBe(own);
    expect(await tagAfter(`run c:build --python=${python}`, 'local cache')).toBe('cp312');
  };

  test('is built again for another compiler or platform, a pure one is not', async () => {
    workspace = await aWorkspace({
      files: {
        ...aPackage('pure', 'pure'),
        'c/pyproject.toml':
          '[project]\nname = "c"\nversion = "1.0"\n[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n',
        'c/setup.py': 'from setuptools import Extension, setup\nsetup(ext_modules=[Extension("c", ["c.c"])])\n',
        'c/c.c':
          '#include <Python.h>\nstatic struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "c", NULL, -1, NULL};\nPyMODINIT_FUNC PyInit_c(void) { return PyModule_Create(&module); }\n',
      },
    });
    const output = await workspace.nx('run-many -t build --output-style=static');
    if (process.platform === 'linux') expect(output).toMatch(/No public index takes c-1\.0-.*auditwheel repair/);
    expect(await workspace.tasks('run-many -t build')).toEqual({
      'c:build': 'local cache',
      'pure:build': 'local cache',
    });
    workspace.env.CFLAGS = '-O0';
    expect(await workspace.tasks('run-many -t build')).toEqual({ 'c:build': 'executed', 'pure:build': 'local cache' });

    delete workspace.env.CFLAGS;
    if (otherPython !== undefined) await everyInterpreterItsOwn(otherPython);

    const toolchain = async (project: string) => {
      const shown = await workspace.json<{ namedInputs: Record<string, unknown[]> }>(`show project ${project}`);
      return JSON.stringify(shown.namedInputs.pythonBuildToolchain);
    };
    expect(await toolchain('c')).toContain('--platform');
    expect(await toolchain('pure')).not.toContain('--platform');
  });
});

describe('builds that take long', () => {
  test('tell how many are done, the time and who is at work, and say nothing from the cache', async () => {
    workspace = await aWorkspace({
      files: {
        ...aPackage('a', 'a'),
        'slow/pyproject.toml':
          '[project]\nname = "slow"\nversion = "1.0"\n[build-system]\nrequires = ["hatchling"]\nbuild-backend = "backend"\nbackend-path = ["."]\n',
        'slow/backend.py':
          'import time\nfrom hatchling.build import *\nfrom hatchling.build import build_sdist as original\n\ndef build_sdist(directory, config_settings=None):\n    time.sleep(12)\n    return original(directory, config_settings)\n',
        'slow/slow.py': '',
      },
    });
    workspace.env.CI = '';
    const run = () => workspace.nx('run-many -t build --output-style=static');
    expect(await run()).toMatch(/\d of 2 builds done, \d+ s; at work: (a, )?slow/);
    expect(await run()).not.toContain('builds done');
  });
});
