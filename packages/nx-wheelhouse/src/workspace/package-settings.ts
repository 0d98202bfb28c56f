/** What a package says to this plugin: `[tool.nx-wheelhouse]` in its pyproject.toml. */
import { tomlAt } from '@nx-wheelhouse/python-packaging';
import type { Package } from './workspace.js';

export interface PackageSettings {
  /** `sibling-pins`, as written */
  readonly siblingPins: string | undefined;
}

export function packageSettings({ manifest }: Pick<Package, 'manifest'>): PackageSettings {
  const value = tomlAt(manifest.tool, ['nx-wheelhouse', 'sibling-pins']);
  return { siblingPins: value === undefined ? undefined : String(value) };
}
