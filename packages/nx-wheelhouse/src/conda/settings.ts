/** What a package says of its conda form, in `[tool.nx-wheelhouse.conda]` of its pyproject.toml. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  isCondaName,
  isMatchSpec,
  isTomlTable,
  normalizeName,
  type TomlTable,
  type TomlValue,
  tomlAt,
  tomlLineOf,
} from '@nx-wheelhouse/python-packaging';
import { UserError } from '../errors/user-error.js';
import { type Package, pathIn } from '../workspace/workspace.js';

export interface CondaSettings {
  /** the conda package's name, where it is not the distribution's */
  readonly name: string | undefined;
  readonly buildNumber: number;
  /** conda's names of distributions, where they are not conda-forge's */
  readonly names: ReadonlyMap<string, string>;
  /** match specifications in place of requirements, by `name` or `name[extra]` */
  readonly dependencies: ReadonlyMap<string, readonly string[]>;
  /** one package for Unix and one for Windows in place of one for all */
  readonly platformVariants: boolean;
  /** who looks after the recipe: names on the code forge */
  readonly maintainers: readonly string[];
}

const CONDA_TABLE = ['tool', 'nx-wheelhouse', 'conda'] as const;
const PYPROJECT = 'pyproject.toml';
const KEYS = ['name', 'build-number', 'names', 'dependencies', 'platform-variants', 'maintainers'];

/** Whether the table is there, however it is filled. */
export function hasCondaTable({ manifest }: Pick<Package, 'manifest'>): boolean {
  return tomlAt(manifest.tool, CONDA_TABLE.slice(1)) !== undefined;
}

/** @throws {UserError} with file and line for a value that is none */
export function condaSettings(workspaceRoot: string, pkg: Package): CondaSettings {
  return new SettingsReader(workspaceRoot, pkg).read();
}

class SettingsReader {
  readonly #table: TomlTable;

  constructor(
    private readonly workspaceRoot: string,
    private readonly pkg: Package,
  ) {
    const table = tomlAt(pkg.manifest.tool, CONDA_TABLE.slice(1)) ?? {};
    this.#table = isTomlTable(table) ? table : this.#refuse([], 'must be a table');
  }

  read(): CondaSettings {
    const unknown = Object.keys(this.#table).find((key) => !KEYS.includes(key));
    if (unknown !== undefined) this.#refuse([unknown], `is no setting; there are ${KEYS.join(', ')}`);
    return {
      name: this.#value('name', isText('a conda package name', isCondaName)),
      buildNumber: this.#value('build-number', isBuildNumber) ?? 0,
      names: new Map(this.#entries('names', isText('a conda package name', isCondaName))),
      dependencies: new Map(this.#entries('dependencies', isSpecs)),
      platformVariants: this.#value('platform-variants', isBoolean) ?? false,
      maintainers: this.#value('maintainers', isTexts) ?? [],
    };
  }

  #value<T>(key: string, read: Reader<T>): T | undefined {
    const value = this.#table[key];
    return value === undefined ? undefined : this.#read([key], value, read);
  }

  /** A table by names of distributions, which are folded, and what they stand for. */
  #entries<T>(key: string, read: Reader<T>): [string, T][] {
    const table = this.#table[key] ?? {};
    if (!isTomlTable(table)) this.#refuse([key], 'must be a table');
    return Object.entries(table).map(([name, value]) => [foldKey(name), this.#read([key, name], value, read)]);
  }

  #read<T>(path: readonly string[], value: TomlValue, read: Reader<T>): T {
    const result = read(value);
    return result.ok ? result.value : this.#refuse(path, `must be ${result.expected}`);
  }

  #refuse(path: readonly string[], problem: string): never {
    const { root, project } = this.pkg;
    const file = pathIn(root, PYPROJECT);
    const line = tomlLineOf(readFileSync(join(this.workspaceRoot, file), 'utf8'), [...CONDA_TABLE, ...path]);
    const name = [...CONDA_TABLE, ...path].join('.');
    throw new UserError(
      `\`${name}\` ${problem}.`,
      { project, file, line },
      'correct it; docs/conda.md has all settings',
    );
  }
}

type Reader<T> = (value: TomlValue) => { ok: true; value: T } | { ok: false; expected: string };

/** `Requests[Socks, Security]` and `requests[security,socks]` are the same. */
function foldKey(key: string): string {
  const [, name = key, extras] = /^([^[]*)\[(.*)\]$/.exec(key) ?? [];
  const folded = normalizeName(name.trim());
  if (extras === undefined) return folded;
  return `${folded}[${extras
    .split(',')
    .map((extra) => normalizeName(extra.trim()))
    .sort()
    .join(',')}]`;
}

function isText(expected: string, suits: (text: string) => boolean): Reader<string> {
  return (value) => (typeof value === 'string' && suits(value) ? { ok: true, value } : { ok: false, expected });
}

const isBoolean: Reader<boolean> = (value) =>
  typeof value === 'boolean' ? { ok: true, value } : { ok: false, expected: 'true or false' };

const isBuildNumber: Reader<number> = (value) =>
  Number.isSafeInteger(value) && Number(value) >= 0
    ? { ok: true, value: Number(value) }
    : { ok: false, expected: 'a whole number, 0 or more' };

const isTexts: Reader<readonly string[]> = (value) =>
  Array.isArray(value) && value.every((item) => typeof item === 'string')
    ? { ok: true, value: value as string[] }
    : { ok: false, expected: 'an array of strings' };

/** One match specification or several; none at all leaves the requirement out. */
const isSpecs: Reader<readonly string[]> = (value) => {
  const specs = typeof value === 'string' ? [value] : value;
  return Array.isArray(specs) && specs.every((spec) => typeof spec === 'string' && isMatchSpec(spec))
    ? { ok: true, value: specs as string[] }
    : { ok: false, expected: 'a match specification such as "requests >=2,<3", or an array of such' };
};
