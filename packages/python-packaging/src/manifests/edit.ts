/**
 * Edits of manifests, whatever their format: the text that the reader took is replaced where it stands, and the reader is asked whether
 * this, and nothing else, has changed. So every byte around the edit stays, and no format needs a writer of its own.
 */

import { formatRequirement, type Requirement } from '../requirements/requirement.js';
import { splice } from '../toml/splice.js';
import { moveSpecifiers } from '../versions/move-specifiers.js';
import { contains, formatSpecifierSet, type SpecifierClause, type SpecifierSet } from '../versions/specifiers.js';
import { formatVersion, type Version } from '../versions/version.js';
import type { DeclaredRequirement, PackageFolder, PackageManifest, Place } from './manifest.js';
import { movePoetryConstraint, parsePoetryConstraint, toSpecifiers } from './poetry-constraints.js';
import { readManifest } from './read.js';

/** The new text of one file, its path relative to the package's folder. */
export interface FileEdit {
  readonly file: string;
  readonly text: string;
}

/**
 * Writes a version where the manifest states it: in `[project]`, `[tool.poetry]`, setup.cfg or setup.py, or in the file that one of
 * them names (`__version__`, hatch's `version.path`, setuptools' `attr:` and `file:`).
 * @param version as it is to be written
 * @returns `undefined` where it is not written anywhere in so many words
 */
export function setManifestVersion(folder: PackageFolder, version: string): FileEdit | undefined {
  const seen = new SeenFolder(folder);
  const before = packageIn(seen);
  if (before?.version.kind !== 'static') return undefined;
  const stated = before.version;
  const wanted = fingerprint({ ...before, version: { ...stated, value: version } });
  return firstEdit(
    seen,
    stated.at,
    (text) => occurrences(text, stated.value, version),
    (after) => fingerprint(after) === wanted,
  );
}

/**
 * Moves a requirement to a new version of what it requires, in the style it is written in (see `moveSpecifiers`).
 * @param declared one of the manifest's requirements; it has specifiers
 * @returns `undefined` where no specifier of this style admits the version, or it is not written in so many words
 */
export function moveRequirement(
  folder: PackageFolder,
  declared: DeclaredRequirement,
  version: Version,
): FileEdit | undefined {
  const { source } = declared.requirement;
  if (source.kind !== 'index') return undefined;
  const { clauses } = source.specifiers;
  const moved = moveSpecifiers(source.specifiers, version)?.clauses ?? clauses;
  const candidates = (text: string) => [
    ...rewrittenClauses(text, clauses, moved),
    ...rewrittenPoetryConstraints(text, source.specifiers, (constraint) => movePoetryConstraint(constraint, version)),
  ];
  const isMoved = (now: Requirement) =>
    formatRequirement(unversioned(declared.requirement)) === formatRequirement(unversioned(now)) &&
    admits(now, version);
  return editRequirement(folder, declared, candidates, isMoved);
}

/**
 * Gives a requirement other specifiers, in the list or table that it stands in. Its marker stays as it is written.
 * @param declared one of the manifest's requirements, on a project of an index
 * @returns `undefined` where it is not written in so many words
 */
export function setSpecifiers(
  folder: PackageFolder,
  declared: DeclaredRequirement,
  specifiers: SpecifierSet,
): FileEdit | undefined {
  const { source } = declared.requirement;
  if (source.kind !== 'index') return undefined;
  const wanted: Requirement = { ...declared.requirement, source: { kind: 'index', specifiers } };
  const candidates = (text: string) => [
    ...rewrittenRequirements(text, declared.requirement, wanted),
    ...rewrittenPoetryConstraints(text, source.specifiers, () => formatSpecifierSet(specifiers)),
  ];
  const isWanted = (now: Requirement) => formatRequirement(now) === formatRequirement(wanted);
  return editRequirement(folder, declared, candidates, isWanted);
}

/** @returns the first edit that makes of one requirement what is wanted, and changes nothing else */
function editRequirement(
  folder: PackageFolder,
  declared: DeclaredRequirement,
  candidatesIn: (text: string) => readonly Candidate[],
  isWanted: (now: Requirement) => boolean,
): FileEdit | undefined {
  const seen = new SeenFolder(folder);
  const before = packageIn(seen);
  if (before === undefined) return undefined;
  return firstEdit(seen, declared.at, candidatesIn, (after) => isOnlyChange(before, after, declared, isWanted));
}

/** A folder that remembers what was read from it: a version may stand in any of these files. */
class SeenFolder implements PackageFolder {
  readonly texts = new Map<string, string>();

  constructor(private readonly folder: PackageFolder) {}

  read(path: string): string | undefined {
    const text = this.folder.read(path);
    if (text !== undefined) this.texts.set(path, text);
    return text;
  }
}

function packageIn(folder: PackageFolder): PackageManifest | undefined {
  const reading = readManifest(folder);
  return reading.kind === 'package' ? reading.manifest : undefined;
}

/** One replacement in a text that may be the wanted edit. */
interface Candidate {
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}

/** @returns the first candidate that makes of the manifest what is wanted: from the stated line on, then above it, then in the other files */
function firstEdit(
  { texts }: SeenFolder,
  { file, line = 1 }: Place,
  candidatesIn: (text: string) => readonly Candidate[],
  isWanted: (manifest: PackageManifest) => boolean,
): FileEdit | undefined {
  for (const path of new Set([file, ...texts.keys()])) {
    const text = texts.get(path) ?? '';
    const from = path === file ? lineStart(text, line) : 0;
    const candidates = candidatesIn(text);
    const ordered = [
      ...candidates.filter(({ start }) => start >= from),
      ...candidates.filter(({ start }) => start < from),
    ];
    for (const { start, end, replacement } of ordered) {
      const edited = splice(text, start, end, replacement);
      const manifest = packageIn({ read: (other) => (other === path ? edited : texts.get(other)) });
      if (manifest !== undefined && isWanted(manifest)) return { file: path, text: edited };
    }
  }
  return undefined;
}

function occurrences(text: string, value: string, replacement: string): Candidate[] {
  return [...text.matchAll(new RegExp(escaped(value), 'g'))].map(({ index }) => ({
    start: index,
    end: index + value.length,
    replacement,
  }));
}

/** Where the clauses stand as they were read; only their versions are replaced, the spaces between stay. */
function rewrittenClauses(
  text: string,
  clauses: readonly SpecifierClause[],
  moved: readonly SpecifierClause[],
): Candidate[] {
  const parts = clauses.map(({ operator, version }) => `(${escaped(operator)}\\s*)${escaped(version)}`);
  return [...text.matchAll(new RegExp(parts.join('(\\s*,\\s*)'), 'g'))].map((match) => {
    // The groups are operator, comma, operator, comma, ...
    const versions = moved.flatMap(({ version }) => [version, '']);
    const replacement = match.slice(1).map((kept, index) => kept + (versions[index] ?? ''));
    return { start: match.index, end: match.index + match[0].length, replacement: replacement.join('') };
  });
}

/** String literals, lines and values that are the requirement: what stands before its marker is written anew. */
function rewrittenRequirements(text: string, requirement: Requirement, wanted: Requirement): Candidate[] {
  const replacement = formatRequirement({ ...wanted, marker: undefined });
  const name = escaped(requirement.name).replaceAll('-', '[-_.]+');
  const written = new RegExp(`(?<=^\\s*|=\\s*|["'])${name}(?![\\w.-]*\\w)[^;"'#\\n]*?(?=\\s*(?:[;"'#]|$))`, 'gim');
  return [...text.matchAll(written)].map(({ index, 0: found }) => ({
    start: index,
    end: index + found.length,
    replacement,
  }));
}

/** String literals that poetry reads as these specifiers. */
function rewrittenPoetryConstraints(
  text: string,
  specifiers: SpecifierSet,
  rewrite: (constraint: string) => string,
): Candidate[] {
  return [...text.matchAll(/"([^"\n]*)"|'([^'\n]*)'/g)].flatMap(({ index, 1: basic, 2: literal }) => {
    const constraint = basic ?? literal ?? '';
    const alternatives = parsePoetryConstraint(constraint);
    if (alternatives === undefined || toSpecifiers(alternatives) !== formatSpecifierSet(specifiers)) return [];
    const start = index + 1;
    return [{ start, end: start + constraint.length, replacement: rewrite(constraint) }];
  });
}

/** Whether one requirement is another now, and everything else as it was. */
function isOnlyChange(
  before: PackageManifest,
  after: PackageManifest,
  { requirement, at }: DeclaredRequirement,
  isWanted: (now: Requirement) => boolean,
): boolean {
  const [old, now] = [allRequirements(before), allRequirements(after)];
  if (fingerprint(before, 'without requirements') !== fingerprint(after, 'without requirements')) return false;
  if (old.length !== now.length) return false;
  const changed = old.flatMap((each, index) => {
    const other = now[index] as DeclaredRequirement;
    return formatRequirement(each.requirement) === formatRequirement(other.requirement) ? [] : [{ each, other }];
  });
  return (
    changed.length > 0 &&
    changed.every(
      ({ each, other }) =>
        each.at.file === at.file &&
        each.at.line === at.line &&
        formatRequirement(each.requirement) === formatRequirement(requirement) &&
        isWanted(other.requirement),
    )
  );
}

function allRequirements(manifest: PackageManifest): readonly DeclaredRequirement[] {
  const lists = [
    manifest.dependencies.kind === 'static' ? manifest.dependencies.value : [],
    ...(manifest.extras.kind === 'static' ? manifest.extras.value.values() : []),
    ...manifest.groups.values(),
    manifest.buildSystem.requires,
  ];
  return lists.flat();
}

function unversioned(requirement: Requirement): Requirement {
  return { ...requirement, source: { kind: 'index', specifiers: { clauses: [] } } };
}

function admits({ source }: Requirement, version: Version): boolean {
  return source.kind === 'index' && contains(source.specifiers, formatVersion(version));
}

/** All that a manifest says, as a text to compare; without the `[tool]` tables as they are written, whose meaning is in the other fields. */
function fingerprint(manifest: PackageManifest, extent: 'whole' | 'without requirements' = 'whole'): string {
  return JSON.stringify({ ...manifest, tool: undefined }, (_key, value: unknown) => {
    if (value instanceof Map || value instanceof Set) return [...value];
    if (typeof value === 'bigint') return String(value);
    if (extent === 'without requirements' && isDeclaredRequirement(value)) return 'requirement';
    return value;
  });
}

function isDeclaredRequirement(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'requirement' in value && 'at' in value;
}

function lineStart(text: string, line: number): number {
  let start = 0;
  for (let at = 1; at < line; at += 1) {
    const newline = text.indexOf('\n', start);
    if (newline < 0) return start;
    start = newline + 1;
  }
  return start;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
