/** Reads a workspace: every manifest once, each on its own, so that a broken one takes nobody else down. */
import { posix } from 'node:path';
import { normalizeName, type PackageManifest } from '@nx-wheelhouse/python-packaging';
import { siblingEdges } from './edges.js';
import { listFiles } from './files.js';
import { withoutFixtures } from './fixtures.js';
import { Kept } from './kept/kept.js';
import { MANIFEST_FILES } from './manifest-files.js';
import { Presence } from './presence.js';
import { nameProjects } from './project-names.js';
import { findUvWorkspaces } from './uv-workspaces.js';
import {
  type BrokenPackage,
  folderOf,
  type Package,
  pathIn,
  statedValue,
  type Workspace,
  type WorkspaceWarning,
} from './workspace.js';

/**
 * @param root absolute
 * @param manifestFiles the manifest files of the workspace, relative to its root, `/` separators
 * @param kept what earlier readings of the same workspace have left
 * @param presence of the files as they are now
 */
export function readWorkspace(
  root: string,
  manifestFiles: readonly string[],
  kept = new Kept(),
  presence = new Presence(root),
): Workspace {
  kept.begin(presence);
  const folders = [...new Set(manifestFiles.map(folderOf))].sort();
  const all = kept.manifests.read(root, folders, presence);
  const uvWorkspaces = findUvWorkspaces(all);
  const readings = withoutFixtures(all, uvWorkspaces);
  const projects = nameProjects(root, readings, presence);
  const packages = new Map<string, Package>();
  const broken = new Map<string, BrokenPackage>();
  for (const [folder, reading] of readings) {
    const project = projects.names.get(folder);
    if (project === undefined) continue;
    if (reading.kind === 'package') {
      packages.set(folder, describePackage(folder, project, reading.manifest));
    } else if (reading.kind === 'broken') {
      const { message, at } = reading.problem;
      broken.set(folder, { root: folder, project, message, file: pathIn(folder, at.file), line: at.line });
    }
  }
  const edges = siblingEdges(root, packages, readings, uvWorkspaces, kept.locks);
  return {
    root,
    packages: new Map([...packages].map(([folder, pkg]) => [folder, { ...pkg, siblings: edges.get(folder) ?? [] }])),
    broken,
    uvWorkspaces,
    warnings: [...projects.warnings, ...manifestWarnings(packages), ...brokenWarnings(broken)],
  };
}

/**
 * Reads the workspace of all manifests below a folder, for what runs before Nx knows its projects.
 * @param root absolute
 */
export function readWorkspaceBelow(root: string): Workspace {
  const names = new Set<string>(MANIFEST_FILES);
  return readWorkspace(
    root,
    listFiles(root).paths.filter((path) => names.has(posix.basename(path))),
  );
}

function describePackage(folder: string, project: string, manifest: PackageManifest): Package {
  const name = normalizeName(statedValue(manifest.name) ?? project);
  const manifestFiles = manifest.files.map((file) => posix.normalize(pathIn(folder, file)));
  return { root: folder, project, name, manifest, manifestFiles, siblings: [] };
}

function manifestWarnings(packages: ReadonlyMap<string, Package>): WorkspaceWarning[] {
  return [...packages.values()].flatMap(({ root, manifest }) =>
    manifest.problems.map(({ message, at }) => ({ message, file: pathIn(root, at.file), line: at.line })),
  );
}

function brokenWarnings(broken: ReadonlyMap<string, BrokenPackage>): WorkspaceWarning[] {
  return [...broken.values()].map(({ message, file, line }) => ({ message, file, line }));
}
