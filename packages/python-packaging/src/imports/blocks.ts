/** The blocks around a statement that say when it is carried out: functions, `if TYPE_CHECKING`, `try` with a handler for imports that fail. */
import { BLANK, KINDS } from './characters.js';
import type { ImportTime } from './import.js';

/** A `try` or what follows it; whether a failing import is caught is known only when its handlers have been read. */
export interface Guard {
  catchesImportError: boolean;
}

interface Block {
  /** the column of the statement that opens the block; the block goes on while statements stand further to the right */
  readonly column: number;
  /** `unguarded`: a handler that catches something else */
  readonly kind: 'function' | 'type-checking' | 'guarded' | 'unguarded';
  /** of the `try` that the block belongs to */
  readonly guard: Guard | undefined;
}

/** When an import is carried out, as far as the blocks around it have been read. */
export interface Surroundings {
  readonly time: Exclude<ImportTime, 'optional'>;
  readonly guards: readonly Guard[];
}

// Bounded, or a text of nothing but `except` would be read once for each of them.
const CATCHES_IMPORT_ERROR = /[ \t]*:|[^:;]{0,400}?\b(?:ImportError|ModuleNotFoundError|Exception|BaseException)\b/y;
const SUPPRESSES_IMPORT_ERROR =
  /[ \t]+(?:contextlib\.)?suppress\([^:;)]{0,400}?\b(?:ImportError|ModuleNotFoundError|Exception|BaseException)\b/y;
const TYPE_CHECKING = /[ \t]+(?:[\w.]+\.)?TYPE_CHECKING[ \t]*(?::|and\b)/y;
const TAB = 0x09;
const FORM_FEED = 0x0c;
const MODULE_LEVEL: Surroundings = { time: 'module', guards: [] };

/** The words that `Blocks.read` looks at. */
export const OPENING_WORDS = ['async', 'def', 'if', 'elif', 'try', 'with', 'except'];

export class Blocks {
  readonly #open: Block[] = [];
  /** the `try` whose handlers may follow */
  #lastTry: Block | undefined;

  /** whether any block is open, so that the next statement's column matters */
  get isInside(): boolean {
    return this.#open.length > 0;
  }

  /** A statement stands at `column`: ends the blocks that it is no part of. */
  goTo(column: number): void {
    let last = this.#open.at(-1);
    while (last !== undefined && last.column >= column) {
      if (last.guard !== undefined) this.#lastTry = last;
      this.#open.pop();
      last = this.#open.at(-1);
    }
  }

  /**
   * Reads the first word of a statement.
   * @param end where the word ends
   * @param lineStart where the line begins that the statement stands on
   * @returns whether the statement itself is still to come, behind `async`
   */
  read(word: string, text: string, end: number, lineStart: number): boolean {
    const column = columnOf(text, lineStart);
    switch (word) {
      case 'async':
        return true;
      case 'def':
        this.#begin('function', column);
        break;
      case 'if':
      case 'elif':
        if (matchesAt(TYPE_CHECKING, text, end)) this.#begin('type-checking', column);
        break;
      case 'try':
        this.#begin('guarded', column, { catchesImportError: false });
        break;
      case 'with':
        if (matchesAt(SUPPRESSES_IMPORT_ERROR, text, end)) this.#begin('guarded', column, { catchesImportError: true });
        break;
      case 'except':
        this.#handle(column, matchesAt(CATCHES_IMPORT_ERROR, text, end));
    }
    return false;
  }

  /** A handler is as optional as the import whose failure it catches. */
  #handle(column: number, catchesImportError: boolean): void {
    const { guard } = this.#lastTry ?? {};
    if (guard === undefined || this.#lastTry?.column !== column) return;
    if (catchesImportError) guard.catchesImportError = true;
    this.#begin(catchesImportError ? 'guarded' : 'unguarded', column, guard);
  }

  #begin(kind: Block['kind'], column: number, guard?: Guard): void {
    this.#open.push({ column, kind, guard });
  }

  surroundings(): Surroundings {
    if (this.#open.length === 0) return MODULE_LEVEL;
    const has = (wanted: Block['kind']) => this.#open.some(({ kind }) => kind === wanted);
    return {
      time: has('type-checking') ? 'type-checking' : has('function') ? 'function' : 'module',
      guards: this.#open.flatMap(({ kind, guard }) => (kind === 'guarded' && guard ? [guard] : [])),
    };
  }
}

/** The column of the first character that is no blank; a tab leads to the next multiple of 8, a form feed to the first column. */
export function columnOf(text: string, lineStart: number): number {
  let column = 0;
  for (let at = lineStart; KINDS[text.charCodeAt(at)] === BLANK; at++) {
    const code = text.charCodeAt(at);
    column = code === TAB ? column - (column % 8) + 8 : code === FORM_FEED ? 0 : column + 1;
  }
  return column;
}

function matchesAt(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at;
  return pattern.test(text);
}
