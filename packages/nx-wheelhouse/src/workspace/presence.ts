/** Which files are there: each folder is listed once, for the many questions after files that mostly are not. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { folderOf } from './workspace.js';

const NOTHING: ReadonlySet<string> = new Set();

/** A view of a workspace as long as one reading of it takes. */
export class Presence {
  readonly #names = new Map<string, ReadonlySet<string>>();

  /** @param root absolute */
  constructor(private readonly root: string) {}

  /** @param path relative to the root, normalised, `/` separators; whether there is a file or folder of that name */
  has(path: string): boolean {
    const folder = folderOf(path);
    return this.#namesIn(folder).has(path.slice(folder === '.' ? 0 : folder.length + 1));
  }

  #namesIn(folder: string): ReadonlySet<string> {
    let names = this.#names.get(folder);
    if (names === undefined) {
      names = folder === '.' || folder.startsWith('..') || this.has(folder) ? list(join(this.root, folder)) : NOTHING;
      this.#names.set(folder, names);
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
