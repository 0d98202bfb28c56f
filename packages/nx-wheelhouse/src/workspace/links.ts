/**
 * What symbolic links lead to: the files that git tracks or would track there, in the workspace or elsewhere. A link says where its
 * content is, not that whatever lies there is meant: caches and secrets that git ignores are not behind it.
 */
import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { isListed, listByGit, pathsBelow, type WorkspaceFiles } from './files.js';
import { isSourceFile, listByWalk } from './walk.js';
import { pathIn } from './workspace.js';

/** A file that stands in a package by its own name or behind a link. */
export interface LinkedFile {
  /** as if all of it lay there: relative to the workspace root */
  readonly path: string;
  /** where its content is: absolute, no link */
  readonly origin: string;
}

export interface LinkTargets {
  /** files and folders, relative to the workspace root */
  readonly inside: readonly string[];
  /** the same, for what is not in the workspace: `../` at the beginning, or absolute on another drive */
  readonly outside: readonly string[];
}

/** Paths relative to some folder, and those of them that are links. */
type Listing = Pick<WorkspaceFiles, 'paths' | 'symlinks'>;

/** Follows the links of one workspace. */
export class Links {
  readonly #root: string;
  readonly #elsewhere = new Map<string, Listing>();

  /** @param root absolute */
  constructor(
    root: string,
    private readonly files: Listing,
  ) {
    this.#root = realpathSync.native(root);
  }

  /** @param path of a link, a file or a folder, relative to the workspace root */
  filesAt(path: string): readonly LinkedFile[] {
    return this.#filesAt(path, resolve(this.#root, path), [], () => {});
  }

  /** What some links lead to, through other links too. */
  targetsOf(links: readonly string[]): LinkTargets {
    const inside = new Set<string>();
    const outside = new Set<string>();
    for (const link of links) {
      this.#filesAt(link, join(this.#root, link), [], (target) => {
        const path = this.#inWorkspace(target);
        if (path !== undefined) inside.add(path);
        else outside.add(relative(this.#root, target).split(sep).join('/'));
      });
    }
    return { inside: [...inside], outside: [...outside] };
  }

  /**
   * @param at where it lies itself, absolute
   * @param from the folders that were followed to get there, no links
   * @param follow is told where each link leads
   */
  #filesAt(path: string, at: string, from: readonly string[], follow: (target: string) => void): LinkedFile[] {
    const target = realPath(at);
    if (target === undefined) return []; // to nothing, or in a circle
    const stats = statSync(target);
    if (stats.isFile()) {
      if (!this.#isKept(target)) return [];
      follow(target);
      return [{ path, origin: target }];
    }
    // A link to what it lies in itself would have no end.
    const way = [...from, realPath(dirname(at)) ?? dirname(at)];
    if (!stats.isDirectory() || way.some((folder) => isIn(target, folder))) return [];
    follow(target);
    const { paths, symlinks } = this.#listingOf(target);
    return paths.flatMap((inside): LinkedFile[] => {
      const [linked, origin] = [pathIn(path, inside), join(target, inside)];
      return symlinks.has(inside)
        ? this.#filesAt(linked, origin, [...way, target], follow)
        : [{ path: linked, origin }];
    });
  }

  /** @param file absolute, no link */
  #isKept(file: string): boolean {
    const path = this.#inWorkspace(file);
    if (path !== undefined) return isListed(this.files, path);
    const [folder, name] = [dirname(file), basename(file)];
    return listByGit(folder, name)?.paths.includes(name) ?? isSourceFile(name);
  }

  /** @param folder absolute, no link */
  #listingOf(folder: string): Listing {
    const path = this.#inWorkspace(folder);
    if (path !== undefined) {
      const paths = pathsBelow(this.files.paths, path);
      const inFolder = (file: string) => (path === '.' ? file : file.slice(path.length + 1));
      const links = paths.filter((file) => this.files.symlinks.has(file));
      const symlinks = new Map(links.map((file) => [inFolder(file), this.files.symlinks.get(file) ?? '']));
      return { paths: paths.map(inFolder), symlinks };
    }
    const listing = this.#elsewhere.get(folder) ?? listByGit(folder) ?? listByWalk(folder);
    this.#elsewhere.set(folder, listing);
    return listing;
  }

  /** @returns the path relative to the workspace root, `undefined` for what is not in it */
  #inWorkspace(path: string): string | undefined {
    if (!isIn(this.#root, path)) return undefined;
    return relative(this.#root, path).split(sep).join('/') || '.';
  }
}

/** @param folder absolute, as is the path; both real ones */
export function isIn(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

/** In the spelling of the file system, which need not tell capitals from small letters; `undefined` for a link to nothing, or in a circle. */
export function realPath(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch {
    return undefined;
  }
}
