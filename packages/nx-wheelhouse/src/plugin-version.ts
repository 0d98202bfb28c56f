/** The version of this package: what an older one has kept or made counts for nothing. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export function pluginVersion(): string {
  const manifest = JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf8')) as { version: string };
  return manifest.version;
}
