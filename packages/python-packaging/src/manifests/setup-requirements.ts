/** How the arguments of `setup()` write requirements: lines in texts, markers in the names of extras. */
import { type NormalizedName, normalizeName } from '../names/name.js';
import type { Place } from './manifest.js';

/** One string may hold several requirements, a line each, with comments and continued lines. */
export function requirementLines(text: string): readonly string[] {
  return text
    .replace(/\\\n/g, '')
    .split(/\r?\n/)
    .map((line) => line.replace(/(?:^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');
}

/** `name:marker` as a key of `extras_require`; `:marker` alone makes a conditional requirement of no extra. */
export function splitExtra(key: string): { readonly extra: NormalizedName | undefined; readonly marker: string } {
  const [name = '', ...marker] = key.split(':');
  return { extra: name.trim() === '' ? undefined : normalizeName(name.trim()), marker: marker.join(':').trim() };
}

export function withMarker(requirement: string, marker: string): string {
  if (marker === '') return requirement;
  const at = requirement.indexOf(';');
  if (at < 0) return `${requirement}; ${marker}`;
  return `${requirement.slice(0, at)}; (${requirement.slice(at + 1).trim()}) and (${marker})`;
}

/**
 * The line that a requirement was written on: quoted in a script, or at the start of a line of another file that the script reads.
 * @param requirement or its beginning
 * @param files by path, the script first
 */
export function placeOfRequirement(requirement: string, files: ReadonlyMap<string, string>): Place | undefined {
  for (const [file, text] of files) {
    const isFound = file.endsWith('.py')
      ? (line: string) => line.includes(`'${requirement}`) || line.includes(`"${requirement}`)
      : (line: string) => line.trimStart().startsWith(requirement);
    const index = text.split('\n').findIndex(isFound);
    if (index >= 0) return { file, line: index + 1 };
  }
  return undefined;
}
