/** Direct references into the file system (`alpha @ file:../alpha`), in the spellings that each tool has for them. */

/**
 * The path a URL names: relative to the package's folder where it is written so (`file:../alpha`, hatch's `{root:uri}/../alpha`,
 * pdm's `file:///${PROJECT_ROOT}/../alpha`, `file://${PWD}/../alpha` as pip expands it, a bare `../alpha` as uv takes it), else absolute.
 * @returns `undefined` for a URL that leads elsewhere
 */
export function localPathOf(url: string): string | undefined {
  const bare = url.replace(/[#?].*$/, '');
  const hatch = /^\{root((?::parent)*)(?::uri|:real)*\}\/?(.*)$/.exec(bare.replace(/^file:\/*(?=\{)/, ''));
  if (hatch !== null) return join('../'.repeat((hatch[1] ?? '').split(':').length - 1), hatch[2] ?? '');
  if (/^\.{1,2}(?:\/|$)/.test(bare)) return join('', bare);
  const file = /^file:(.*)$/s.exec(bare)?.[1];
  if (file === undefined) return undefined;
  const root = /^\/*(?:\$\{(?:PROJECT_ROOT|PWD)\}|\$PWD)\/?(.*)$/s.exec(file);
  if (root !== null) return join('', root[1] ?? '');
  return decode(file.replace(/^\/\/(?:localhost(?=\/))?/, '').replace(/^\/(?=[A-Za-z]:)/, ''));
}

function join(prefix: string, path: string): string {
  const joined = decode(prefix + path).replace(/\/$/, '');
  return joined === '' ? '.' : joined;
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
