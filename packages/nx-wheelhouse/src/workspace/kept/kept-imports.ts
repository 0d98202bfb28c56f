/** The imports of contents, kept from one graph to the next. A content has git's name for it, so that a file is known before and after its commit. */
import { join } from 'node:path';
import { isSure, stampOf } from '../../stamps.js';
import type { FileImport } from '../python-imports.js';
import { KeptFile } from './kept-file.js';

/** Every name once; by content the number of its imports, and for each a name's index, a line and what kind of import it is. */
interface Table {
  readonly names: readonly string[];
  readonly contents: readonly string[];
  readonly counts: Int32Array;
  readonly imports: Int32Array;
  readonly unknownToGit: ReadonlyMap<string, StampedContent>;
}

/** The content of a file that git does not have, by its stamp. */
interface StampedContent {
  readonly stamp: string;
  readonly content: string;
}

/** The name of the file in the cache folder. */
export const IMPORTS_FILE = 'imports';

/** Numbers for each import. */
const FIELDS = 3;
const TYPE_CHECKING = 1;
const CALL = 2;

/** The imports of one workspace. */
export class KeptImports {
  readonly #file: KeptFile<Table>;
  #before: ReadonlyMap<string, readonly FileImport[]> | undefined;
  #stampedBefore: ReadonlyMap<string, StampedContent> = new Map();
  #current = new Map<string, readonly FileImport[]>();
  #stamped = new Map<string, StampedContent>();
  #isNew = false;

  /** @param cacheFolder absolute; `undefined`: they are kept in memory only */
  constructor(cacheFolder?: string) {
    this.#file = new KeptFile(cacheFolder, IMPORTS_FILE);
  }

  /** Begins a reading: what it does not ask for will be forgotten. */
  begin(): void {
    if (this.#before === undefined) {
      const table = this.#file.read();
      this.#before = table === undefined ? new Map() : decode(table);
      this.#stampedBefore = table?.unknownToGit ?? new Map();
    } else {
      this.#before = this.#current;
      this.#stampedBefore = this.#stamped;
    }
    this.#current = new Map();
    this.#stamped = new Map();
  }

  /** @returns `undefined` for a content that has not been seen */
  importsOf(content: string): readonly FileImport[] | undefined {
    const imports = this.#current.get(content) ?? this.#before?.get(content);
    if (imports !== undefined) this.#current.set(content, imports);
    return imports;
  }

  keep(content: string, imports: readonly FileImport[]): void {
    this.#current.set(content, imports);
    this.#isNew = true;
  }

  /**
   * The content of a file that git does not have.
   * @param root of the workspace, absolute
   * @param read tells it where the file is not known to be the same as before; `undefined` for a file that cannot be read
   */
  contentOf(root: string, path: string, read: () => string | undefined): string | undefined {
    const started = Date.now();
    const { stamp, sureFrom } = stampOf(join(root, path));
    const before = this.#stampedBefore.get(path);
    const isKnown = before?.stamp === stamp && this.importsOf(before.content) !== undefined;
    const content = isKnown ? before.content : read();
    if (content === undefined) return undefined;
    if (!isKnown) this.#isNew = true;
    if (isSure(sureFrom, started)) this.#stamped.set(path, { stamp, content });
    return content;
  }

  /** Writes to disk what is new since the last time. */
  save(): void {
    if (this.#isNew) this.#file.write(encode(this.#current, this.#stamped));
    this.#isNew = false;
  }
}

function decode({ names, contents, counts, imports }: Table): ReadonlyMap<string, readonly FileImport[]> {
  const found = new Map<string, readonly FileImport[]>();
  let at = 0;
  for (const [index, content] of contents.entries()) {
    const end = at + (counts[index] as number) * FIELDS;
    const ofContent: FileImport[] = [];
    for (; at < end; at += FIELDS) {
      const kind = imports[at + 2] as number;
      const name = names[imports[at] as number] as string;
      const line = imports[at + 1] as number;
      ofContent.push({ name, line, isTypeChecking: (kind & TYPE_CHECKING) > 0, isCall: (kind & CALL) > 0 });
    }
    found.set(content, ofContent);
  }
  return found;
}

function encode(
  contents: ReadonlyMap<string, readonly FileImport[]>,
  unknownToGit: ReadonlyMap<string, StampedContent>,
): Table {
  const indexes = new Map<string, number>();
  const indexOf = (name: string) => {
    const index = indexes.get(name) ?? indexes.size;
    indexes.set(name, index);
    return index;
  };
  const imports: number[] = [];
  for (const found of contents.values()) {
    for (const { name, line, isTypeChecking, isCall } of found)
      imports.push(indexOf(name), line, (isTypeChecking ? TYPE_CHECKING : 0) | (isCall ? CALL : 0));
  }
  return {
    names: [...indexes.keys()],
    contents: [...contents.keys()],
    counts: Int32Array.from([...contents.values()], (found) => found.length),
    imports: Int32Array.from(imports),
    unknownToGit,
  };
}
