/** A place in a text that is being parsed, and the error that names it. */

/** A dependency specifier or marker that does not follow the grammar. */
export class InvalidRequirement extends Error {
  override readonly name = 'InvalidRequirement';

  constructor(
    readonly text: string,
    /** counted from 1 */
    readonly column: number,
    readonly expected: string,
  ) {
    super(`expected ${expected} at column ${column} of "${text.length > 200 ? `${text.slice(0, 200)}…` : text}"`);
  }
}

export class Cursor {
  position = 0;

  constructor(readonly text: string) {}

  skipSpace(): void {
    while (isBlank(this.text.charCodeAt(this.position))) this.position += 1;
  }

  isAtEnd(): boolean {
    return this.position >= this.text.length;
  }

  /** Takes what a sticky pattern matches here. */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.position;
    if (!pattern.test(this.text)) return undefined;
    const start = this.position;
    this.position = pattern.lastIndex;
    return this.text.slice(start, this.position);
  }

  takeText(text: string): boolean {
    if (!this.text.startsWith(text, this.position)) return false;
    this.position += text.length;
    return true;
  }

  /** @throws {InvalidRequirement} */
  fail(expected: string, position = this.position): never {
    throw new InvalidRequirement(this.text, position + 1, expected);
  }
}

/** A space or a tab, which is all the white space that PEP 508 has. */
function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}
