/** A manifest that nothing can be read from. */
import type { Place } from './manifest.js';

export class BrokenManifest extends Error {
  override readonly name = 'BrokenManifest';

  constructor(
    message: string,
    readonly at: Place,
  ) {
    super(message);
  }
}
