/** Imports: of the package's own modules by following them, of all others by name. */
import { dirname, joinPath } from './files.js';
import type { Runtime } from './runtime.js';
import { constantSymbol } from './symbols.js';
import type { Scope } from './values.js';

/** Modules that are there wherever a package is built, so that importing them raises nothing. */
const ALWAYS_THERE = new Set(
  '__future__ ast builtins codecs collections contextlib copy datetime functools glob importlib inspect io itertools json logging os pathlib pkgutil platform re runpy setuptools shutil string subprocess sys sysconfig tempfile textwrap typing warnings'.split(
    ' ',
  ),
);

/** `import MODULE as NAME` */
export function importModule(runtime: Runtime, module: string, as: string | undefined, scope: Scope): void {
  const top = module.split('.')[0] as string;
  if (!ALWAYS_THERE.has(top)) runtime.doubt();
  scope.names.set(as ?? top, { kind: 'symbol', name: as === undefined ? top : module });
}

/** `from MODULE import NAME as NAME, …` */
export function importNames(
  runtime: Runtime,
  written: string,
  names: readonly { name: string; as: string }[],
  scope: Scope,
): void {
  const module = absoluteModule(runtime, written, scope);
  if (!ALWAYS_THERE.has(module.split('.')[0] as string)) runtime.doubt();
  for (const { name, as } of names) {
    const symbol = { kind: 'symbol', name: module === 'builtins' ? name : `${module}.${name}` } as const;
    scope.names.set(as, runtime.memberOfModule(module, name) ?? constantSymbol(symbol.name, runtime) ?? symbol);
  }
}

/** `.version` in `src/alpha/__init__.py` is taken as `src.alpha.version`, by the path that it is found under. */
function absoluteModule(runtime: Runtime, written: string, scope: Scope): string {
  const dots = /^\.*/.exec(written)?.[0].length ?? 0;
  if (dots === 0) return written;
  let folder = dirname(runtime.fileOf(scope));
  for (let up = 1; up < dots; up += 1) folder = dirname(folder);
  return joinPath(folder, written.slice(dots)).replace(/\/$/, '').replaceAll('/', '.');
}
