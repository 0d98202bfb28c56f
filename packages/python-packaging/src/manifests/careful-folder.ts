/** A package's folder, read with care: what is wrong with one file is told apart from what a manifest says. */
import { BrokenManifest } from './broken-manifest.js';
import type { PackageFolder } from './manifest.js';

/** Reads each file once. A manifest that cannot be read breaks the package; any other file then counts as not there. */
export class CarefulFolder implements PackageFolder {
  private readonly texts = new Map<string, string | undefined>();

  constructor(private readonly folder: PackageFolder) {}

  manifest(file: string): string | undefined {
    try {
      this.texts.set(file, this.folder.read(file));
    } catch (error) {
      const { message, line } = error as Error & { line?: number };
      throw new BrokenManifest(message, { file, line });
    }
    return this.texts.get(file);
  }

  read(path: string): string | undefined {
    if (!this.texts.has(path)) this.texts.set(path, this.tryRead(path));
    return this.texts.get(path);
  }

  has(path: string): boolean {
    return this.read(path) !== undefined;
  }

  private tryRead(path: string): string | undefined {
    try {
      return this.folder.read(path);
    } catch {
      return undefined;
    }
  }
}
