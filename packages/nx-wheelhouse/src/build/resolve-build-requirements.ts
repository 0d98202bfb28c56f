/** Resolves the build requirements of all packages to the pins of one constraints file. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatRequirement, parseRequirement, type Requirement } from '@nx-wheelhouse/python-packaging';
import { UserError } from '../errors/user-error.js';
import { lastLines } from '../toolchain/run-tool.js';
import { runUv } from '../toolchain/uv.js';

export interface ResolvedPins {
  /** lines of a constraints file, sorted: `name==version`, with a marker where it differs by platform */
  readonly pins: readonly string[];
  /** distributions that one pin cannot serve */
  readonly undecided: readonly { readonly name: string; readonly versions: readonly string[] }[];
}

/**
 * All together where that is possible, else set by set: what all sets agree on is pinned.
 * @param sets the build requirements of each package
 * @param preferred pins to keep where they still fit
 * @param bounds what every version has to satisfy
 * @param folder for uv's configuration: absolute
 * @throws {UserError} when the requirements of a package cannot be resolved
 */
export async function resolveBuildRequirements(
  sets: readonly (readonly Requirement[])[],
  preferred: readonly Requirement[],
  bounds: readonly Requirement[],
  folder: string,
): Promise<ResolvedPins> {
  const distinct = [...new Map(sets.map((set) => [set.map(formatRequirement).sort().join('\n'), set])).values()];
  const together = await compile(distinct.flat(), preferred, bounds, folder);
  if (together.ok) return { pins: together.lines, undecided: [] };

  const versions = new Map<string, Set<string>>();
  for (const set of distinct) {
    const alone = await compile(set, preferred, bounds, folder);
    if (!alone.ok) {
      throw new UserError(
        `The build requirements ${set.map(formatRequirement).join(', ')} cannot be resolved.`,
        {},
        'correct them in the manifest, or give uv access to an index that has them',
        alone.reason,
      );
    }
    for (const line of alone.lines) {
      const { name } = parseRequirement(line);
      versions.set(name, (versions.get(name) ?? new Set()).add(line));
    }
  }
  const agreed = [...versions].filter(([, lines]) => lines.size === 1).flatMap(([, lines]) => [...lines]);
  const undecided = [...versions].filter(([, lines]) => lines.size > 1);
  return { pins: agreed.sort(), undecided: undecided.map(([name, lines]) => ({ name, versions: [...lines] })) };
}

type Compiled = { readonly ok: true; readonly lines: string[] } | { readonly ok: false; readonly reason: string };

/** @see uv documentation, "Locking environments": an output file that is there already is what uv prefers */
async function compile(
  requirements: readonly Requirement[],
  preferred: readonly Requirement[],
  bounds: readonly Requirement[],
  folder: string,
): Promise<Compiled> {
  const temporary = mkdtempSync(join(tmpdir(), 'nx-wheelhouse-pins-'));
  const [input, constraints, output] = ['requirements.in', 'constraints.txt', 'requirements.txt'].map((name) =>
    join(temporary, name),
  ) as [string, string, string];
  try {
    writeFileSync(input, lines(requirements));
    writeFileSync(constraints, lines(bounds));
    writeFileSync(output, lines(preferred));
    const options = [
      '--universal',
      '--no-header',
      '--no-annotate',
      '--quiet',
      '--constraint',
      constraints,
      '--output-file',
      output,
    ];
    const { status, stderr } = await runUv(['pip', 'compile', ...options, input], { cwd: folder });
    if (status !== 0) return { ok: false, reason: lastLines(stderr) };
    return { ok: true, lines: readFileSync(output, 'utf8').split(/\r?\n/).filter(Boolean).sort() };
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

function lines(requirements: readonly Requirement[]): string {
  return requirements.map((requirement) => `${formatRequirement(requirement)}\n`).join('');
}
