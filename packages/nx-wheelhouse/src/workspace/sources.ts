/** Where a manifest says that siblings are. */
import { posix } from 'node:path';
import {
  type DependencySource,
  localPathOf,
  type ManifestReading,
  type NormalizedName,
  type Requirement,
} from '@nx-wheelhouse/python-packaging';
import { declarations } from './declarations.js';
import { pathIn } from './workspace.js';

export type Sources = ReadonlyMap<NormalizedName, readonly DependencySource[]>;

/** A root that is no project may state sources too. */
export function sourcesOf(reading: ManifestReading | undefined): Sources {
  if (reading?.kind === 'package') return reading.manifest.sources;
  return reading?.kind === 'not-a-package' ? reading.sources : new Map();
}

/** The folders that a manifest takes packages from, relative to the workspace root. */
export function pathSources(folder: string, reading: ManifestReading): string[] {
  const tables = [...sourcesOf(reading).values()].flat();
  const direct = reading.kind === 'package' ? declarations(reading.manifest).flatMap(([, declared]) => declared) : [];
  return [
    ...tables.map((source) => (source.kind === 'path' ? source.path : undefined)),
    ...direct.map(({ requirement }) => localPath(requirement)),
  ].flatMap((path) => (path === undefined ? [] : [folderAt(folder, path)]));
}

/** The path that a requirement points to by a direct reference, absolute or relative to the package's folder. */
export function localPath({ source }: Requirement): string | undefined {
  return source.kind === 'url' ? localPathOf(source.url) : undefined;
}

/** @param path as written, relative to `folder` */
export function folderAt(folder: string, path: string): string {
  return posix.normalize(posix.isAbsolute(path) ? path : pathIn(folder, path)).replace(/(?<=.)\/+$/, '');
}
