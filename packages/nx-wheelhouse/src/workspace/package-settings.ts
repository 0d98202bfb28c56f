/** What a package says to this plugin: `[tool.nx-wheelhouse]` in its pyproject.toml. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readToml, tomlAt } from '@nx-wheelhouse/python-packaging';
import type { Package } from './workspace.js';

const TABLE = 'nx-wheelhouse';

export interface PackageSettings {
  /** `sibling-pins`, as written */
  readonly siblingPins: string | undefined;
}

/** @param workspaceRoot absolute */
export function packageSettings(workspaceRoot: string, pkg: Package): PackageSettings {
  const file = join(workspaceRoot, pkg.root, 'pyproject.toml');
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  // Most packages say nothing, and parsing a thousand manifests a second time would be felt.
  const value = text.includes(TABLE) ? tomlAt(readToml(text), ['tool', TABLE, 'sibling-pins']) : undefined;
  return { siblingPins: value === undefined ? undefined : String(value) };
}
