/** A module in C: what a compiler makes of it for the interpreter of the repository's tools. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, runPython, temporaryFolder } from './tools.js';

/** The module `_fast`, with a function `double`; by the limited API, so that it can be of one Python or of all. */
export const FAST_C = `#define PY_SSIZE_T_CLEAN
#include <Python.h>
static PyObject *twice(PyObject *self, PyObject *value) { return PyNumber_Add(value, value); }
static PyMethodDef methods[] = {{"double", twice, METH_O, ""}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_fast", "", -1, methods};
PyMODINIT_FUNC PyInit__fast(void) { return PyModule_Create(&module); }
`;

/** Without one, what needs it is skipped, which the counts of the run show. */
export const hasCompiler = spawnSync('cc', ['--version']).status === 0;

/** @param limited whether it is made for the stable ABI, of Python 3.9 */
export function compiledModule(limited: boolean): Buffer {
  const include = runPython('-c', "import sysconfig; print(sysconfig.get_path('include'))").trim();
  const folder = temporaryFolder();
  const [source, library] = [join(folder, 'fast.c'), join(folder, '_fast.so')];
  writeFileSync(source, FAST_C);
  const abi = limited ? ['-DPy_LIMITED_API=0x03090000'] : [];
  run('cc', ['-shared', '-fPIC', ...abi, `-I${include}`, source, '-o', library]);
  return readFileSync(library);
}

/** Of the tools' interpreter: `cp311`, and what the file names of its modules end in. */
export function pythonTags(): { readonly tag: string; readonly suffix: string } {
  const program =
    "import sys, sysconfig; print('cp%d%d' % sys.version_info[:2], sysconfig.get_config_var('EXT_SUFFIX'))";
  const [tag = '', suffix = ''] = runPython('-c', program).trim().split(' ');
  return { tag, suffix };
}
