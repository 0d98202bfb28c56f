/** Where a manifest says that siblings are. */
import { posix } from 'node:path';
import type { DependencySource, ManifestReading, NormalizedName } from '@nx-wheelhouse/python-packaging';
import { pathIn } from './workspace.js';

export type Sources = ReadonlyMap<NormalizedName, readonly DependencySource[]>;

/** A root that is no project may state sources too. */
export function sourcesOf(reading: ManifestReading | undefined): Sources {
  if (reading?.kind === 'package') return reading.manifest.sources;
  return reading?.kind === 'not-a-package' ? reading.sources : new Map();
}

/** The folders that a manifest takes packages from, relative to the workspace root. */
export function pathSources(folder: string, reading: ManifestReading): string[] {
  return [...sourcesOf(reading).values()]
    .flat()
    .flatMap((source) => (source.kind === 'path' ? [folderAt(folder, source.path)] : []));
}

/** @param path as written, relative to `folder` */
export function folderAt(folder: string, path: string): string {
  return posix.normalize(pathIn(folder, path)).replace(/(?<=.)\/+$/, '');
}
