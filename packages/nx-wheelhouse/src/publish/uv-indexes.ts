/** The indexes that a manifest names for uv, as far as one can publish to them. */
import { isTomlTable, readToml, tomlAt } from '@nx-wheelhouse/python-packaging';
import type { RepositoryAddresses } from './repositories.js';

/**
 * @param manifest the text of a pyproject.toml
 * @throws {InvalidToml}
 * @see uv, "Publishing your package"
 */
export function uvIndexes(manifest: string): ReadonlyMap<string, RepositoryAddresses> {
  const indexes = tomlAt(readToml(manifest), ['tool', 'uv', 'index']);
  const found = new Map<string, RepositoryAddresses>();
  for (const index of Array.isArray(indexes) ? indexes : []) {
    if (!isTomlTable(index)) continue;
    const { name, url, 'publish-url': publishUrl } = index;
    if (typeof name !== 'string' || typeof url !== 'string' || typeof publishUrl !== 'string') continue;
    found.set(name, { uploadUrl: publishUrl, listingUrl: url });
  }
  return found;
}
