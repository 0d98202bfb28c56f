/** Everything that is kept of a workspace from one graph to the next. Nx ends the plugin's process after each, also where its daemon lives on. */
import { KeptLocks } from '../locks/kept-locks.js';
import type { Presence } from '../presence.js';
import { KeptImports } from './kept-imports.js';
import { KeptManifests } from './kept-manifests.js';
import { KeptTexts } from './kept-texts.js';

export class Kept {
  readonly manifests: KeptManifests;
  readonly imports: KeptImports;
  readonly locks: KeptLocks;
  readonly texts: KeptTexts;

  /**
   * @param cacheFolder absolute; `undefined`: everything is kept in memory only
   * @param access `read`, for whoever reads other manifests than the graph does and would have it read all of its own again
   */
  constructor(cacheFolder?: string, access: 'read' | 'write' = 'write') {
    this.manifests = new KeptManifests(cacheFolder, access);
    this.imports = new KeptImports(cacheFolder);
    this.locks = new KeptLocks(cacheFolder);
    this.texts = new KeptTexts(cacheFolder);
  }

  /**
   * Begins a graph. Manifests and imports are asked for once in each, and need no telling.
   * @param presence of the files as they are now
   */
  begin(presence: Presence): void {
    this.locks.begin(presence);
    this.texts.begin(presence);
  }

  /** Ends a whole graph: what it has not asked for is forgotten. */
  end(): void {
    this.locks.end();
    this.texts.end();
  }

  /** Writes to disk what is new. */
  save(): void {
    for (const each of [this.manifests, this.imports, this.locks, this.texts]) each.save();
  }
}
