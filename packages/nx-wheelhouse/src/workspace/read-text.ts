/** Text files as people have them: UTF-8, or what the kind of file has besides; anything else is an error that names the line. */
import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

/** A file that is there and cannot be read as text. */
export class UnreadableText extends Error {
  /** @param line counted from 1, where one is to blame */
  constructor(
    message: string,
    readonly line: number | undefined,
  ) {
    super(message);
  }
}

/**
 * @param path absolute
 * @returns `undefined` where there is no such file
 * @throws {UnreadableText}
 */
export function readText(path: string): string | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return undefined;
    throw new UnreadableText(`${basename(path)} cannot be read (${code})`, undefined);
  }
  if (isUtf8(bytes)) return bytes.toString('utf8');
  const other = otherEncoding(path, bytes);
  const text = other && decode(bytes, other);
  if (text !== undefined) return text;
  throw new UnreadableText(`${basename(path)} is not UTF-8`, firstBadLine(bytes));
}

function decode(bytes: Uint8Array, encoding: string): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Python files and requirements files say it in a comment; PowerShell writes the latter in UTF-16, which pip reads too. */
function otherEncoding(path: string, bytes: Buffer): string | undefined {
  const isRequirements = /\.(txt|in)$/.test(path);
  if (isRequirements && bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return isRequirements || path.endsWith('.py') ? declaredEncoding(bytes) : undefined;
}

/** @see PEP 263 */
function declaredEncoding(bytes: Buffer): string {
  const [first = '', second = ''] = bytes.subarray(0, 400).toString('latin1').split('\n');
  const declared = [first, second].map((line) => /^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)/.exec(line)?.[1]);
  // Python's spelling of a name, in that of the web.
  return (declared.find(Boolean) ?? 'utf-8').replaceAll('_', '-').replace(/^latin-1$/i, 'latin1');
}

/** A line break is no part of any longer character of UTF-8, so each line stands for itself. */
function firstBadLine(bytes: Buffer): number | undefined {
  for (let line = 1, start = 0; start <= bytes.length; line += 1) {
    const found = bytes.indexOf(0x0a, start);
    const end = found < 0 ? bytes.length : found;
    if (!isUtf8(bytes.subarray(start, end))) return line;
    start = end + 1;
  }
  return undefined;
}
