/**
 * Packages that a backend may be shown where they lie, without a stage: those whose folder holds nothing but what the stage would hold,
 * and whose sdist turns out to hold nothing else. Only for uv's own backend, which never writes into sources.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readSdist } from '@nx-wheelhouse/python-packaging';
import { pathIn } from '../workspace/workspace.js';
import type { Stage } from './stage.js';
import type { BuiltFile } from './write-dists.js';

/** What `uv_build` leaves out, unless it is told otherwise, and then it is found in the sdist. */
const LEFT_OUT: ReadonlySet<string> = new Set(['__pycache__', 'dist']);

/** What `uv_build` writes into an sdist by itself. */
const WRITTEN = ['PKG-INFO', 'pyproject.toml.orig'];

/** Whether the package's folder in the tree is what the stage would be. What else lies there could get into the dists. */
export function isStagedAsItLies({ tree, project, files }: Stage): boolean {
  const below = `${project}/`;
  const isAsItLies = files.every(
    (file) =>
      'origin' in file &&
      file.executable === undefined &&
      file.path.startsWith(below) &&
      file.origin === join(tree, file.path.slice(below.length)),
  );
  if (!isAsItLies) return false;
  const staged = withFolders(pathsBelow(files, below));
  const holdsNothingElse = (folder: string): boolean =>
    readdirSync(join(tree, folder), { withFileTypes: true }).every((entry) => {
      const path = pathIn(folder, entry.name);
      if (!staged.has(path)) return LEFT_OUT.has(entry.name);
      return !entry.isDirectory() || holdsNothingElse(path);
    });
  try {
    return holdsNothingElse('.');
  } catch {
    return false; // a folder that has gone, or is closed: staging tells
  }
}

/**
 * @param built of a package that is staged as it lies
 * @returns the dists; `undefined` where something is in the sdist that the stage would not hold, or nobody can tell
 */
export async function withoutStrays(
  built: readonly BuiltFile[],
  { project, files }: Stage,
): Promise<readonly BuiltFile[] | undefined> {
  const staged = withFolders([...pathsBelow(files, `${project}/`), ...WRITTEN]);
  const read = built.map(async (file): Promise<BuiltFile> => {
    if (file.kind !== 'sdist') return file;
    const sdist = await readSdist(file.path);
    const stray = [...sdist.files, ...sdist.folders].find((path) => !staged.has(path));
    if (stray !== undefined) throw new Error(`${stray} is not staged`);
    return { ...file, sdist };
  });
  return Promise.all(read).catch(() => undefined);
}

function pathsBelow(files: Stage['files'], folder: string): string[] {
  return files.map(({ path }) => path.slice(folder.length));
}

/** The paths and all folders above them. */
function withFolders(paths: readonly string[]): ReadonlySet<string> {
  const all = new Set(['']);
  for (const path of paths) {
    all.add(path);
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const folder = path.slice(0, end);
      if (all.has(folder)) break;
      all.add(folder);
    }
  }
  return all;
}
