/** Environments with Python programs that few tests need: each made when it is first asked for, and kept until its pins change. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { toolPrograms, toolsFolder } from './tools.js';

const isWindows = process.platform === 'win32';

/**
 * @param name of its folder
 * @param pins requirements
 * @param python the interpreter that it is made of; default: that of the repository's tools
 * @returns the folder of its programs
 */
export function pinnedEnvironment(
  name: string,
  pins: readonly string[],
  python = join(toolPrograms, isWindows ? 'python.exe' : 'python'),
): string {
  const folder = join(toolsFolder, 'conda', name);
  const programs = join(folder, isWindows ? 'Scripts' : 'bin');
  const stamp = join(folder, 'pins.txt');
  const wanted = [python, ...pins].join('\n');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return programs;
  mkdirSync(dirname(folder), { recursive: true });
  uv('venv', '--quiet', '--clear', '--no-project', '--python', python, folder);
  uv('pip', 'install', '--quiet', '--python', join(programs, 'python'), ...pins);
  writeFileSync(stamp, wanted);
  return programs;
}

/**
 * An interpreter of another version than that of the tools, on PATH or of pyenv.
 * @param version such as `3.6`
 * @returns `undefined` where this machine has none: what needs it is skipped then, which the counts of the run show
 */
export function findPython(version: string): string | undefined {
  const candidates = [`python${version}`, ...pyenvPythons(version)];
  const found = candidates.find((python) => versionOf(python) === version);
  if (found === undefined)
    console.warn(`There is no CPython ${version} on PATH or of pyenv: what needs it is skipped.`);
  return found;
}

function pyenvPythons(version: string): string[] {
  const folder = join(process.env.PYENV_ROOT ?? join(process.env.HOME ?? '', '.pyenv'), 'versions');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.startsWith(`${version}.`))
    .map((name) => join(folder, name, 'bin', 'python'));
}

function versionOf(python: string): string | undefined {
  const { status, stdout } = spawnSync(python, ['-I', '-c', 'import sys; print("%d.%d" % sys.version_info[:2])'], {
    encoding: 'utf8',
  });
  return status === 0 ? stdout.trim() : undefined;
}

function uv(...args: readonly string[]): void {
  const { status, stderr } = spawnSync(join(toolPrograms, 'uv'), args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`uv ${args.join(' ')} ended with ${status}\n${stderr}`);
}
