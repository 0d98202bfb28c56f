/** Finds the imports of a Python file in one pass over its characters: no syntax tree, and no text that it cannot take. */
import { Blocks, columnOf, OPENING_WORDS, type Surroundings } from './blocks.js';
import {
  BACKSLASH,
  BLANK,
  CLOSE,
  COLON,
  COMMENT,
  CONTINUATION,
  DOUBLE_QUOTE,
  HASH,
  KINDS,
  LEFT_BRACE,
  LINE_END,
  lineEnd,
  NEWLINE,
  OPEN,
  QUOTE,
  RIGHT_BRACE,
  SEMICOLON,
  SINGLE_QUOTE,
  SPACE,
  WORD,
  wordEnd,
} from './characters.js';
import type { Import, ImportForm } from './import.js';
import { sourceText } from './source-text.js';
import { readFromImport, readImport, readImportCall, type Statement } from './statements.js';
import { type FormattedString, isTripleQuote, literalTextEnd, plainStringEnd } from './strings.js';

/**
 * All imports of a file, in its order.
 * Never throws and takes time in proportion to the length, whatever the bytes are: a text that is not Python has the imports that can be told.
 * @param source the bytes of the file
 * @see The Python language reference, "Lexical analysis" and "The import statement"; PEP 263, 701, 810
 */
export function scanImports(source: Uint8Array): readonly Import[] {
  return new Scanner(sourceText(source)).scan();
}

/** A replacement field that is open: `{` up to `}` or, after a colon, its format specification. */
interface Field {
  readonly string: FormattedString;
  /** how many brackets are open in the field's expression, its own brace included */
  readonly depth: number;
  /** whether the field stands in the specification of another */
  readonly inSpec: boolean;
}

const STRING_PREFIX = /^(?:[bu]|r[bft]?|[bft]r?)$/i;
const IMPORT_CALLS = ['import_module', '__import__', 'importorskip'];
const NOTEWORTHY = ['import', 'from', 'lazy', ...OPENING_WORDS, ...IMPORT_CALLS];
/** By first letter, a bit for each length of noteworthy words: all others are passed over without being compared. */
const NOTEWORTHY_LENGTHS = new Uint16Array(128);
const LONGEST_NOTEWORTHY = Math.max(...NOTEWORTHY.map((word) => word.length));
for (const word of NOTEWORTHY) NOTEWORTHY_LENGTHS[word.charCodeAt(0)]! |= 1 << word.length;

class Scanner {
  readonly #blocks = new Blocks();
  readonly #fields: Field[] = [];
  readonly #found: (Omit<Import, 'time'> & Surroundings)[] = [];
  /** how many brackets are open */
  #depth = 0;
  /** whether a statement may begin here */
  #isStart = true;
  #isLazy = false;
  /** where the line begins that the current statement stands on */
  #lineStart = 0;
  /** the last line that has been counted, and where it ends */
  #line = 1;
  #lineEnd: number;

  constructor(private readonly text: string) {
    this.#lineEnd = lineEnd(text, 0);
  }

  scan(): readonly Import[] {
    const { text } = this;
    // Each step says where the text goes on; a local variable for it, because a field would take twice the time.
    for (let at = 0; at < text.length; ) {
      const code = text.charCodeAt(at);
      switch (code > 127 ? WORD : KINDS[code]) {
        case BLANK:
          at++;
          break;
        case WORD:
          at = this.#word(at, code);
          break;
        case LINE_END:
          at = this.#depth === 0 ? this.#beginLine(at + 1) : at + 1;
          break;
        case COMMENT:
          at = lineEnd(text, at);
          break;
        case QUOTE:
          this.#isStart = false;
          at = plainStringEnd(text, at);
          break;
        case OPEN:
          this.#isStart = false;
          this.#depth++;
          at++;
          break;
        case CLOSE:
          at = this.#close(at + 1, code);
          break;
        case COLON:
          at = this.#colon(at + 1);
          break;
        case SEMICOLON:
          this.#isStart = this.#depth === 0;
          at++;
          break;
        case CONTINUATION:
          at += 2;
          break;
        default:
          this.#isStart = false;
          at++;
      }
    }
    return this.#found.map(({ level, module, name, line, form, time, guards }) => {
      const isOptional = time !== 'type-checking' && guards.some((guard) => guard.catchesImportError);
      return { level, module, name, line, form, time: isOptional ? 'optional' : time };
    });
  }

  #beginLine(start: number): number {
    this.#isStart = true;
    this.#isLazy = false;
    this.#lineStart = start;
    if (!this.#blocks.isInside) return start;
    let at = start;
    let code = this.text.charCodeAt(at);
    while (code === SPACE) code = this.text.charCodeAt(++at);
    const column = KINDS[code] === BLANK ? columnOf(this.text, start) : at - start;
    if (code !== NEWLINE && code !== HASH && code !== BACKSLASH) this.#blocks.goTo(column);
    return at;
  }

  #colon(end: number): number {
    const field = this.#fields.at(-1);
    if (this.#depth === 0) this.#isStart = true;
    else if (field?.depth === this.#depth) return this.#readFormatted(end, field.string, true);
    return end;
  }

  #close(end: number, code: number): number {
    const field = this.#fields.at(-1);
    if (this.#depth > 0) this.#depth--;
    if (field === undefined || code !== RIGHT_BRACE || field.depth !== this.#depth + 1) return end;
    this.#fields.pop();
    return this.#readFormatted(end, field.string, field.inSpec);
  }

  /** Reads the literal text of a formatted string up to the next field's expression or the end of the string. */
  #readFormatted(start: number, string: FormattedString, startsInSpec: boolean): number {
    const { text } = this;
    let inSpec = startsInSpec;
    let at = literalTextEnd(text, start, string, inSpec);
    while (text.charCodeAt(at) === RIGHT_BRACE) {
      this.#depth--;
      inSpec = this.#fields.pop()?.inSpec ?? false;
      at = literalTextEnd(text, at + 1, string, inSpec);
    }
    if (text.charCodeAt(at) === LEFT_BRACE) {
      this.#fields.push({ string, depth: ++this.#depth, inSpec });
      return at + 1;
    }
    // Fields that are still open have lost their brace.
    for (let field = this.#fields.at(-1); field?.string === string; field = this.#fields.at(-1)) {
      this.#depth = field.depth - 1;
      this.#fields.pop();
    }
    if (text.charCodeAt(at) !== string.quote) return at;
    return at + (string.isTriple ? 3 : 1);
  }

  #word(start: number, first: number): number {
    const { text } = this;
    const end = wordEnd(text, start + 1);
    const length = end - start;
    const next = text.charCodeAt(end);
    if (length <= 2 && (next === SINGLE_QUOTE || next === DOUBLE_QUOTE))
      return this.#prefixedString(text.slice(start, end), end);
    const isNoteworthy = length <= LONGEST_NOTEWORTHY && ((NOTEWORTHY_LENGTHS[first] ?? 0) >> length) & 1;
    if (isNoteworthy) return this.#noteworthy(text.slice(start, end), start, end);
    this.#isStart = false;
    return end;
  }

  #prefixedString(prefix: string, quoteAt: number): number {
    const { text } = this;
    this.#isStart = false;
    if (!STRING_PREFIX.test(prefix) || !/[ft]/i.test(prefix)) return plainStringEnd(text, quoteAt);
    const isTriple = isTripleQuote(text, quoteAt);
    const string = { quote: text.charCodeAt(quoteAt), isTriple, isRaw: /r/i.test(prefix) };
    return this.#readFormatted(quoteAt + (isTriple ? 3 : 1), string, false);
  }

  /** A word that begins an import or opens a block, if it stands where it does so. */
  #noteworthy(word: string, start: number, end: number): number {
    const { text } = this;
    const isStart = this.#isStart;
    this.#isStart = false;
    if (word === 'import') return this.#take(readImport(text, end), start);
    if (word === 'from') {
      // Inside brackets no statement begins, unless a bracket above was left open.
      const statement = isStart || this.#depth > 0 ? readFromImport(text, end) : undefined;
      return statement ? this.#take(statement, start) : end;
    }
    if (IMPORT_CALLS.includes(word)) {
      const call = readImportCall(text, end);
      if (call) this.#note([call], start, 'call');
    } else if (isStart) {
      this.#isLazy = word === 'lazy';
      this.#isStart = this.#isLazy || this.#blocks.read(word, text, end, this.#lineStart);
    }
    return end;
  }

  #take({ imports, end }: Statement, start: number): number {
    this.#note(imports, start, this.#isLazy ? 'lazy' : 'statement');
    this.#isLazy = false;
    this.#depth = 0;
    this.#fields.length = 0;
    return end;
  }

  #note(imports: Statement['imports'], start: number, form: ImportForm): void {
    const line = this.#lineOf(start);
    const { time, guards } = this.#blocks.surroundings();
    for (const { level, module, name } of imports) this.#found.push({ level, module, name, line, form, time, guards });
  }

  #lineOf(place: number): number {
    while (this.#lineEnd < place) {
      this.#line++;
      this.#lineEnd = lineEnd(this.text, this.#lineEnd + 1);
    }
    return this.#line;
  }
}
