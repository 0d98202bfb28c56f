/** Virtual environments made once by uv, kept in the tool cache and shared by all workspaces of the machine. */
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { UserError } from '../errors/user-error.js';
import type { Interpreter } from './interpreter.js';
import { lastLines } from './run-tool.js';
import { toolCacheFolder } from './tool-cache.js';
import { runUv } from './uv.js';

/** What an environment is made of; the same one gives the same environment. */
export interface EnvironmentRecipe {
  readonly interpreter: Interpreter;
  /** dependency specifiers (PEP 508) */
  readonly requirements: readonly string[];
  /** Wheels built in this workspace that requirements may resolve to, absolute paths; part of the identity by their sha256. */
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
  return join(programsFolder(folder), process.platform === 'win32' ? 'python.exe' : 'python');
}

function programsFolder(folder: string): string {
  return join(folder, process.platform === 'win32' ? 'Scripts' : 'bin');
}

function environmentKey({ interpreter, requirements, localWheels }: EnvironmentRecipe): string {
  const identity = {
    layout: 1,
    interpreter: [interpreter.path, interpreter.identity],
    requirements: [...requirements].sort(),
    localWheels: localWheels.map((wheel) => wheel.sha256).sort(),
  };
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 24);
}

async function openOrMake(recipe: EnvironmentRecipe, key: string): Promise<Environment> {
  const folder = join(toolCacheFolder(), 'environments', key);
  const complete = readComplete(folder);
  if (complete) return complete;
  // A folder without its manifest, or whose interpreter is gone, is damaged: it is made anew.
  rmSync(folder, { recursive: true, force: true });
  return make(recipe, folder);
}

function readComplete(folder: string): Environment | undefined {
  const manifest = join(folder, MANIFEST);
  if (!existsSync(manifest) || !existsSync(pythonIn(folder))) return undefined;
  const { distributions } = JSON.parse(readFileSync(manifest, 'utf8')) as { distributions: string[] };
  return { folder, python: pythonIn(folder), distributions };
}

/** Made beside its final place, relocatable, and renamed when complete: nobody ever sees a half-made one. */
async function make(recipe: EnvironmentRecipe, folder: string): Promise<Environment> {
  const unfinished = `${folder}.${randomUUID()}`;
  mkdirSync(unfinished, { recursive: true });
  try {
    await callUv(
      ['venv', '--quiet', '--clear', '--relocatable', '--no-project', '--python', recipe.interpreter.path, unfinished],
      recipe,
    );
    const python = pythonIn(unfinished);
    if (recipe.requirements.length > 0) {
      const links = recipe.localWheels.flatMap((wheel) => ['--find-links', join(wheel.path, '..')]);
      await callUv(['pip', 'install', '--quiet', '--python', python, ...links, ...recipe.requirements], recipe);
    }
    const frozen = await callUv(['pip', 'freeze', '--quiet', '--python', python], recipe);
    const distributions = frozen.split(/\r?\n/).filter(Boolean).sort();
    writeFileSync(join(unfinished, MANIFEST), JSON.stringify({ requirements: recipe.requirements, distributions }));
    try {
      renameSync(unfinished, folder);
    } catch (error) {
      // Another process was faster: its environment is the same.
      const complete = readComplete(folder);
      if (!complete) throw error;
    }
    return { folder, python: pythonIn(folder), distributions };
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

async function callUv(args: string[], recipe: EnvironmentRecipe): Promise<string> {
  const { status, stdout, stderr } = await runUv(args, { cwd: toolCacheFolder() });
  if (status === 0) return stdout;
  throw new UserError(
    `An environment with ${recipe.requirements.join(', ') || 'nothing'} (Python ${recipe.interpreter.version}) could not be made.`,
    {},
    'correct the requirements, or give uv access to an index that has them',
    lastLines(stderr),
  );
}
