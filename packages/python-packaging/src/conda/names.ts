/** What a distribution is called as a conda package. */
import type { NormalizedName } from '../names/name.js';

/** Read when it is first asked: what makes no conda packages does without it. */
let renamed: ReadonlyMap<string, string> | undefined;

/**
 * The name under which conda-forge has a distribution: the normalised one, unless it is known to be called otherwise there
 * (`torch` is `pytorch`, `ruamel-yaml` is `ruamel.yaml`).
 * @see pypi-names.md beside this file, for where the list comes from
 */
export function condaForgeName(name: NormalizedName): string {
  renamed ??= new Map(Object.entries(require('./pypi-names.json') as Record<string, string>));
  return renamed.get(name) ?? name;
}

/**
 * Whether conda takes this as a package's name: lower-case ASCII letters, digits, `-`, `_`, `.`.
 * @see conda-build documentation, "Package naming conventions"
 */
export function isCondaName(name: string): boolean {
  return /^[a-z0-9_][a-z0-9_.-]*$/.test(name);
}
