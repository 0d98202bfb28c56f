/** A file that keeps from one graph to the next what was read for it. It only saves time: whatever is wrong with it, all is read again. */
import { createHash, randomUUID } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { pluginVersion } from '../../plugin-version.js';
import { stampOf } from '../../stamps.js';

/** One value of plain data; it may hold maps, sets and typed arrays. */
export class KeptFile<Value> {
  readonly #folder: string | undefined;
  readonly #file: string;

  /**
   * @param folder absolute; `undefined`: nothing is kept
   * @param file its name in the folder
   */
  constructor(folder: string | undefined, file: string) {
    this.#folder = folder;
    this.#file = file;
  }

  /** @returns `undefined` where there is no such file, or it is not, byte for byte, what this copy of the plugin has written */
  read(): Value | undefined {
    if (this.#folder === undefined) return undefined;
    try {
      const bytes = readFileSync(join(this.#folder, this.#file));
      const end = bytes.indexOf('\n');
      const content = bytes.subarray(end + 1);
      return bytes.toString('latin1', 0, end) === heading(content) ? (deserialize(content) as Value) : undefined;
    } catch {
      return undefined; // none, not readable, or of a Node whose form of serialising this one does not know
    }
  }

  /** Replaces the file in one step, so that another process reads the old one or the new one. */
  write(value: Value): void {
    if (this.#folder === undefined) return;
    const unfinished = join(this.#folder, `${this.#file}.${randomUUID()}`);
    try {
      mkdirSync(this.#folder, { recursive: true });
      const content = serialize(value);
      writeFileSync(unfinished, `${heading(content)}\n`);
      appendFileSync(unfinished, content);
      renameSync(unfinished, join(this.#folder, this.#file));
    } catch {
      // a folder of another user, a full disk: the next graph reads again
    } finally {
      remove(unfinished);
    }
  }
}

/**
 * Whoever changes how files are read need not think of what is kept: another build of the reader, or another copy, starts anew. Both make
 * its folder, whose stamp it is; that of a file is another with each hard link that a package manager makes of it elsewhere.
 */
const READER = dirname(require.resolve('@nx-wheelhouse/python-packaging'));

function heading(content: Uint8Array): string {
  const digest = createHash('sha1').update(content).digest('hex');
  return `nx-wheelhouse ${pluginVersion()} ${stampOf(READER).stamp} ${digest}`;
}

function remove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // a read-only file system has none
  }
}
