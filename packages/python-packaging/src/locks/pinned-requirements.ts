/** Reads requirements files in which everything is pinned, as pip-compile, `uv pip compile` and `uv export` write them. */
import { posix } from 'node:path';
import { type NormalizedName, normalizeName } from '../names/name.js';
import { InvalidRequirement, parseRequirement, type Requirement } from '../requirements/requirement.js';
import { annotatedLines } from './annotated-lines.js';
import { type Lock, type LockedDependency, type LockedPackage, type UnknownEdges, UnreadableLock } from './lock.js';
import { localFolder } from './lock-table.js';
import { dependencyOf } from './requirement-edge.js';

/** `unpinned`: a file of wishes rather than a lock, or of nothing but packages of the repository. */
export type PinnedRequirements =
  | { readonly kind: 'lock'; readonly lock: Lock; readonly files: readonly string[] }
  | { readonly kind: 'unpinned'; readonly file: string; readonly line: number };

/**
 * @param read gives the text of a file, by a path relative to the lock's folder
 * @param file the requirements file; what it includes by `-r` and `-c` is read too
 * @throws {UnreadableLock} for an include that leads in a circle, and for a line that is no requirement
 * @see pip documentation, "Requirements File Format"
 */
export function parsePinnedRequirements(read: (path: string) => string | undefined, file: string): PinnedRequirements {
  const found: Found = { lines: [], localFolders: [], indexes: new Set(), files: new Set(), missing: [] };
  collect(read, file, { isConstraint: false, including: [], at: undefined }, found);
  const pinned = new Set(found.lines.filter(isPinned).map(({ requirement }) => requirement.name));
  const wish = found.lines.find(({ isConstraint, requirement }) => !isConstraint && !pinned.has(requirement.name));
  if (wish !== undefined) return { kind: 'unpinned', file: wish.file, line: wish.line };
  if (pinned.size === 0) return { kind: 'unpinned', file, line: 1 };
  return { kind: 'lock', lock: toLock(found), files: [...found.files] };
}

/** A requirement and what stands with it. */
interface RequirementLine {
  readonly requirement: Requirement;
  readonly hashes: readonly string[];
  readonly via: readonly string[] | undefined;
  readonly isConstraint: boolean;
  readonly file: string;
  readonly line: number;
}

interface Found {
  readonly lines: RequirementLine[];
  /** `-e ./libs/a`: packages of the repository, whose names stand in their manifests */
  readonly localFolders: string[];
  /** options that say where from */
  readonly indexes: Set<string>;
  /** also those that are not there: one that appears is part of the lock */
  readonly files: Set<string>;
  readonly missing: UnknownEdges[];
}

interface Inclusion {
  readonly isConstraint: boolean;
  readonly including: readonly string[];
  /** where that is written */
  readonly at: UnknownEdges['at'];
}

function collect(read: (path: string) => string | undefined, file: string, how: Inclusion, found: Found): void {
  found.files.add(file);
  const text = read(file);
  if (text === undefined) {
    const reason = `${file}, which is included here, is not there`;
    found.missing.push({ kind: 'unknown', reason, at: how.at });
    return;
  }
  for (const { text: line, line: number, via } of annotatedLines(text)) {
    const [, option, value = ''] = /^(--?[a-z-]+)[\s=]*(.*)$/.exec(line) ?? [];
    if (option === '-r' || option === '--requirement' || option === '-c' || option === '--constraint') {
      const path = posix.join(posix.dirname(file), value.trim());
      if (path === file || how.including.includes(path)) throw new UnreadableLock(`${path} includes itself`, number);
      const isConstraint = how.isConstraint || option === '-c' || option === '--constraint';
      if (/^[\w+]+:\/\//.test(value)) continue; // of the web
      collect(read, path, { isConstraint, including: [...how.including, file], at: { file, line: number } }, found);
    } else if (option === '-e' || option === '--editable' || isLocalPath(line)) {
      const path = (option === undefined ? line : value).replace(/\s--?[a-z].*$|\s*;.*$|\[[^\]]*\]$/, '');
      found.localFolders.push(localFolder(path.replace(/^file:(\/\/(?=[^/]))?/, '')));
    } else if (option !== undefined) {
      found.indexes.add(`${option} ${value}`);
    } else {
      found.lines.push({ ...readLine(line, number), via, isConstraint: how.isConstraint, file, line: number });
    }
  }
}

function isLocalPath(line: string): boolean {
  return /^(\.{0,2}\/|\.\.?$|file:)/.test(line);
}

function readLine(text: string, line: number): Pick<RequirementLine, 'requirement' | 'hashes'> {
  const hashes = [...text.matchAll(/\s--hash[=\s](\S+)/g)].map(([, hash]) => hash as string);
  try {
    return { requirement: parseRequirement(text.replace(/\s--[a-z].*$/, '')), hashes: hashes.sort() };
  } catch (error) {
    if (error instanceof InvalidRequirement) throw new UnreadableLock(`this is no requirement: ${error.message}`, line);
    throw error;
  }
}

function isPinned({ requirement: { source } }: RequirementLine): boolean {
  return source.kind === 'url' || versionOf(source.specifiers.clauses) !== undefined;
}

function versionOf(clauses: readonly { readonly operator: string; readonly version: string }[]): string | undefined {
  return clauses.find(({ operator, version }) => /^={2,3}$/.test(operator) && !version.endsWith('*'))?.version;
}

function toLock({ lines, indexes, missing: [missing] }: Found): Lock {
  const pins = lines.filter(isPinned);
  const neededBy = new Map<NormalizedName, LockedDependency[]>();
  for (const { requirement, via } of pins) {
    for (const reason of via ?? []) {
      const name = packageNamed(reason);
      if (name === undefined) continue;
      neededBy.set(name, [...(neededBy.get(name) ?? []), dependencyOf(requirement)]);
    }
  }
  const silent = pins.find(({ via }) => via === undefined);
  const where = [...indexes].sort().join(' ');
  return {
    packages: pins.map((pin) => lockedPackage(pin, where, neededBy.get(pin.requirement.name) ?? [])),
    rootGroups: new Map(),
    edges:
      missing ??
      (silent === undefined
        ? { kind: 'known' }
        : { kind: 'unknown', reason: 'this does not say what it is there for (`# via`)', at: silent }),
    overridden: new Set(),
    defaultGroups: [],
    lockedGroups: undefined,
    requiresPython: undefined,
  };
}

/** `requests`, `requests[socks]`; not `-r requirements.in`, nor `mine (pyproject.toml)`, which are what was compiled. */
function packageNamed(reason: string): NormalizedName | undefined {
  const name = /^([\w.-]+)(\[[^\]]*\])?$/.exec(reason)?.[1];
  return name === undefined || name.startsWith('-') ? undefined : normalizeName(name);
}

function lockedPackage(
  { requirement, hashes }: RequirementLine,
  indexes: string,
  dependencies: readonly LockedDependency[],
): LockedPackage {
  const { name, source, marker } = requirement;
  return {
    name,
    version: source.kind === 'index' ? versionOf(source.specifiers.clauses) : undefined,
    source: source.kind === 'url' ? source.url : indexes,
    url: source.kind === 'url' ? source.url : undefined,
    localFolder: undefined,
    hashes,
    marker,
    dependencies,
    extras: new Map(),
    groups: new Map(),
    declared: undefined,
  };
}
