/** Which modules a wheel offers for import: what a test of the installed package imports. */

const MODULE = /^(.*?)(?:\.cpython-[^/]*|\.abi3|\.cp\d+-[^/]*)?\.(?:py|so|pyd)$/;

/**
 * The modules at the top; of a namespace package, the packages in it.
 * @param files paths in the wheel
 * @returns dotted names, sorted; private ones (`_alpha`) only when there is nothing else
 */
export function importableModules(files: readonly string[]): readonly string[] {
  const modules = files
    .map((path) => path.replace(/^[^/]+\.data\/(?:pure|plat)lib\//, ''))
    .filter((path) => !/^[^/]+\.(dist-info|data)\//.test(path))
    .map((path) => MODULE.exec(path)?.[1]?.split('/') ?? [])
    .filter((parts) => parts.length > 0 && parts.every((part) => /^[\p{L}_][\p{L}\p{N}_]*$/u.test(part)));
  const packages = new Set(
    modules.filter((parts) => parts.at(-1) === '__init__').map((parts) => parts.slice(0, -1).join('.')),
  );
  const names = new Set(modules.map((parts) => topOf(parts, packages)));
  names.delete('__init__');
  const isPublic = (name: string) => !name.split('.').some((part) => part.startsWith('_'));
  const all = [...names].sort();
  return all.some(isPublic) ? all.filter(isPublic) : all;
}

/** The outermost package that a module lies in, or the module itself. */
function topOf(parts: readonly string[], packages: ReadonlySet<string>): string {
  for (let depth = 1; depth < parts.length; depth += 1) {
    const name = parts.slice(0, depth).join('.');
    if (packages.has(name)) return name;
  }
  return parts.join('.');
}
