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
 * @param problems takes one for each file that includes itself, by itself or through others: it adds nothing then
 * @returns `undefined` where the file, or one it includes, is not there
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
    const included = /^(?:-r|--requirement)[\s=]*(.+)$/.exec(line.text)?.[1];
    if (included === undefined) {
      lines.push(line);
      continue;
    }
    const path = file.includes('/') ? `${file.slice(0, file.lastIndexOf('/'))}/${included}` : included;
    const name = posixPath(path);
    if (name === file || including.includes(name)) {
      problems.push({ message: `${name} includes itself${name === file ? '' : ` through ${file}`}`, at: line.at });
      continue;
    }
    const inner = collectLines(folder, name, problems, seen, [...including, file]);
    if (inner === undefined) return undefined;
    for (const each of inner) lines.push(each);
  }
  return lines;
}

/** `a/../b.txt` and `b.txt` are one file. */
function posixPath(path: string): string {
  return posix.normalize(path.trim());
}

/**
 * Requirements and, from `-e PATH_OR_URL`, editable sources; pip's other options are passed over.
 * @param folder the package's, to find what an editable path without `#egg=NAME` is called
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
    if (editable !== undefined) {
      const install = readEditable(editable, folder, at);
      if (install === undefined) continue;
      plain.push({ text: install.name, at });
      sources.push([normalizeName(install.name), install.source]);
    } else if (!text.startsWith('-')) {
      plain.push({ text: text.replace(/\s--?[a-z].*$/, ''), at });
    }
  }
  return { requirements: parseRequirements(plain, problems), sources: groupLists(sources) };
}

function readEditable(
  written: string,
  folder: PackageFolder,
  at: Place,
): { readonly name: string; readonly source: DependencySource } | undefined {
  const name = /#(?:.*&)?egg=([A-Za-z0-9._-]+)/.exec(written)?.[1];
  const path = localPathOf(written) ?? (/^[\w+]+:/.test(written) ? undefined : written.replace(/#.*$/, ''));
  if (name !== undefined) {
    return {
      name,
      source: path === undefined ? { kind: 'git', reference: written, at } : { kind: 'path', path, editable: true, at },
    };
  }
  const found = path === undefined ? undefined : findEditable(folder, path);
  return found && { name: found.name, source: { kind: 'path', path: found.path, editable: true, at } };
}

function logicalLines(text: string, file: string): PlacedText[] {
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
