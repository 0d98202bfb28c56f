/** An interpreter is searched for once, and again when anything is different that could lead to another one. */
import { appendFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { folderWith, removeFolders } from '../../testing/workspace-folder.js';
import { KeptInterpreter } from './kept-interpreter.js';

const FOUND = { path: '/somewhere/python3', version: '3.11.7', identity: 'cpython-3.11.7-linux-x86_64' };

let root: string;
let library: string;

beforeEach(() => {
  root = folderWith({
    'bin/python3.11': 'a program',
    'other-bin/git': '',
    'home/.pyenv/version': '3.11\n',
    'home/.pyenv/shims/python': '#!/bin/sh\nexec pyenv exec python "$@"\n',
    'lib/libpython.so': 'a library',
    'workspace/pyproject.toml': '[project]\nname = "a"\n',
    'workspace/libs/a/pyproject.toml': '[project]\nname = "a"\n',
  });
  library = join(root, 'lib', 'libpython.so');
  symlinkSync('python3.11', join(root, 'bin', 'python3'));
  vi.stubEnv('HOME', join(root, 'home'));
  vi.stubEnv('XDG_CONFIG_HOME', undefined);
  vi.stubEnv('XDG_DATA_HOME', undefined);
  vi.stubEnv('PYENV_ROOT', undefined);
  vi.stubEnv('NX_WHEELHOUSE_CACHE_DIRECTORY', join(root, 'cache'));
  vi.stubEnv('PATH', ['home/.pyenv/shims', 'bin', 'other-bin', 'missing'].map((path) => join(root, path)).join(':'));
  // Files that have changed just now are in doubt.
  vi.useFakeTimers({ now: Date.now() + 60_000 });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  removeFolders();
});

const asked = (request?: string) => new KeptInterpreter({ folder: join(root, 'workspace', 'libs', 'a'), request });
const put = (path: string, text: string) => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};

describe.skipIf(process.platform === 'win32')('what was found', () => {
  test('is known to whoever asks the same, from any folder without configuration of its own', () => {
    asked('>=3.9').write(FOUND, [library]);
    expect(asked('>=3.9').read()).toEqual(FOUND);
    expect(new KeptInterpreter({ folder: join(root, 'workspace'), request: '>=3.9' }).read()).toEqual(FOUND);
    expect(asked().read()).toBeUndefined();
  });

  test('stays known when something else changes', () => {
    asked().write(FOUND, [library]);
    put('workspace/libs/a/pyproject.toml', '[project]\nname = "another"\n');
    put('workspace/libs/a/a.py', '');
    vi.stubEnv('NX_TASK_HASH', '1');
    vi.stubEnv('PWD', '/');
    expect(asked().read()).toBeDefined();
  });

  test.each<[change: string, () => void]>([
    ['an interpreter appears on PATH', () => symlinkSync(library, join(root, 'other-bin', 'python3'))],
    ['another program takes the place of one', () => put('bin/python3.11', 'another program')],
    ['a library of it is another', () => appendFileSync(library, '!')],
    ['a pin is written', () => put('workspace/.python-version', '3.12\n')],
    ['uv is configured', () => put('workspace/uv.toml', 'python-preference = "only-managed"\n')],
    [
      'a manifest configures uv',
      () => appendFileSync(join(root, 'workspace/pyproject.toml'), '[tool.uv]\nmanaged = true\n'),
    ],
    ['the user configures uv', () => put('home/.config/uv/uv.toml', 'python-preference = "only-managed"\n')],
    ['the user pins one', () => put('home/.config/uv/.python-version', '3.12\n')],
    ['uv installs one', () => mkdirSync(join(root, 'home/.local/share/uv/python/cpython-3.13'), { recursive: true })],
    ['pyenv is told another', () => put('home/.pyenv/version', '3.12\n')],
    ['pyenv gets another', () => mkdirSync(join(root, 'home/.pyenv/versions/3.12'), { recursive: true })],
    ['a variable of uv is set', () => vi.stubEnv('UV_PYTHON_PREFERENCE', 'only-managed')],
    ['a variable of pyenv is set', () => vi.stubEnv('PYENV_VERSION', '3.12')],
    ['PATH is another', () => vi.stubEnv('PATH', join(root, 'bin'))],
  ])('is searched for again when %s', (_, change) => {
    asked().write(FOUND, [library]);
    expect(asked().read()).toEqual(FOUND);
    change();
    expect(asked().read()).toBeUndefined();
  });

  test('is not kept where a file may change again without its stamp telling', () => {
    vi.setSystemTime(Date.now() - 60_000);
    asked().write(FOUND, [library]);
    expect(asked().read()).toBeUndefined();
  });

  test.each([
    ['a script', () => put('other-bin/python3', '#!/bin/sh\nexec "$(choose)" "$@"\n')],
    [
      'a link to a version manager',
      () => symlinkSync(join(root, 'other-bin', 'git'), join(root, 'other-bin', 'python')),
    ],
  ])('is not kept where %s stands for interpreters', (_, put) => {
    put();
    asked().write(FOUND, [library]);
    expect(asked().read()).toBeUndefined();
  });
});
