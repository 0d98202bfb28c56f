/** Builds that go wrong, and many at once, as Nx sees them: exit codes, a result for every task, a cache that holds nothing wrong. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
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

describe('a run in which a build host is killed', () => {
  test('fails with the reason, has a result for every task, and caches what is right', async () => {
    workspace = await aWorkspace({
      files: {
        ...aPackage('a', 'a'),
        'b/pyproject.toml':
          '[project]\nname = "b"\nversion = "1.0"\n[build-system]\nrequires = ["hatchling"]\nbuild-backend = "backend"\nbackend-path = ["."]\n',
        'b/backend.py':
          'import os, signal, time\nfrom hatchling.build import *\n\ndef build_wheel(directory, config_settings=None, metadata_directory=None):\n    os.kill(os.getppid(), signal.SIGKILL)\n    time.sleep(600)\n',
        'b/b.py': '',
      },
    });
    await workspace.nx('run a:build');
    workspace.append('a/src/a/__init__.py', '\nX = 1\n');
    const { status, output } = await workspace.tryNx('run-many -t build --output-style=static');
    expect(status).toBe(1);
    expect(output).toContain('the build host ended (SIGKILL)');
    expect(output).toMatch(/Failed tasks:\s+- b:build\n/);
    expect(output).toContain('Built a 0.1.0');
    expect(workspace.has('b/dist')).toBe(false);

    workspace.write('b/backend.py', 'from hatchling.build import *\n');
    expect(await workspace.tasks('run-many -t build')).toMatchObject({ 'b:build': 'executed' });
    expect([isAsRecorded('a'), isAsRecorded('b')]).toEqual([true, true]);
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

    const toolchain = async (project: string) => {
      const shown = await workspace.json<{ namedInputs: Record<string, unknown[]> }>(`show project ${project}`);
      return shown.namedInputs.pythonBuildToolchain;
    };
    expect(await toolchain('c')).toContain('pythonToolchain');
    expect(await toolchain('pure')).not.toContain('pythonToolchain');
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
