/** Requirements that point into the file system (`alpha @ file:../alpha`) as path sources. */
import type { Sources } from './core-metadata.js';
import { groupLists } from './core-metadata.js';
import type { DeclaredRequirement, DependencySource } from './manifest.js';

/** @returns the sources that direct references state, those that are no path as `url` or `git` */
export function directSources(requirements: Iterable<DeclaredRequirement>): Sources {
  return groupLists(
    [...requirements].flatMap(({ requirement, at }) => {
      if (requirement.source.kind !== 'url') return [];
      const { url } = requirement.source;
      const path = localPathOf(url);
      const source: DependencySource =
        path === undefined
          ? { kind: url.startsWith('git+') ? 'git' : 'url', reference: url, at }
          : { kind: 'path', path, editable: false, at };
      return [[requirement.name, source] as const];
    }),
  );
}

/**
 * The path a URL names: relative to the package's folder where it is written so (`file:../alpha`, hatch's `{root:uri}/../alpha`,
 * pdm's `file:///${PROJECT_ROOT}/../alpha`), else as it is.
 * @returns `undefined` for a URL that leads elsewhere
 */
export function localPathOf(url: string): string | undefined {
  const bare = url.replace(/[#?].*$/, '');
  const hatch = /^\{root((?::parent)*)(?::uri|:real)*\}\/?(.*)$/.exec(bare.replace(/^file:\/*(?=\{)/, ''));
  if (hatch !== null) return join('../'.repeat((hatch[1] ?? '').split(':').length - 1), hatch[2] ?? '');
  const file = /^file:(.*)$/s.exec(bare)?.[1];
  if (file === undefined) return undefined;
  const root = /^\/*\$\{PROJECT_ROOT\}\/?(.*)$/s.exec(file);
  if (root !== null) return join('', root[1] ?? '');
  return decode(file.replace(/^\/\/(?:localhost)?(?=\/)/, '').replace(/^\/(?=[A-Za-z]:)/, ''));
}

function join(prefix: string, path: string): string {
  const joined = decode(prefix + path).replace(/\/$/, '');
  return joined === '' ? '.' : joined;
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
