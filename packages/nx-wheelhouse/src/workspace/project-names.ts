/** The names of the Nx projects: what project.json says, else the distribution's name as its manifest spells it. */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type ManifestReading, normalizeName } from '@nx-wheelhouse/python-packaging';
import type { Presence } from './presence.js';
import { pathIn, type WorkspaceWarning } from './workspace.js';

export interface ProjectNames {
  /** by folder; folders that make no distribution have none */
  readonly names: ReadonlyMap<string, string>;
  readonly warnings: readonly WorkspaceWarning[];
}

/**
 * Names the projects of all packages, so that every name is the name Nx will give, and no two are equal.
 * @param root absolute
 */
export function nameProjects(
  root: string,
  readings: ReadonlyMap<string, ManifestReading>,
  presence: Presence,
): ProjectNames {
  const read = (path: string) => (presence.look(path) ? readJson(join(root, path)) : undefined);
  const readsPackageJson = read('package.json')?.workspaces !== undefined || presence.has('pnpm-workspace.yaml');
  const wanted = new Map<string, string>();
  const fixed = new Set<string>();
  for (const [folder, reading] of readings) {
    if (reading.kind === 'not-a-package') continue;
    const configured = configuredName(read, folder, readsPackageJson);
    if (configured !== undefined) fixed.add(folder);
    wanted.set(folder, configured ?? declaredName(reading) ?? folderName(root, folder));
  }
  const { names, warnings } = separateTwins(wanted, fixed, readings);
  return { names, warnings: [...warnings, ...spelledApart(readings)] };
}

/** Nx tells names apart that are one to indexes and installers. */
function spelledApart(readings: ReadonlyMap<string, ManifestReading>): WorkspaceWarning[] {
  const bySpelling = new Map<string, Map<string, string>>();
  for (const [folder, reading] of readings) {
    const name = declaredName(reading);
    if (name === undefined) continue;
    const spellings = bySpelling.get(normalizeName(name)) ?? new Map<string, string>();
    bySpelling.set(normalizeName(name), spellings.set(name, spellings.get(name) ?? folder));
  }
  return [...bySpelling.values()].flatMap((spellings) => {
    const [first, ...others] = spellings;
    return others.map(([name, folder]) => ({
      message: `the name ${name} is to indexes and installers the same as ${first?.[0]} of ${first?.[1]}`,
      ...placeOfName(folder, readings.get(folder)),
    }));
  });
}

/** Two packages of one name cannot both be a Nx project of that name: unless Nx itself names them, all of them are named by their folders. */
function separateTwins(
  wanted: ReadonlyMap<string, string>,
  fixed: ReadonlySet<string>,
  readings: ReadonlyMap<string, ManifestReading>,
): ProjectNames {
  const foldersOf = new Map<string, string[]>();
  for (const [folder, name] of wanted) foldersOf.set(name, [...(foldersOf.get(name) ?? []), folder]);
  const names = new Map(wanted);
  const warnings: WorkspaceWarning[] = [];
  for (const [name, folders] of foldersOf) {
    const renamed = folders.length > 1 ? folders.filter((folder) => !fixed.has(folder)) : [];
    for (const folder of renamed) names.delete(folder);
    for (const folder of renamed) {
      const unique = uniqueName(folder, name, new Set(names.values()));
      names.set(folder, unique);
      const others = folders.filter((other) => other !== folder).join(', ');
      warnings.push({
        message: `the name ${name} is also that of ${others}; this one's Nx project is called ${unique}`,
        ...placeOfName(folder, readings.get(folder)),
      });
    }
  }
  return { names, warnings };
}

/** @param taken names of other projects; the folder's own path is that of none */
function uniqueName(folder: string, name: string, taken: ReadonlySet<string>): string {
  const wanted = folder === '.' ? `${name}-root` : folder.replaceAll('/', '-');
  return taken.has(wanted) ? `${folder}/${name}` : wanted;
}

function placeOfName(folder: string, reading: ManifestReading | undefined): Pick<WorkspaceWarning, 'file' | 'line'> {
  const name = reading?.kind === 'package' ? reading.manifest.name : undefined;
  if (name !== undefined && name.kind !== 'absent') return { file: pathIn(folder, name.at.file), line: name.at.line };
  return { file: pathIn(folder, 'pyproject.toml'), line: undefined };
}

function declaredName(reading: ManifestReading): string | undefined {
  return reading.kind === 'package' && reading.manifest.name.kind === 'static'
    ? reading.manifest.name.value
    : undefined;
}

function folderName(root: string, folder: string): string {
  return basename(folder === '.' ? root : folder);
}

/** @param path relative to the workspace root */
type ReadJson = (path: string) => Record<string, unknown> | undefined;

/** What Nx's own plugins will call the project of this folder, where they have one for it. */
function configuredName(read: ReadJson, folder: string, readsPackageJson: boolean): string | undefined {
  const projectJson = read(pathIn(folder, 'project.json'));
  if (typeof projectJson?.name === 'string') return projectJson.name;
  if (folder === '.' || !(readsPackageJson || projectJson)) return undefined;
  const packageJson = read(pathIn(folder, 'package.json'));
  const nx = packageJson?.nx as { name?: unknown } | undefined;
  const name = nx?.name ?? packageJson?.name;
  return typeof name === 'string' ? name : undefined;
}

function readJson(path: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  } catch {
    return undefined; // none, or one that Nx itself will complain about
  }
}
