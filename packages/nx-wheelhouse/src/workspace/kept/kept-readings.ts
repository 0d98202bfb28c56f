/** What was read from files, kept from one graph to the next until one of those files changes. */
import { type FileStamp, isSure, NONE } from '../../stamps.js';
import { Presence } from '../presence.js';
import { KeptFile } from './kept-file.js';

interface Reading<Value> {
  readonly value: Value;
  /** of every file that was looked at, also of those that were not there; by path, relative to the workspace root */
  readonly stamps: ReadonlyMap<string, string>;
  /** since when all of them can be relied on, see `FileStamp` */
  readonly sureFrom: number;
}

/**
 * Tells whether a file is there, and notes that it was looked at. To be called before the file is read, so that a change in between
 * is noticed.
 * @param path relative to the workspace root, normalised
 */
export type Look = (path: string) => boolean;

export type Access = 'read' | 'write';

/** Values of plain data for one workspace, by key; who extends it says what they are. What was read from files that had just changed is read again by the next graph. */
export abstract class KeptReadings<Value> {
  readonly #file: KeptFile<ReadonlyMap<string, Reading<Value>>>;
  #before: ReadonlyMap<string, Reading<Value>> | undefined;
  readonly #current = new Map<string, Reading<Value>>();
  #started = 0;
  #isSaved = true;
  #presence: Presence | undefined;

  /**
   * @param cacheFolder absolute; `undefined`: they are kept in memory only
   * @param name of the file in it
   * @param access `read`, for whoever asks for other keys than the graph does and would have it read all of its own again
   */
  constructor(
    cacheFolder: string | undefined,
    name: string,
    private readonly access: Access = 'write',
  ) {
    this.#file = new KeptFile(cacheFolder, name);
  }

  /** Begins a graph. @param presence of the files of the workspace as they are now */
  begin(presence?: Presence): void {
    this.#current.clear();
    this.#started = Date.now();
    this.#presence = presence;
  }

  /**
   * @param root of the workspace, absolute
   * @param read makes the value; asked once in a graph at most, and only where some file is not as it was
   */
  protected of(root: string, key: string, read: (look: Look) => Value): Value {
    const known = this.#current.get(key);
    if (known !== undefined) return known.value;
    this.#before ??= this.#file.read() ?? new Map();
    const presence = this.presence(root);
    const kept = this.#before.get(key);
    const isCurrent =
      kept !== undefined && [...kept.stamps].every(([path, stamp]) => presence.stampOf(path).stamp === stamp);
    const reading = isCurrent ? kept : readWith(read, (path) => presence.stampOf(path));
    this.#current.set(key, reading);
    return reading.value;
  }

  /** Of the files as they are now. */
  protected presence(root: string): Presence {
    this.#presence ??= new Presence(root);
    return this.#presence;
  }

  /** Ends a graph: what it has not asked for is forgotten. */
  end(): void {
    const sure = new Map([...this.#current].filter(([, { sureFrom }]) => isSure(sureFrom, this.#started)));
    const before = this.#before ?? new Map();
    const isNew = before.size !== sure.size || [...sure].some(([key, reading]) => before.get(key) !== reading);
    if (isNew && this.access === 'write') this.#isSaved = false;
    this.#before = sure;
  }

  /** Writes to disk what is new. */
  save(): void {
    if (!this.#isSaved) this.#file.write(this.#before ?? new Map());
    this.#isSaved = true;
  }
}

function readWith<Value>(read: (look: Look) => Value, stampAt: (path: string) => FileStamp): Reading<Value> {
  const stamps = new Map<string, string>();
  let sureFrom = 0;
  const value = read((path) => {
    const now = stampAt(path);
    stamps.set(path, now.stamp);
    sureFrom = Math.max(sureFrom, now.sureFrom);
    return now.stamp !== NONE.stamp;
  });
  return { value, stamps, sureFrom };
}
