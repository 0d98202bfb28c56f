/** Reads `.netrc`, the file in which people keep names and passwords by host. */

export interface NetrcLogin {
  readonly username: string;
  readonly password: string;
}

/**
 * @param text of the file: `machine`, `login` and `password` with their values, separated by white space; `#` to the end of the line
 * @returns the login of each host that has one; `default` and macros are passed over: a password is for one host only
 * @see The .netrc file, GNU inetutils; Python's `netrc`
 */
export function parseNetrc(text: string): ReadonlyMap<string, NetrcLogin> {
  const logins = new Map<string, NetrcLogin>();
  const words = wordsOf(text);
  for (let at = 0; at < words.length; ) {
    const keyword = words[at++];
    if (keyword === 'default') at = skipEntry(words, at);
    if (keyword !== 'machine') continue;
    const host = words[at++] ?? '';
    const end = skipEntry(words, at);
    const entry = new Map<string, string>();
    for (; at + 1 < end; at += 2) entry.set(words[at] as string, words[at + 1] as string);
    at = end;
    const password = entry.get('password');
    // The first entry of a host counts.
    if (password !== undefined && !logins.has(host)) {
      logins.set(host, { username: entry.get('login') ?? entry.get('user') ?? '', password });
    }
  }
  return logins;
}

/** Quoted words may hold white space; a macro ends at an empty line. */
function wordsOf(text: string): string[] {
  const withoutMacros = text.replace(/^\s*macdef\b[\s\S]*?(\n\s*\n|(?![\s\S]))/gm, '\n');
  const matches = withoutMacros.matchAll(/"((?:[^"\\]|\\.)*)"|(?:^|(?<=\s))#[^\n]*|(\S+)/gm);
  return [...matches].flatMap(([, quoted, plain]) => quoted?.replace(/\\(.)/g, '$1') ?? plain ?? []);
}

function skipEntry(words: readonly string[], from: number): number {
  let at = from;
  while (at < words.length && words[at] !== 'machine' && words[at] !== 'default') at += 2;
  return Math.min(at, words.length);
}
