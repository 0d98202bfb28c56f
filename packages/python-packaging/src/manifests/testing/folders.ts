/** Package folders made of literal texts, and what reading them gives. */
import { formatRequirement } from '../../requirements/requirement.js';
import type { DeclaredRequirement, ManifestReading, PackageFolder, PackageManifest, Stated } from '../manifest.js';
import { readManifest } from '../read.js';

export function folderOf(files: Readonly<Record<string, string>>): PackageFolder {
  return { read: (path) => (Object.hasOwn(files, path) ? files[path] : undefined) };
}

export function reading(files: Readonly<Record<string, string>>): ManifestReading {
  return readManifest(folderOf(files));
}

/** @throws when the folder is no package */
export function packageOf(files: Readonly<Record<string, string>>): PackageManifest {
  const read = reading(files);
  if (read.kind !== 'package') throw new Error(`not a package: ${JSON.stringify(read)}`);
  return read.manifest;
}

export function pyproject(text: string, others: Readonly<Record<string, string>> = {}): PackageManifest {
  return packageOf({ 'pyproject.toml': text, ...others });
}

export function texts(requirements: readonly DeclaredRequirement[]): readonly string[] {
  return requirements.map(({ requirement }) => formatRequirement(requirement));
}

/** The value of a static field, the reason of a dynamic one in `<>`, `undefined` for an absent one. */
export function shown<T>(field: Stated<T>): T | string | undefined {
  return field.kind === 'static' ? field.value : field.kind === 'dynamic' ? `<${field.reason}>` : undefined;
}

export function lists<K extends string>(
  map: ReadonlyMap<K, readonly DeclaredRequirement[]>,
): Record<string, readonly string[]> {
  return Object.fromEntries([...map].map(([key, requirements]) => [key, texts(requirements)]));
}

export function stated<T>(field: Stated<T>): T {
  if (field.kind !== 'static') throw new Error(`not static: ${JSON.stringify(field)}`);
  return field.value;
}

/** A pyproject.toml of the package `beta`. */
export function betaProject(lines: string, backend = 'hatchling.build'): string {
  return `[build-system]\nrequires = []\nbuild-backend = "${backend}"\n\n[project]\nname = "beta"\n${lines}`;
}
