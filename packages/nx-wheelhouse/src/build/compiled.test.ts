/** Packages with compiled extensions: real compilers, through the backends that people use. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildPackage, useRealTools } from '../../testing/builds.js';
import { folderWith, project, removeFolders } from '../../testing/workspace-folder.js';
import { findInterpreter } from '../toolchain/interpreter.js';

beforeAll(useRealTools);
afterAll(removeFolders);

const MODULE_C = `
#include <Python.h>
static PyObject *answer(PyObject *self, PyObject *none) { return PyLong_FromLong(42); }
static PyMethodDef methods[] = {{"answer", answer, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "native", NULL, -1, methods};
PyMODINIT_FUNC PyInit_native(void) { return PyModule_Create(&module); }
`;

const setuptools = (extension: string, more = '') => ({
  'a/pyproject.toml': project(
    'a',
    {},
    '[build-system]\nrequires = ["setuptools>=77"]\nbuild-backend = "setuptools.build_meta"\n',
  ),
  'a/setup.py': `from setuptools import Extension, setup\nsetup(packages=["a"], ext_modules=[Extension("a.native", ["src/native.c"]${extension})]${more})\n`,
  'a/a/__init__.py': '',
  'a/src/native.c': MODULE_C,
});
const LIMITED = 'define_macros=[("Py_LIMITED_API", "0x03090000")], py_limited_api=True';
const ABI3_OPTIONS = ', options={"bdist_wheel": {"py_limited_api": "cp39"}}';

const maturin = (features: string) => ({
  'a/pyproject.toml': project(
    'a',
    {},
    '[build-system]\nrequires = ["maturin>=1.7,<2"]\nbuild-backend = "maturin"\n[tool.maturin]\nmodule-name = "a.native"\npython-source = "python"\n',
  ),
  'a/Cargo.toml': `[package]\nname = "a"\nversion = "1.0.0"\nedition = "2021"\n[lib]\nname = "native"\ncrate-type = ["cdylib"]\n[dependencies]\npyo3 = { version = "0.25", features = [${features}] }\n`,
  'a/src/lib.rs':
    "use pyo3::prelude::*;\n#[pyfunction]\nfn answer() -> i64 { 42 }\n#[pymodule]\nfn native(m: &Bound<'_, PyModule>) -> PyResult<()> { m.add_function(wrap_pyfunction!(answer, m)?) }\n",
  'a/python/a/__init__.py': '',
});

/** The same with its answer from a crate beside it, which it has from its Cargo workspace. */
const withCrate = (() => {
  const files = maturin('"extension-module"');
  return {
    ...files,
    'Cargo.toml':
      '[workspace]\nresolver = "2"\nmembers = ["a", "crates/*"]\n[workspace.dependencies]\ncore-answer = { path = "crates/core" }\n',
    'a/Cargo.toml': `${files['a/Cargo.toml']}core-answer.workspace = true\n`,
    'a/src/lib.rs': files['a/src/lib.rs'].replace('{ 42 }', '{ core_answer::ANSWER }'),
    'crates/core/Cargo.toml': '[package]\nname = "core-answer"\nversion = "1.0.0"\nedition = "2021"\n',
    'crates/core/src/lib.rs': 'pub const ANSWER: i64 = 42;\n',
    'crates/other/Cargo.toml': '[package]\nname = "other"\nversion = "1.0.0"\nedition = "2021"\n',
    'crates/other/src/lib.rs': '',
  };
})();

const scikitBuild = {
  'a/pyproject.toml': project(
    'a',
    {},
    '[build-system]\nrequires = ["scikit-build-core>=0.10"]\nbuild-backend = "scikit_build_core.build"\n[tool.scikit-build]\nwheel.packages = ["a"]\nninja.version = ">=1.11"\ncmake.version = ">=4.0"\n',
  ),
  'a/CMakeLists.txt':
    'cmake_minimum_required(VERSION 3.18)\nproject(a LANGUAGES C)\nfind_package(Python COMPONENTS Interpreter Development.Module REQUIRED)\nPython_add_library(native MODULE src/native.c WITH_SOABI)\ninstall(TARGETS native DESTINATION a)\n',
  'a/a/__init__.py': '',
  'a/src/native.c': MODULE_C,
};

const meson = {
  'a/pyproject.toml': project('a', {}, '[build-system]\nrequires = ["meson-python"]\nbuild-backend = "mesonpy"\n'),
  'a/meson.build':
    "project('a', 'c', version: '1.0')\npy = import('python').find_installation(pure: false)\npy.extension_module('native', 'src/native.c', install: true, subdir: 'a')\npy.install_sources(['a/__init__.py'], subdir: 'a')\n",
  'a/a/__init__.py': '',
  'a/src/native.c': MODULE_C,
};

/** The repository of a fixture: meson makes sdists in one only. */
function repositoryWith(files: Readonly<Record<string, string>>): string {
  const root = folderWith({ ...files, '.gitignore': 'dist\n.wheelhouse\n' });
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@index.example', ...args], { cwd: root });
  git('init', '--quiet');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'Sources');
  return root;
}

async function interpreter() {
  const found = await findInterpreter({ request: undefined, folder: process.cwd(), requiresPython: undefined });
  const [major = '', minor = ''] = found.version.split('.');
  const [platform] = execFileSync(found.path, ['-c', 'import sysconfig; print(sysconfig.get_platform())'], {
    encoding: 'utf8',
  }).split('\n');
  return { path: found.path, tag: `cp${major}${minor}`, platform: (platform ?? '').replaceAll(/[-.]/g, '_') };
}

/** Imports what was built, from the wheel's own files. */
function answerOf(python: string, wheel: string): string {
  const folder = folderWith({});
  execFileSync(python, ['-m', 'zipfile', '-e', wheel, folder]);
  return execFileSync(python, ['-c', 'from a.native import answer; print(answer())'], {
    cwd: folder,
    encoding: 'utf8',
  }).trim();
}

const isLinux = process.platform === 'linux';

describe('a compiled package of', () => {
  const generic = (tag: string, platform: string) => `a-1.0-${tag}-${tag}-${platform}.whl`;
  const stable = (_: string, platform: string) => `a-1.0-cp39-abi3-${platform}.whl`;
  test.each<[string, Record<string, string>, typeof generic]>([
    ['setuptools', setuptools(''), generic],
    ['setuptools, for the stable ABI', setuptools(`, ${LIMITED}`, ABI3_OPTIONS), stable],
    ['maturin', maturin('"extension-module"'), generic],
    ['maturin, with a crate beside it', withCrate, generic],
    ['maturin, for the stable ABI', maturin('"extension-module", "abi3-py39"'), stable],
    ['scikit-build-core, with cmake from the index', scikitBuild, generic],
    ['meson-python', meson, generic],
  ])('%s has the right tags and works', { timeout: 600_000 }, async (_, files, expected) => {
    const { path, tag, platform } = await interpreter();
    const root = repositoryWith(files);
    const { record } = await buildPackage(root, 'a');
    const [sdist, wheel] = record.files;
    expect(wheel?.filename).toBe(expected(tag, platform));
    expect(sdist?.filename).toBe('a-1.0.tar.gz');
    expect(wheel?.notPublic === undefined).toBe(!/-linux_\w+\.whl$/.test(wheel?.filename ?? ''));
    expect(answerOf(path, join(root, 'a/dist', wheel?.filename ?? ''))).toBe('42');
    expect(execFileSync('git', ['status', '--porcelain'], { cwd: root, encoding: 'utf8' })).toBe('');
  });

  test('setuptools is built from the sources when that is asked for', async () => {
    const { tag, platform } = await interpreter();
    const { record } = await buildPackage(repositoryWith(setuptools('')), 'a', { direct: true, format: 'wheel' });
    expect(record.files.map(({ filename }) => filename)).toEqual([`a-1.0-${tag}-${tag}-${platform}.whl`]);
  });
});

describe.runIf(isLinux)('a wheel for one Linux', () => {
  test('is recorded as none for the public indexes, with what to do', async () => {
    const { record } = await buildPackage(repositoryWith(setuptools('')), 'a', { format: 'wheel' });
    expect(record.files[0]?.notPublic).toMatch(
      /linux_\w+ is not portable: build with `repair`, or run `auditwheel repair`/,
    );
  });

  test('is repaired to one for many, which is recorded', async () => {
    const root = repositoryWith(setuptools(''));
    const { path, tag } = await interpreter();
    const { record } = await buildPackage(root, 'a', { repair: true });
    const wheel = record.files.find(({ kind }) => kind === 'wheel');
    expect(wheel?.filename).toMatch(new RegExp(`^a-1\\.0-${tag}-${tag}-(manylinux|musllinux)[\\w.]+\\.whl$`));
    expect(wheel?.notPublic).toBeUndefined();
    expect(wheel?.repairedWith).toContainEqual(expect.stringMatching(/^auditwheel==/));
    expect(readdirSync(join(root, 'a/dist')).sort()).toEqual(record.files.map(({ filename }) => filename).sort());
    expect(answerOf(path, join(root, 'a/dist', wheel?.filename ?? ''))).toBe('42');
  });

  test('that the tool refuses does not get into dist', async () => {
    const root = folderWith({
      'a/setup.py':
        'from setuptools import setup\nsetup(name="a", version="1.0", py_modules=["a"], options={"bdist_wheel": {"plat_name": "linux_x86_64"}})\n',
      'a/a.py': '',
    });
    await expect(buildPackage(root, 'a', { repair: true })).rejects.toThrow(
      /auditwheel cannot repair a-1\.0-py3-none-linux_x86_64\.whl/,
    );
    expect(existsSync(join(root, 'a/dist'))).toBe(false);
  });
});

test('repairing leaves a pure wheel as it is', async () => {
  const root = folderWith({
    'a/setup.py': 'from setuptools import setup\nsetup(name="a", version="1.0", py_modules=["a"])\n',
    'a/a.py': '',
  });
  const { record } = await buildPackage(root, 'a', { repair: true });
  expect(record.files.map(({ filename }) => filename)).toEqual(['a-1.0.tar.gz', 'a-1.0-py3-none-any.whl']);
});
