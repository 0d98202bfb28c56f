/** Workspaces on disk for tests: files by path in a temporary folder. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { listFiles } from '../src/workspace/files.js';
import { withImportEdges } from '../src/workspace/import-edges.js';
import { MANIFEST_FILES } from '../src/workspace/manifest-files.js';
import { readWorkspace } from '../src/workspace/read.js';
import type { Package, Workspace } from '../src/workspace/workspace.js';

const made: string[] = [];

/** @returns the folder, absolute */
export function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'nx-wheelhouse-test-')));
  made.push(folder);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** The model of a workspace with these files, as its manifests declare it. */
export function workspaceWith(files: Readonly<Record<string, string>>): Workspace {
  return workspaceIn(folderWith(files));
}

/** The model of the workspace in a folder, as its manifests declare it. */
export function workspaceIn(root: string): Workspace {
  const manifests = listFiles(root).paths.filter((path) =>
    (MANIFEST_FILES as readonly string[]).includes(basename(path)),
  );
  return readWorkspace(root, manifests);
}

/** The model with the edges that only imports tell. */
export async function workspaceWithImports(files: Readonly<Record<string, string>>): Promise<Workspace> {
  const workspace = workspaceWith(files);
  return withImportEdges(workspace, listFiles(workspace.root));
}

/** The package in a folder that has one. */
export function packageIn(workspace: Workspace, root: string): Package {
  return workspace.packages.get(root) as Package;
}

/** What depends on what, a line each: `<from> <kind> <to>:<line>`. */
export function edgesOf(workspace: Workspace): readonly string[] {
  return [...workspace.packages.values()].flatMap((pkg) =>
    pkg.siblings.map(({ kind, to, line }) => `${pkg.root} ${kind} ${to}:${line}`),
  );
}

/** Removes what the tests of a file have made. */
export function removeFolders(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** A manifest with the fields that matter for edges. */
export function project(name: string, fields: Readonly<Record<string, unknown>> = {}, more = ''): string {
  const lines = Object.entries(fields).map(([field, value]) => `${field} = ${JSON.stringify(value)}`);
  return `[project]\nname = "${name}"\nversion = "1.0"\n${lines.join('\n')}\n${more}`;
}
