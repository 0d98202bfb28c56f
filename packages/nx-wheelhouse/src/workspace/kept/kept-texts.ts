/** Small files that every graph looks into: the configuration of tools at the top of the workspace. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { KeptReadings } from './kept-readings.js';

/** Texts of one workspace, as they are now. */
export class KeptTexts extends KeptReadings<string> {
  /** @param cacheFolder absolute; `undefined`: they are kept in memory only */
  constructor(cacheFolder?: string) {
    super(cacheFolder, 'texts');
  }

  /** Whether there is such a file. */
  has(root: string, path: string): boolean {
    return this.presence(root).look(path);
  }

  /**
   * @param root of the workspace, absolute
   * @param path relative to it
   * @returns empty for what cannot be read: a file that is deleted but still in git's index, say
   */
  read(root: string, path: string): string {
    return this.of(root, path, (look) => (look(path) ? readIfThere(join(root, path)) : ''));
  }
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
