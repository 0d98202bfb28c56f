/** Which files a workspace consists of: git's view of it (tracked, or untracked and not ignored), or a walk where there is no git. */
import { spawn, spawnSync } from 'node:child_process';
import { type Dirent, existsSync, readdirSync, readlinkSync } from 'node:fs';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { isAbsolute, join, posix } from 'node:path';
import { folderOf, pathIn } from './workspace.js';

export interface WorkspaceFiles {
  /** relative to the workspace root, `/` separators, sorted */
  readonly paths: readonly string[];
  /** those of `paths` that are symbolic links, and what they lead to: relative to the workspace root, `undefined` outside of it */
  readonly symlinks: ReadonlyMap<string, string | undefined>;
  /** git's names of the contents (blobs) of those files that are as git has them; the content of any other must be read to be known */
  readonly blobs: ReadonlyMap<string, string>;
}

/** Folders that are never sources; without git nothing else tells so. */
const NEVER_SOURCES = new Set([
  '.git',
  '.hg',
  '.svn',
  '.nx',
  '.wheelhouse',
  '.venv',
  'venv',
  '.tox',
  '.nox',
  '.eggs',
  '.mypy_cache',
  '.pytest_cache',
  '.ruff_cache',
  '__pycache__',
  'node_modules',
]);

/** Outputs of builds, unless they are importable: some packages have a module called `build`. */
const OUTPUTS = new Set(['build', 'dist']);

/** Files that hold secrets or are made by tools; without git nothing else tells so. */
const NEVER_SOURCE_FILE =
  /^(\.env(\..*)?|\.pypirc|\.netrc|id_(rsa|dsa|ecdsa|ed25519)|.*\.pyc|\.DS_Store|\.coverage(\..*)?)$/;

const SYMLINK_MODE = '120000';

/** One run lists everything: `?` is untracked, `H` as git has it, `C` changed or deleted since, `M` of a merge that is not done. */
const LIST_ALL = ['ls-files', '-z', '-t', '--stage', '--cached', '--modified', '--others', '--exclude-standard'];
const ENTRY = /^(.) (\d+) ([0-9a-f]+) \d\t(.*)$/s;

/**
 * Lists the files of a folder.
 * @param root absolute
 * @param below only files below this folder, relative to `root` (`.`: all)
 */
export function listFiles(root: string, below = '.'): WorkspaceFiles {
  return orWalk(listByGit(root, below), root, below);
}

/**
 * The same for all files, while something else is done: git writes its list to a file, and so waits for nobody.
 * @param root absolute
 */
export async function listFilesInBackground(root: string): Promise<WorkspaceFiles> {
  try {
    return orWalk(await listByGitToFile(root), root);
  } catch {
    return listFiles(root); // nowhere to put the list
  }
}

async function listByGitToFile(root: string): Promise<WorkspaceFiles | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'nx-wheelhouse-'));
  try {
    const list = join(folder, 'files');
    const output = await open(list, 'w');
    const status = await new Promise((resolve) => {
      const stdio = ['ignore' as const, output.fd, 'ignore' as const];
      const git = spawn('git', [...LIST_ALL, '--', '.'], { cwd: root, stdio, windowsHide: true });
      git.once('error', resolve).once('close', resolve);
    });
    await output.close();
    return status === 0 ? filesListed(root, await readFile(list, 'utf8')) : undefined;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @returns `undefined` where there is no git or no repository */
function listByGit(root: string, below: string): WorkspaceFiles | undefined {
  const { status, stdout } = spawnSync('git', [...LIST_ALL, '--', below], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 30,
    stdio: ['ignore', 'pipe', 'ignore'],
    windowsHide: true,
  });
  return status === 0 ? filesListed(root, stdout) : undefined;
}

/** @param list entries that end in NUL */
function filesListed(root: string, list: string): WorkspaceFiles {
  const symlinks = new Map<string, string | undefined>();
  const blobs = new Map<string, string>();
  const paths = new Set<string>();
  for (const entry of list.split('\0')) {
    if (entry === '') continue;
    const [, tag, mode, blob = '', path = entry.slice(2)] = ENTRY.exec(entry) ?? [];
    paths.add(path);
    if (mode === SYMLINK_MODE) symlinks.set(path, linkTarget(root, path));
    else if (tag === 'H') blobs.set(path, blob);
    else blobs.delete(path); // a changed file is listed a second time
  }
  return { paths: [...paths].sort(), symlinks, blobs };
}

/** A folder that git ignores as a whole lists as empty. */
function orWalk(listed: WorkspaceFiles | undefined, root: string, below = '.'): WorkspaceFiles {
  return listed && listed.paths.length > 0 ? listed : listByWalk(root, below);
}

function listByWalk(root: string, below: string): WorkspaceFiles {
  const paths: string[] = [];
  const symlinks = new Map<string, string | undefined>();
  const visit = (folder: string) => {
    for (const entry of entriesOf(join(root, folder))) {
      const path = folder === '.' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!isNeverSource(root, path, entry.name)) visit(path);
      } else if (!NEVER_SOURCE_FILE.test(entry.name)) {
        paths.push(path);
        if (entry.isSymbolicLink()) symlinks.set(path, linkTarget(root, path));
      }
    }
  };
  visit(below);
  return { paths: paths.sort(), symlinks, blobs: new Map() };
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return []; // a folder that may not be read holds no sources for us
  }
}

function linkTarget(root: string, path: string): string | undefined {
  try {
    const target = posix.normalize(pathIn(folderOf(path), readlinkSync(join(root, path))));
    return target.startsWith('..') || isAbsolute(target) ? undefined : target;
  } catch {
    return undefined; // deleted since it was listed
  }
}

function isNeverSource(root: string, path: string, name: string): boolean {
  if (OUTPUTS.has(name)) return !existsSync(join(root, path, '__init__.py'));
  return NEVER_SOURCES.has(name) || name.endsWith('.egg-info') || existsSync(join(root, path, 'pyvenv.cfg'));
}

/** Whether a file is one of the workspace's. */
export function isListed({ paths }: WorkspaceFiles, path: string): boolean {
  return paths[lowerBound(paths, path)] === path;
}

/** Those of sorted paths that lie below a folder. */
export function pathsBelow(sorted: readonly string[], folder: string): readonly string[] {
  if (folder === '.') return sorted;
  return sorted.slice(lowerBound(sorted, `${folder}/`), lowerBound(sorted, `${folder}0`)); // '0' follows '/' in ASCII
}

function lowerBound(sorted: readonly string[], wanted: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as string) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
