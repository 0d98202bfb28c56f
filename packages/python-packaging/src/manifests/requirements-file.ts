/** Requirements files as pip reads them, as far as they state requirements. */

import { posix } from 'node:path';
import type { NormalizedName } from '../names/name.js';
import { normalizeName } from '../names/name.js';
import type { Sources } from './core-metadata.js';
import { groupLists } from './core-metadata.js';
import { findEditable } from './editable-installs.js';
import { localPathOf } from './local-sources.js';
import type { DeclaredRequirement, DependencySource, ManifestProblem, PackageFolder, Place } from './manifest.js';
import { type PlacedText, parseRequirements } from './pyproject-file.js';

export interface RequirementLines {
  readonly requirements: readonly DeclaredRequirement[];
  readonly sources: Sources;
}

/**
 * The lines of a file and of those it includes by `-r`, each file once, without comments, continuations joined.
 * @param file relative to the package's folder
 * @param problems takes one for each file that includes itself, by itself or through others, and for each that is included and not there:
 * they add nothing then
 * @returns `undefined` where the file is not there
 */
export function readRequirementLines(
  folder: PackageFolder,
  file: string,
  problems: ManifestProblem[] = [],
): readonly PlacedText[] | undefined {
  return collectLines(folder, file, problems, new Set(), []);
}

function collectLines(
  folder: PackageFolder,
  file: string,
  problems: ManifestProblem[],
  seen: Set<string>,
  including: readonly string[],
): readonly PlacedText[] | undefined {
  // A file that is included again adds nothing.
  if (seen.has(file)) return [];
  seen.add(file);
  const text = folder.read(file);
  if (text === undefined) return undefined;
  const lines: PlacedText[] = [];
  for (const line of logicalLines(text, file)) {
    const { name, isConstraint } = includedBy(line.text, file) ?? {};
    if (name === undefined) {
      lines.push(line);
      continue;
    }
    if (name === file || including.includes(name)) {
      problems.push({ message: `${name} includes itself${name === file ? '' : ` through ${file}`}`, at: line.at });
      continue;
    }
    if (folder.read(name) === undefined) {
      problems.push({ message: `${name}, which is included here, is not there or cannot be read`, at: line.at });
      continue;
    }
    // Constraints require nothing.
    const inner = isConstraint ? [] : collectLines(folder, name, problems, seen, [...including, file]);
    for (const each of inner ?? []) lines.push(each);
  }
  return lines;
}

/** @returns the file that a line includes, relative to the package's folder; `undefined` for other lines, and for a file from the web */
function includedBy(line: string, file: string): { readonly name: string; readonly isConstraint: boolean } | undefined {
  const [, option = '', written = ''] = /^(-r|--requirement|-c|--constraint)[\s=]*(.+)$/.exec(line) ?? [];
  const path = unquoted(written);
  if (path === '' || /^[\w+]+:\/\//.test(path)) return undefined;
  // `a/../b.txt` and `b.txt` are one file.
  const name = posix.isAbsolute(path) ? path : posix.join(posix.dirname(file), path);
  return { name, isConstraint: /^--?c/.test(option) };
}

/**
 * Requirements and, from `-e PATH_OR_URL` and from bare paths, sources; pip's other options are passed over.
 * @param folder the package's, to find what a path without `#egg=NAME` is called
 */
export function parseRequirementLines(
  lines: readonly PlacedText[],
  problems: ManifestProblem[],
  folder: PackageFolder,
): RequirementLines {
  const plain: PlacedText[] = [];
  const sources: (readonly [NormalizedName, DependencySource])[] = [];
  for (const { text, at } of lines) {
    const editable = /^(?:-e|--editable)[\s=]*(.+)$/.exec(text)?.[1];
    const written = editable ?? text.replace(/\s--?[a-z].*$/, '');
    if (editable !== undefined || isPath(written)) {
      const install = readInstall(unquoted(written), editable !== undefined, folder, at);
      if (install === undefined) continue;
      plain.push({ text: install.requirement, at });
      sources.push([normalizeName(install.name), install.source]);
    } else if (!text.startsWith('-')) {
      plain.push({ text: written, at });
    }
  }
  return { requirements: parseRequirements(plain, problems), sources: groupLists(sources) };
}

/** Whether pip takes a line for the path of a project. @see pip's `_looks_like_path` */
function isPath(line: string): boolean {
  return /^(?:file:|\.{1,2}(?:[/[]|$)|\/|[\w.-]+\/)/.test(line);
}

/** Of a project that is installed from where it lies: `../alpha[net] ; marker`, or a URL with `#egg=alpha[net]`. */
function readInstall(
  written: string,
  editable: boolean,
  folder: PackageFolder,
  at: Place,
): { readonly name: string; readonly requirement: string; readonly source: DependencySource } | undefined {
  const [, quoted = '', marker = ''] = /^(.*?)(\s*;.*)?$/.exec(written) ?? [];
  const target = unquoted(quoted);
  const [, egg, eggExtras = ''] = /#(?:.*&)?egg=([A-Za-z0-9._-]+)(\[[^\]]*\])?/.exec(target) ?? [];
  const [, address = '', extras = eggExtras] = /^(.*?)(\[[^\]]*\])?$/.exec(target.replace(/#.*$/, '')) ?? [];
  const path = localPathOf(address) ?? (/^[\w+]+:/.test(address) ? undefined : address);
  const found = path === undefined ? undefined : findEditable(folder, path);
  const name = found?.name ?? egg;
  if (name === undefined) return undefined;
  const source: DependencySource =
    path === undefined
      ? { kind: 'git', reference: target, at }
      : { kind: 'path', path: found?.path ?? path, editable, at };
  return { name, requirement: `${name}${extras}${marker}`, source };
}

function unquoted(text: string): string {
  return text.trim().replace(/^(["'])([^"']*)\1$/, '$2');
}

/** The lines of one file without comments, continuations joined. */
export function logicalLines(text: string, file: string): PlacedText[] {
  const lines: PlacedText[] = [];
  let pending = '';
  let start: number | undefined;
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    start ??= index + 1;
    const isComment = /^\s*#/.test(raw);
    if (!isComment && raw.endsWith('\\')) {
      pending += raw.slice(0, -1);
      continue;
    }
    const line = (pending + (isComment ? '' : raw)).replace(/(?:^|\s)#.*$/, '').trim();
    if (line !== '') lines.push({ text: line, at: { file, line: start } });
    pending = '';
    start = undefined;
  }
  return lines;
}
