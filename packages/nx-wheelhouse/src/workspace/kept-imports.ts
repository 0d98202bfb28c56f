/** The file that keeps the imports of contents from one graph to the next. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FileImport } from './python-imports.js';

/** To be raised when the same text has other imports than before, or the file another form. */
const VERSION = 1;
const FILE = 'nx-wheelhouse-imports.json';

/** Every name once, and by content a name's index, a line and what kind of import it is, over and over. */
interface Kept {
  readonly version: number;
  readonly names: readonly string[];
  readonly contents: Readonly<Record<string, readonly number[]>>;
}

const TYPE_CHECKING = 1;
const CALL = 2;

/** @returns imports by content; nothing where the file is not there, of another version, or damaged: then all is read again */
export function readKeptImports(folder: string): ReadonlyMap<string, readonly FileImport[]> {
  try {
    const { version, names, contents } = JSON.parse(readFileSync(join(folder, FILE), 'utf8')) as Kept;
    if (version !== VERSION) return new Map();
    return new Map(Object.entries(contents).map(([content, numbers]) => [content, decode(numbers, names)]));
  } catch {
    return new Map();
  }
}

/** @throws {TypeError} for numbers that mean nothing */
function decode(numbers: readonly number[], names: readonly string[]): readonly FileImport[] {
  const imports: FileImport[] = [];
  for (let at = 0; at < numbers.length; at += 3) {
    const [index = -1, line = 0, kind = -1] = numbers.slice(at, at + 3);
    const name = names[index];
    if (typeof name !== 'string' || !(line > 0) || !(kind >= 0)) throw new TypeError('not what was written');
    imports.push({ name, line, isTypeChecking: (kind & TYPE_CHECKING) > 0, isCall: (kind & CALL) > 0 });
  }
  return imports;
}

/**
 * Replaces the file in one step, so that another process reads the old one or the new one. It only saves time: where it cannot be
 * written, nothing else is wrong.
 * @param imports of the contents that are there now; others are forgotten, which keeps the file small
 */
export function writeKeptImports(folder: string, imports: ReadonlyMap<string, readonly FileImport[]>): void {
  const indexes = new Map<string, number>();
  const indexOf = (name: string) => {
    const index = indexes.get(name) ?? indexes.size;
    indexes.set(name, index);
    return index;
  };
  const contents = [...imports].map(([content, found]) => [
    content,
    found.flatMap(({ name, line, isTypeChecking, isCall }) => [
      indexOf(name),
      line,
      (isTypeChecking ? TYPE_CHECKING : 0) | (isCall ? CALL : 0),
    ]),
  ]);
  const kept: Kept = { version: VERSION, names: [...indexes.keys()], contents: Object.fromEntries(contents) };
  try {
    mkdirSync(folder, { recursive: true });
    replaceFile(folder, JSON.stringify(kept));
  } catch {
    // a folder of another user, a full disk: the next graph reads the files again
  }
}

function replaceFile(folder: string, text: string): void {
  const unfinished = join(folder, `${FILE}.${randomUUID()}`);
  try {
    writeFileSync(unfinished, text);
    renameSync(unfinished, join(folder, FILE));
  } finally {
    rmSync(unfinished, { force: true });
  }
}
