/** The text of a Python file: byte order mark, encoding declaration, line ends. */
import { isAscii } from 'node:buffer';

const COOKIE = /^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)/;
const BLANK = /^[ \t\f]*(?:#.*)?$/;
const UTF_8 = /^(?:utf-?8|u8)(?:-|$)/;
/** Python's names of encodings for which the web has others. */
const WEB_NAMES: Readonly<Record<string, string>> = {
  'latin-1': 'latin1',
  'iso-latin-1': 'latin1',
  cp932: 'shift_jis',
  cp936: 'gbk',
  cp949: 'euc-kr',
  cp950: 'big5',
};

/**
 * Decodes a Python file, whatever is in it: bytes that its encoding does not have are read as Latin-1, which has them all.
 * @returns the text with `\n` as the only line end
 * @see PEP 263
 */
export function sourceText(source: Uint8Array): string {
  const bytes = Buffer.from(source.buffer, source.byteOffset, source.byteLength);
  const text = isAscii(bytes) ? bytes.toString('latin1') : decode(bytes);
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}

function decode(bytes: Buffer): string {
  try {
    // Drops a byte order mark.
    return new TextDecoder(declaredEncoding(bytes), { fatal: true }).decode(bytes);
  } catch {
    return bytes.toString('latin1');
  }
}

/** What the first or second line declares, UTF-8 without a declaration. */
function declaredEncoding(bytes: Buffer): string {
  const [first = '', second = ''] = bytes.toString('latin1', 0, 1024).split(/\r\n?|\n/, 2);
  const name = COOKIE.exec(first)?.[1] ?? (BLANK.test(first) ? COOKIE.exec(second)?.[1] : undefined);
  const plain = name?.toLowerCase().replaceAll('_', '-') ?? 'utf-8';
  if (UTF_8.test(plain)) return 'utf-8';
  return WEB_NAMES[plain] ?? plain.replace(/^cp(125\d)$/, 'windows-$1');
}
