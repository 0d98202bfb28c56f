/** A package's folder as Nx's virtual file tree has it: what a release has written so far is seen, and a dry run writes nothing. */
import type { Tree } from '@nx/devkit';
import { type FileEdit, type PackageFolder, type PackageManifest, readManifest } from '@nx-wheelhouse/python-packaging';
import { pathIn } from '../workspace/workspace.js';

export class TreeFolder implements PackageFolder {
  /** @param folder relative to the tree's root, `/` separators, `.` for the root itself */
  constructor(
    private readonly tree: Tree,
    readonly folder: string,
  ) {}

  /** @throws {TypeError} for a file that is not UTF-8: written back it would be another one */
  read(path: string): string | undefined {
    const file = pathIn(this.folder, path);
    if (!this.tree.isFile(file)) return undefined;
    const bytes = this.tree.read(file);
    return bytes === null ? undefined : new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  }

  write({ file, text }: FileEdit): void {
    this.tree.write(pathIn(this.folder, file), text);
  }

  /** @returns `undefined` where there is no package, or its manifest is broken */
  manifest(): PackageManifest | undefined {
    const reading = readManifest(this);
    return reading.kind === 'package' ? reading.manifest : undefined;
  }
}
