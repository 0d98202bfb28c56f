/** What a package says to this plugin: `[tool.nx-wheelhouse]` in its pyproject.toml. */
import { isTomlTable, type TomlTable, type TomlValue, tomlAt } from '@nx-wheelhouse/python-packaging';
import { UserError } from '../errors/user-error.js';
import { type Package, pathIn } from './workspace.js';

export interface PackageSettings {
  /** `sibling-pins`, as written */
  readonly siblingPins: string | undefined;
  /** `compiled`: whether the wheel fits one platform only; `undefined`: what the manifest lets one think */
  readonly compiled: boolean | undefined;
  /** `top-level`: names that the wheel installs on purpose though every second repository has them, such as `tests` */
  readonly topLevel: readonly string[];
  /** `not-secret`: paths, or their ends, of files in dists that look like secrets and are none, such as keys for tests */
  readonly notSecret: readonly string[];
  /** `artifacts`: globs of files that git ignores and that go into the dists, relative to the package's folder */
  readonly artifacts: readonly string[];
}

const STRINGS = (value: unknown) => Array.isArray(value) && value.every((one) => typeof one === 'string');

/** What each key must be; a table is read elsewhere. */
const KEYS: Readonly<Record<string, { readonly is: (value: unknown) => boolean; readonly expected: string }>> = {
  'sibling-pins': { is: (value) => typeof value === 'string', expected: 'as-declared, compatible, exact or minimum' },
  compiled: { is: (value) => typeof value === 'boolean', expected: 'true or false' },
  'top-level': { is: STRINGS, expected: 'a list of names, such as ["tests"]' },
  'not-secret': { is: STRINGS, expected: 'a list of paths, such as ["tests/server.key"]' },
  artifacts: { is: STRINGS, expected: 'a list of globs, such as ["src/app/static/**"]' },
  conda: { is: (value) => isTomlTable(value as TomlValue), expected: 'a table' },
};

/** Values that are none are as if they were not there: the graph is made all the same, see `checkSettings`. */
export function packageSettings(pkg: Pick<Package, 'manifest'>): PackageSettings {
  const {
    compiled,
    'sibling-pins': siblingPins,
    'top-level': topLevel,
    'not-secret': notSecret,
    artifacts,
  } = table(pkg);
  return {
    siblingPins: siblingPins === undefined ? undefined : String(siblingPins),
    compiled: typeof compiled === 'boolean' ? compiled : undefined,
    topLevel: strings(topLevel),
    notSecret: strings(notSecret),
    artifacts: strings(artifacts),
  };
}

function strings(value: TomlValue | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

/** @throws {UserError} for a key that there is none of, or a value that it cannot have */
export function checkSettings(pkg: Package): void {
  for (const [key, value] of Object.entries(table(pkg))) {
    const known = Object.hasOwn(KEYS, key) ? KEYS[key] : undefined;
    if (known?.is(value)) continue;
    throw new UserError(
      known
        ? `\`${key}\` in [tool.nx-wheelhouse] is something else than expected.`
        : `[tool.nx-wheelhouse] knows no \`${key}\`.`,
      { project: pkg.project, file: pathIn(pkg.root, 'pyproject.toml') },
      known ? `write ${known.expected}` : `use one of ${Object.keys(KEYS).join(', ')}`,
    );
  }
}

/** Whether a wheel of this package may fit one platform only. */
export function mayBeCompiled(pkg: Pick<Package, 'manifest'>): boolean {
  return packageSettings(pkg).compiled ?? pkg.manifest.mayBeCompiled;
}

function table({ manifest }: Pick<Package, 'manifest'>): TomlTable {
  const found = tomlAt(manifest.tool, ['nx-wheelhouse']);
  return isTomlTable(found) ? found : {};
}
