/** The files of a workspace as one reading finds them: each folder is listed once, for the many questions after files that mostly are not there, and what was asked is noted. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type FileStamp, NONE, stampOf } from '../stamps.js';

/** All that was asked of a workspace and what was answered: plain data. Paths are relative to the root, normalised, `/` separators. */
export interface Seen {
  /** by folder the names that were asked for: those that were there and those that were not; the same for many folders */
  readonly names: ReadonlyMap<string, readonly [there: readonly string[], missing: readonly string[]]>;
  /** by folder all names in it, where they were asked for */
  readonly lists: ReadonlyMap<string, readonly string[]>;
  readonly stamps: ReadonlyMap<string, string>;
}

/** What is there, for as long as one reading takes. */
class Listed {
  readonly #names = new Map<string, ReadonlySet<string>>();
  readonly #stamps = new Map<string, FileStamp>();

  /** @param root absolute */
  constructor(private readonly root: string) {}

  /** @param isThere whether to look at all */
  names(folder: string, isThere: () => boolean): ReadonlySet<string> {
    let names = this.#names.get(folder);
    if (names === undefined) {
      names = isThere() ? list(join(this.root, folder)) : NOTHING;
      this.#names.set(folder, names);
    }
    return names;
  }

  /** The first that there was: what changes while it is read is read again the next time. */
  stamp(path: string): FileStamp {
    let stamp = this.#stamps.get(path);
    if (stamp === undefined) {
      stamp = stampOf(join(this.root, path));
      this.#stamps.set(path, stamp);
    }
    return stamp;
  }
}

interface AskedFolder {
  readonly folder: string;
  readonly names: ReadonlySet<string>;
  readonly asked: Set<string>;
}

/** A view of a workspace as long as one reading of it takes. */
export class Presence {
  readonly #folders = new Map<string, AskedFolder>();
  readonly #lists = new Map<string, readonly string[]>();
  readonly #stamps = new Map<string, FileStamp>();
  #last: AskedFolder | undefined;

  /**
   * @param root absolute
   * @param listed what has been looked at already
   */
  constructor(
    private readonly root: string,
    private readonly listed = new Listed(root),
  ) {}

  /** The same view, of which nothing has been asked. */
  unasked(): Presence {
    return new Presence(this.root, this.listed);
  }

  /** @param path relative to the root, normalised, `/` separators; whether there is a file or folder of that name */
  has(path: string): boolean {
    const slash = path.lastIndexOf('/');
    const folder = this.#folder(slash < 0 ? '.' : path.slice(0, slash));
    const name = path.slice(slash + 1);
    folder.asked.add(name);
    return folder.names.has(name);
  }

  /** The names in a folder, sorted; none where it cannot be listed. */
  list(folder: string): readonly string[] {
    const names = [...this.#folder(folder).names].sort();
    this.#lists.set(folder, names);
    return names;
  }

  /** The stamp of a file: to be asked for before the file is read, so that a change in between is noticed. */
  stampOf(path: string): FileStamp {
    if (!this.has(path)) return NONE;
    const stamp = this.listed.stamp(path);
    this.#stamps.set(path, stamp);
    return stamp;
  }

  /** Whether there is a file that will now be read. */
  look(path: string): boolean {
    return this.stampOf(path).stamp !== NONE.stamp;
  }

  /** Since when all stamps can be relied on that were asked for, see `FileStamp`. */
  get sureFrom(): number {
    return [...this.#stamps.values()].reduce((latest, { sureFrom }) => Math.max(latest, sureFrom), 0);
  }

  seen(): Seen {
    const same = new Map<string, readonly [string[], string[]]>();
    const names = [...this.#folders.values()].map(({ folder, names, asked }) => {
      const all = [...asked];
      const answer = [all.filter((name) => names.has(name)), all.filter((name) => !names.has(name))] as const;
      const key = answer.map((each) => each.join('/')).join('//');
      // One array for all alike: that is how it is written down, too.
      if (!same.has(key)) same.set(key, answer);
      return [folder, same.get(key) ?? answer] as const;
    });
    const stamps = [...this.#stamps].map(([path, { stamp }]) => [path, stamp] as const);
    return { names: new Map(names), lists: this.#lists, stamps: new Map(stamps) };
  }

  /** Whether everything is as another reading has seen it. */
  isAs({ names, lists, stamps }: Seen): boolean {
    for (const [folder, [there, missing]] of names) {
      const now = this.#folder(folder).names;
      if (!there.every((name) => now.has(name)) || missing.some((name) => now.has(name))) return false;
    }
    for (const [folder, list] of lists) {
      const now = this.#folder(folder).names;
      if (now.size !== list.length || !list.every((name) => now.has(name))) return false;
    }
    for (const [path, stamp] of stamps) if (this.listed.stamp(path).stamp !== stamp) return false;
    return true;
  }

  #folder(folder: string): AskedFolder {
    // Most questions are after another file of the same folder.
    if (this.#last?.folder === folder) return this.#last;
    let found = this.#folders.get(folder);
    if (found === undefined) {
      const isThere = () => folder === '.' || folder.startsWith('..') || this.has(folder);
      found = { folder, names: this.listed.names(folder, isThere), asked: new Set() };
      this.#folders.set(folder, found);
    }
    this.#last = found;
    return found;
  }
}

const NOTHING: ReadonlySet<string> = new Set();

function list(folder: string): ReadonlySet<string> {
  try {
    return new Set(readdirSync(folder));
  } catch {
    return NOTHING;
  }
}
