/**
 * The interpreter that was found the last time, for as long as nothing is different that could lead to another one: to find one costs
 * up to 0.3 s of every command, most of it in the shims of version managers.
 *
 * What a search goes by is the key: variables, configuration, the folders on PATH. What it looked at and what it found is compared by
 * stamps. Where a program decides that nobody can look into, nothing is kept.
 */
import { createHash, randomUUID } from 'node:crypto';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { isSure, stampOf } from '../stamps.js';
import { homeFolder } from './home-folder.js';
import type { Interpreter } from './interpreter.js';
import { toolCacheFolder } from './tool-cache.js';

/** What uv is asked. */
export interface InterpreterQuestion {
  /** where it is asked, absolute */
  readonly folder: string;
  /** as `uv python find` takes it */
  readonly request: string | undefined;
}

interface Kept {
  readonly interpreter: Interpreter;
  /** stamps by path, absolute */
  readonly files: Readonly<Record<string, string>>;
}

const UNUSED_MS = 30 * 24 * 60 * 60 * 1000;

/** The answer to one question. */
export class KeptInterpreter {
  readonly #askedAt = Date.now();
  readonly #searched = searchedFolders();
  readonly #path: string;

  constructor(question: InterpreterQuestion) {
    const state = [
      question.request,
      /[/\\]/.test(question.request ?? '') ? question.folder : undefined, // a path, perhaps a relative one
      variables(),
      configuration(question.folder),
      this.#searched.map((folder) => [folder, stampOf(folder).stamp]),
    ];
    const key = createHash('sha256').update(JSON.stringify(state)).digest('hex').slice(0, 24);
    this.#path = join(toolCacheFolder(), 'interpreters', `${key}.json`);
  }

  /** @returns `undefined` where none is kept, or something has changed */
  read(): Interpreter | undefined {
    try {
      const { interpreter, files } = JSON.parse(readFileSync(this.#path, 'utf8')) as Kept;
      return Object.entries(files).every(([path, stamp]) => stampOf(path).stamp === stamp) ? interpreter : undefined;
    } catch {
      return undefined;
    }
  }

  /** @param files what the interpreter's description comes from, absolute paths */
  write(interpreter: Interpreter, files: readonly string[]): void {
    const candidates = this.#searched.flatMap(pythonsIn);
    // On Windows the registry has a say.
    if (process.platform === 'win32' || candidates.some(isOpaque)) return;
    const looked = [...new Set([...candidates, ...files])].map((path) => ({ path, ...stampOf(path) }));
    const all = [...looked, ...this.#searched.map(stampOf)];
    if (!all.every(({ sureFrom }) => isSure(sureFrom, this.#askedAt))) return;
    const kept: Kept = { interpreter, files: Object.fromEntries(looked.map(({ path, stamp }) => [path, stamp])) };
    const unfinished = `${this.#path}.${randomUUID()}`;
    try {
      mkdirSync(dirname(unfinished), { recursive: true });
      writeFileSync(unfinished, JSON.stringify(kept));
      renameSync(unfinished, this.#path);
      removeUnused(dirname(unfinished));
    } catch {
      // A tool cache that cannot be written to: the next command searches again.
    }
  }
}

/** All but what tells of the shell, of npm and of the Nx process: another of these changes nothing. */
function variables(): [string, string | undefined][] {
  return Object.entries(process.env)
    .filter(
      ([name]) => !/^(NX_(?!WHEELHOUSE_)|npm_|(PWD|OLDPWD|INIT_CWD|SHLVL|_|FORCE_COLOR|NODE|NODE_OPTIONS)$)/.test(name),
    )
    .sort(([one], [other]) => (one < other ? -1 : 1));
}

/** What uv and pyenv read on their way up from a folder. */
const ON_THE_WAY = ['.python-version', '.python-versions', 'uv.toml', 'pyproject.toml'];

/** @see uv documentation, "Configuration files" and "Python version files" */
function configuration(folder: string): [path: string, text: string][] {
  const home = process.env.XDG_CONFIG_HOME || join(homeFolder(), '.config');
  const places = [...upwards(folder), join(home, 'uv'), '/etc/uv', '/etc/xdg/uv'];
  const paths = [
    ...places.flatMap((place) => ON_THE_WAY.map((file) => join(place, file))),
    join(pyenvRoot(), 'version'),
  ];
  return paths.flatMap((path): [string, string][] => {
    const text = readText(path);
    const isSilent = text === undefined || (basename(path) === 'pyproject.toml' && !/\btool\W+uv\b/.test(text));
    return isSilent ? [] : [[path, text]];
  });
}

/** Where interpreters are searched for: those of uv itself and of pyenv, then PATH. */
function searchedFolders(): string[] {
  const { PATH = '', UV_PYTHON_INSTALL_DIR, XDG_DATA_HOME } = process.env;
  const managed = UV_PYTHON_INSTALL_DIR || join(XDG_DATA_HOME || join(homeFolder(), '.local', 'share'), 'uv', 'python');
  return [...new Set([managed, join(pyenvRoot(), 'versions'), ...PATH.split(delimiter).filter(Boolean)])];
}

function pyenvRoot(): string {
  return process.env.PYENV_ROOT || join(homeFolder(), '.pyenv');
}

const PYTHON = /^(python|cpython|pypy|graalpy)[\d.]*[td]*$/;

function pythonsIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => PYTHON.test(name))
      .map((name) => join(folder, name));
  } catch {
    return []; // PATH may name what is not there
  }
}

/** Whether it is no interpreter but a program that starts one, and which one only it knows. Of pyenv's it is known what they go by. */
function isOpaque(path: string): boolean {
  if (dirname(path) === join(pyenvRoot(), 'shims')) return false;
  try {
    const real = realpathSync(path);
    return !PYTHON.test(basename(real)) || isScript(real);
  } catch {
    return false; // a link to nothing starts nothing
  }
}

function isScript(path: string): boolean {
  return statSync(path).size < 1 << 16 && readFileSync(path, 'latin1').startsWith('#!');
}

function upwards(folder: string): string[] {
  return dirname(folder) === folder ? [folder] : [folder, ...upwards(dirname(folder))];
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function removeUnused(folder: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (Date.now() - statSync(path).mtimeMs > UNUSED_MS) rmSync(path, { force: true });
  }
}
