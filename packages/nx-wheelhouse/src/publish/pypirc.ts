/** Reads `.pypirc`, the file in which people keep where they upload to and with which name and password. */

export interface PypircSection {
  readonly repository: string | undefined;
  readonly username: string | undefined;
  readonly password: string | undefined;
}

/**
 * @param text of the file: sections, `key = value` or `key: value`, lines that go on by indentation, whole-line comments
 * @returns the sections by name; the keys that nothing here needs are left out
 * @see The .pypirc file, packaging.python.org specifications
 */
export function parsePypirc(text: string): ReadonlyMap<string, PypircSection> {
  const sections = new Map<string, Map<string, string>>();
  let section: Map<string, string> | undefined;
  let lastKey: string | undefined;
  for (const line of text.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    if (/^\s*([#;]|$)/.test(line)) continue;
    const header = /^\[([^\]]+)\]/.exec(line)?.[1];
    if (header !== undefined) {
      section = sections.get(header) ?? new Map();
      sections.set(header, section);
      lastKey = undefined;
      continue;
    }
    if (/^\s/.test(line) && lastKey !== undefined) {
      section?.set(lastKey, `${section.get(lastKey)}\n${line.trim()}`);
      continue;
    }
    const pair = /^([^=:]+?)\s*[=:]\s*(.*)$/.exec(line.trim());
    if (pair === null || section === undefined) continue;
    lastKey = (pair[1] as string).toLowerCase();
    section.set(lastKey, (pair[2] as string).trim());
  }
  return new Map([...sections].map(([name, keys]) => [name, sectionOf(keys)]));
}

function sectionOf(keys: ReadonlyMap<string, string>): PypircSection {
  const one = (key: string) => keys.get(key)?.trim() || undefined;
  return { repository: one('repository'), username: one('username'), password: one('password') };
}
