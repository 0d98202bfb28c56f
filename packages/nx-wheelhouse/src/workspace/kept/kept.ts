/** Everything that is kept of a workspace from one graph to the next. */
import { KeptLocks } from '../locks/kept-locks.js';
import { KeptImports } from './kept-imports.js';
import { KeptManifests } from './kept-manifests.js';

export class Kept {
  readonly manifests: KeptManifests;
  readonly imports: KeptImports;
  /** in memory only: a lock is one file, and quickly read */
  readonly locks = new KeptLocks();

  /** @param cacheFolder absolute; `undefined`: everything is kept in memory only */
  constructor(cacheFolder?: string) {
    this.manifests = new KeptManifests(cacheFolder);
    this.imports = new KeptImports(cacheFolder);
  }
}
