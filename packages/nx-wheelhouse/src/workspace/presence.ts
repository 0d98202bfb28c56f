/** The files of a workspace as one reading finds them: each folder is listed once, for the many questions after files that mostly are not there, and what was asked is noted. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type FileStamp, NONE, stampOf } from '../stamps.js';
import { folderOf } from './workspace.js';

const NOTHING: ReadonlySet<string> = new Set();

/** All that was asked of a workspace and what was answered: plain data. Paths are relative to the root, normalised, `/` separators. */
export interface Seen {
  /** by folder the names that were asked for: those that were there and those that were not */
  readonly names: ReadonlyMap<string, readonly [there: readonly string[], missing: readonly string[]]>;
  /** by folder all names in it, sorted, where they were asked for */
  readonly lists: ReadonlyMap<string, readonly string[]>;
  readonly stamps: ReadonlyMap<string, string>;
}

/** A view of a workspace as long as one reading of it takes. */
export class Presence {
  readonly #asked = new Map<string, Map<string, boolean>>();
  readonly #lists = new Map<string, readonly string[]>();
  readonly #stamps = new Map<string, string>();
  #sureFrom = 0;

  /**
   * @param root absolute
   * @param listed what has been listed already
   */
  constructor(
    private readonly root: string,
    private readonly listed = new Map<string, ReadonlySet<string>>(),
  ) {}

  /** The same view, of which nothing has been asked. */
  unasked(): Presence {
    return new Presence(this.root, this.listed);
  }

  /** @param path relative to the root, normalised, `/` separators; whether there is a file or folder of that name */
  has(path: string): boolean {
    const folder = folderOf(path);
    const name = path.slice(folder === '.' ? 0 : folder.length + 1);
    const asked = this.#asked.get(folder) ?? new Map<string, boolean>();
    this.#asked.set(folder, asked);
    const known = asked.get(name);
    if (known !== undefined) return known;
    const isThere = this.#namesIn(folder).has(name);
    asked.set(name, isThere);
    return isThere;
  }

  /** The names in a folder, sorted; none where it cannot be listed. */
  list(folder: string): readonly string[] {
    const names = [...this.#namesIn(folder)].sort();
    this.#lists.set(folder, names);
    return names;
  }

  /** The stamp of a file: to be asked for before the file is read, so that a change in between is noticed. */
  stampOf(path: string): FileStamp {
    const stamp = this.has(path) ? stampOf(join(this.root, path)) : NONE;
    const before = this.#stamps.get(path) ?? stamp.stamp;
    this.#stamps.set(path, before);
    // What changes under one reading belongs to none.
    this.#sureFrom = Math.max(this.#sureFrom, before === stamp.stamp ? stamp.sureFrom : Number.POSITIVE_INFINITY);
    return stamp;
  }

  /** Whether there is a file that will now be read. */
  look(path: string): boolean {
    return this.stampOf(path).stamp !== NONE.stamp;
  }

  /** Since when all stamps can be relied on that were asked for, see `FileStamp`. */
  get sureFrom(): number {
    return this.#sureFrom;
  }

  seen(): Seen {
    const names = [...this.#asked].map(([folder, asked]): [string, [string[], string[]]] => {
      const all = [...asked.keys()];
      return [folder, [all.filter((name) => asked.get(name)), all.filter((name) => !asked.get(name))]];
    });
    return { names: new Map(names), lists: this.#lists, stamps: this.#stamps };
  }

  /** Whether everything is as another reading has seen it. */
  isAs({ names, lists, stamps }: Seen): boolean {
    for (const [folder, [there, missing]] of names) {
      const now = this.#namesIn(folder);
      if (!there.every((name) => now.has(name)) || missing.some((name) => now.has(name))) return false;
    }
    for (const [folder, list] of lists) {
      const now = this.#namesIn(folder);
      if (now.size !== list.length || !list.every((name) => now.has(name))) return false;
    }
    for (const [path, stamp] of stamps) if (this.stampOf(path).stamp !== stamp) return false;
    return true;
  }

  #namesIn(folder: string): ReadonlySet<string> {
    let names = this.listed.get(folder);
    if (names === undefined) {
      names = folder === '.' || folder.startsWith('..') || this.has(folder) ? list(join(this.root, folder)) : NOTHING;
      this.listed.set(folder, names);
    }
    return names;
  }
}

function list(folder: string): ReadonlySet<string> {
  try {
    return new Set(readdirSync(folder));
  } catch {
    return NOTHING;
  }
}
