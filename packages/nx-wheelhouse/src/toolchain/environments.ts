/** Virtual environments made once by uv, kept in the tool cache and shared by all workspaces of the machine. */
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { isDiskFull } from '../errors/disk-error.js';
import { UserError } from '../errors/user-error.js';
import { contentsDigest, markUsed, removeUnused, removeWhole } from './environment-state.js';
import type { Interpreter } from './interpreter.js';
import { lastLines } from './run-tool.js';
import { makeInToolCache, toolCacheFolder } from './tool-cache.js';
import { runUv } from './uv.js';

/** What an environment is made of; the same one gives the same environment. */
export interface EnvironmentRecipe {
  readonly interpreter: Interpreter;
  /** dependency specifiers (PEP 508) */
  readonly requirements: readonly string[];
  /** what narrows the versions of whatever is installed: lines of a constraints file */
  readonly constraints: readonly string[];
  /** Wheels built in this workspace that are installed whatever an index has; absolute paths, part of the identity by their sha256. */
  readonly localWheels: readonly { readonly path: string; readonly sha256: string }[];
}

export interface Environment {
  /** absolute */
  readonly folder: string;
  /** the interpreter inside, absolute */
  readonly python: string;
  /** `name==version` of everything inside, sorted */
  readonly distributions: readonly string[];
}

/** What is noted in an environment once it is complete. */
interface EnvironmentManifest {
  readonly requirements: readonly string[];
  readonly distributions: readonly string[];
  readonly contents: string;
}

const MANIFEST = 'nx-wheelhouse-environment.json';
const made = new Map<string, Promise<Environment>>();

/**
 * The environment of a recipe, made when it is not there yet. Safe to call from several processes at once.
 * @throws {UserError} when a requirement cannot be resolved or installed
 */
export function ensureEnvironment(recipe: EnvironmentRecipe): Promise<Environment> {
  const key = environmentKey(recipe);
  const environment = made.get(key) ?? openOrMake(recipe, key);
  made.set(key, environment);
  return environment;
}

/** `PATH` with an environment's programs first, for backends that call the tools they require (ninja, cmake). */
export function pathWith(environment: Environment): string {
  return [programsFolder(environment.folder), process.env.PATH].filter(Boolean).join(delimiter);
}

/** @returns the absolute path of the interpreter inside a virtual environment's folder */
export function pythonIn(folder: string): string {
  return programIn(folder, 'python');
}

/** @returns the absolute path of a program inside a virtual environment's folder */
export function programIn(folder: string, name: string): string {
  return join(programsFolder(folder), process.platform === 'win32' ? `${name}.exe` : name);
}

function programsFolder(folder: string): string {
  return join(folder, process.platform === 'win32' ? 'Scripts' : 'bin');
}

function environmentKey({ interpreter, requirements, constraints, localWheels }: EnvironmentRecipe): string {
  const identity = {
    layout: 4,
    interpreter: [interpreter.path, interpreter.identity],
    requirements: [...requirements].sort(),
    constraints: [...constraints].sort(),
    localWheels: localWheels.map((wheel) => wheel.sha256).sort(),
  };
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 24);
}

async function openOrMake(recipe: EnvironmentRecipe, key: string): Promise<Environment> {
  const folder = join(toolCacheFolder(), 'environments', key);
  return readComplete(folder) ?? make(recipe, folder);
}

/** @returns `undefined` where there is none, or one that is damaged: it is made anew */
function readComplete(folder: string): Environment | undefined {
  const manifest = join(folder, MANIFEST);
  try {
    const { distributions, contents } = JSON.parse(readFileSync(manifest, 'utf8')) as EnvironmentManifest;
    if (!existsSync(pythonIn(folder)) || contents !== contentsDigest(folder, MANIFEST)) return undefined;
    markUsed(manifest);
    return { folder, python: pythonIn(folder), distributions };
  } catch {
    return undefined;
  }
}

/** Made beside its final place, relocatable, and renamed when complete: nobody ever sees a half-made one. */
async function make(recipe: EnvironmentRecipe, folder: string): Promise<Environment> {
  const unfinished = `${folder}.${randomUUID()}`;
  makeInToolCache(unfinished);
  try {
    await callUv(
      ['venv', '--quiet', '--clear', '--relocatable', '--no-project', '--python', recipe.interpreter.path, unfinished],
      recipe,
    );
    const python = pythonIn(unfinished);
    if (recipe.requirements.length > 0) {
      const constraints = `${unfinished}.constraints`;
      writeFileSync(constraints, recipe.constraints.map((line) => `${line}\n`).join(''));
      // Build hosts write no bytecode: without it each of them would compile its backend anew, half of the time until its first build.
      const options = ['--quiet', '--compile-bytecode', '--python', python, '--constraints', constraints];
      // Named by their paths: an index may have something else of the same name, and a newer version of it.
      const wheels = recipe.localWheels.map(({ path }) => path);
      await callUv(['pip', 'install', ...options, ...recipe.requirements, ...wheels], recipe);
    }
    const listed = await callUv(['pip', 'list', '--quiet', '--format', 'freeze', '--python', python], recipe);
    const distributions = listed.split(/\r?\n/).filter(Boolean).sort();
    const manifest: EnvironmentManifest = {
      requirements: recipe.requirements,
      distributions,
      contents: contentsDigest(unfinished, MANIFEST),
    };
    writeFileSync(join(unfinished, MANIFEST), JSON.stringify(manifest));
    return putInPlace(unfinished, folder) ?? { folder, python: pythonIn(folder), distributions };
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
    rmSync(`${unfinished}.constraints`, { force: true });
    removeUnused(dirname(folder), MANIFEST);
  }
}

/** @returns the environment that another process has put there in the meantime, which is the same */
function putInPlace(unfinished: string, folder: string): Environment | undefined {
  for (let attempt = 0; ; attempt++) {
    try {
      renameSync(unfinished, folder);
      return undefined;
    } catch (error) {
      const complete = readComplete(folder);
      if (complete) return complete;
      if (attempt > 0 || !existsSync(folder)) throw error;
      removeWhole(folder);
    }
  }
}

async function callUv(args: string[], recipe: EnvironmentRecipe): Promise<string> {
  const { status, stdout, stderr } = await runUv(args, { cwd: toolCacheFolder() });
  if (status === 0) return stdout;
  throw new UserError(
    `An environment with ${recipe.requirements.join(', ') || 'nothing'} (Python ${recipe.interpreter.version}) could not be made.`,
    {},
    isDiskFull(stderr)
      ? `make room on the disk of the tool cache (${toolCacheFolder()})`
      : 'correct the requirements, or give uv access to an index that has them',
    lastLines(stderr),
  );
}
