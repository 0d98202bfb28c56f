/** Files that go into a package's dists although git ignores them: what another program has made, the pages of a web application say. */
import { statSync } from 'node:fs';
import { basename, join, posix } from 'node:path';
import type { Minimatch as Glob } from 'minimatch';
import { packageSettings } from './package-settings.js';
import { listByWalk } from './walk.js';
import { type Package, pathIn } from './workspace.js';

/**
 * @param own the package's files that git does not ignore, relative to its folder
 * @returns globs relative to its folder, of files or of folders with all in them; what is only taken in whether git ignores it or not is
 * no artifact as long as git has something of it
 */
export function artifactGlobs({ manifest }: Pick<Package, 'manifest'>, own: readonly string[]): readonly string[] {
  const { ignored, included } = manifest.artifacts;
  const sources = included.length === 0 ? [] : own.filter((path) => !basename(path).startsWith('.git'));
  const unknownToGit = included.filter((glob) => !sources.some(matcher([glob])));
  return [...new Set([...packageSettings({ manifest }).artifacts, ...ignored, ...unknownToGit])];
}

/**
 * @param folder of the package, absolute
 * @param globs see `artifactGlobs`
 * @returns the files that are there, relative to the folder, sorted; without what is never a source, unless it is named itself
 */
export function artifactFiles(folder: string, globs: readonly string[]): readonly string[] {
  if (globs.length === 0) return [];
  const isNamed = matcher(globs);
  const found = new Set([...new Set(globs.map(fixedPart))].flatMap((place) => filesAt(folder, place)));
  return [...found].filter((path) => isNamed(path) && !path.startsWith('dist/')).sort();
}

function filesAt(folder: string, place: string): string[] {
  const stats = statSync(join(folder, place), { throwIfNoEntry: false });
  if (stats?.isFile()) return [place];
  if (!stats?.isDirectory()) return [];
  const { paths, symlinks } = listByWalk(join(folder, place));
  return paths.filter((path) => !symlinks.has(path)).map((path) => pathIn(place, path));
}

const MAGIC = /[*?[\]{}!()+@\\]/;

/** The folders of a glob before the first that has a pattern in its name. */
function fixedPart(glob: string): string {
  const parts = posix.normalize(glob).split('/');
  const first = parts.findIndex((part) => MAGIC.test(part));
  const place = (first === -1 ? parts : parts.slice(0, first)).join('/');
  return place === '' || place.startsWith('..') ? '.' : place;
}

function matcher(globs: readonly string[]): (path: string) => boolean {
  // Few packages have artifacts: the others do without loading it.
  const { Minimatch } = require('minimatch') as typeof import('minimatch');
  const patterns = globs
    .flatMap((glob) => [glob, `${glob}/**`])
    .map((glob): Glob => new Minimatch(glob, { dot: true, nocomment: true, nonegate: true }));
  return (path) => patterns.some((pattern) => pattern.match(path));
}
