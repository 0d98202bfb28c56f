/** The pins of build requirements: `build-constraints.txt` of the workspace, else uv's own list in the root's pyproject.toml. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  formatRequirement,
  type NormalizedName,
  parseRequirement,
  type Requirement,
  readToml,
  tomlAt,
} from '@nx-wheelhouse/python-packaging';
import { UserError } from '../errors/user-error.js';
import { KeptTexts } from '../workspace/kept/kept-texts.js';
import type { Workspace } from '../workspace/workspace.js';

/** A constraints file as pip and uv read it, at the root of the workspace. */
export const CONSTRAINTS_FILE = 'build-constraints.txt';
/** Where uv has its own list. */
export const UV_FILE = 'pyproject.toml';
/** uv documentation, "build-constraint-dependencies". */
export const UV_CONSTRAINTS = ['tool', 'uv', 'build-constraint-dependencies'] as const;

export interface BuildConstraints {
  /** where they are stated, relative to the workspace root; `undefined`: nowhere */
  readonly file: string | undefined;
  readonly requirements: readonly Requirement[];
}

/**
 * @param workspaceRoot absolute
 * @throws {UserError} for a line that is no requirement
 */
export function readBuildConstraints(workspaceRoot: string): BuildConstraints {
  const file = constraintsFile(workspaceRoot, new KeptTexts());
  if (file === undefined) return { file, requirements: [] };
  const text = readFileSync(join(workspaceRoot, file), 'utf8');
  const lines = file === CONSTRAINTS_FILE ? constraintLines(text) : uvList(text);
  return { file, requirements: lines.map(({ text, line }) => parseLine(text, file, line)) };
}

/** @returns the file that states the pins, relative to the workspace root; `undefined` where none does */
function constraintsFile(workspaceRoot: string, texts: KeptTexts): string | undefined {
  if (texts.has(workspaceRoot, CONSTRAINTS_FILE)) return CONSTRAINTS_FILE;
  return uvConstraints(workspaceRoot, texts) === undefined ? undefined : UV_FILE;
}

/**
 * uv's own list, which stands in a file that says much else.
 * @param texts what earlier readings of the same workspace have left
 * @returns as written; `undefined` where the pins are in a file of their own, or nowhere
 */
export function uvConstraints(workspaceRoot: string, texts: KeptTexts): readonly string[] | undefined {
  if (texts.has(workspaceRoot, CONSTRAINTS_FILE)) return undefined;
  const pins = uvList(texts.read(workspaceRoot, UV_FILE)).map(({ text }) => text);
  return pins.length > 0 ? pins : undefined;
}

/**
 * As lines of a constraints file.
 * @param except distributions that they do not apply to
 */
export function formatConstraints(
  { requirements }: BuildConstraints,
  except: ReadonlySet<NormalizedName>,
): readonly string[] {
  return requirements.filter(({ name }) => !except.has(name)).map(formatRequirement);
}

/** The build requirements of each package, without those that are packages of the workspace themselves. */
export function withoutSiblings({ packages }: Workspace): readonly (readonly Requirement[])[] {
  const own = new Set([...packages.values()].map(({ name }) => name));
  return [...packages.values()].map(({ manifest }) =>
    manifest.buildSystem.requires.map(({ requirement }) => requirement).filter(({ name }) => !own.has(name)),
  );
}

interface ConstraintLine {
  readonly text: string;
  readonly line: number | undefined;
}

function constraintLines(text: string): ConstraintLine[] {
  return text
    .split(/\r?\n/)
    .map((line, index) => ({ text: line.replace(/(^|\s)#.*$/, '').trim(), line: index + 1 }))
    .filter(({ text }) => text !== '' && !text.startsWith('--'));
}

function uvList(text: string): ConstraintLine[] {
  if (!text.includes(UV_CONSTRAINTS[2])) return []; // most have none: nothing is parsed for them
  try {
    const value = tomlAt(readToml(text), UV_CONSTRAINTS);
    const items = Array.isArray(value) ? value : [];
    return items.filter((item) => typeof item === 'string').map((item) => ({ text: item, line: undefined }));
  } catch {
    return []; // a root manifest that is no TOML is reported by whoever needs it
  }
}

function parseLine(text: string, file: string, line: number | undefined): Requirement {
  try {
    return parseRequirement(text.replace(/\s+--hash[=\s]\S+|\s*\\$/g, ''));
  } catch (error) {
    throw new UserError(
      `"${text}" is no constraint: ${(error as Error).message}`,
      { file, line },
      'write one requirement a line, such as `hatchling==1.33.0`',
    );
  }
}
