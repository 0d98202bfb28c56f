/** The closures that locks resolve for packages: what the external nodes of the graph stand for. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import {
  allDependencies,
  digestOfClosure,
  LockIndex,
  parseUvLock,
  UnreadableLock,
} from '@nx-wheelhouse/python-packaging';
import { type Package, pathIn, type Workspace, type WorkspaceWarning } from './workspace.js';

export interface LockedClosure {
  /** relative to the workspace root */
  readonly lockFile: string;
  /** the name of the external node */
  readonly node: string;
  /** hexadecimal; equal for equal closures */
  readonly digest: string;
}

export interface LockedClosures {
  /** what the tests of a package run with, by the package's folder; a package under no lock has none */
  readonly ofTests: ReadonlyMap<string, LockedClosure>;
  readonly warnings: readonly WorkspaceWarning[];
}

/** Locks whose format is read only as a whole: any change of the file counts. */
const WHOLE_LOCKS = ['poetry.lock', 'pdm.lock', 'pylock.toml'];

/** Each lock is read once. */
export function lockedClosures(workspace: Workspace): LockedClosures {
  const locks = new Map<string, LockReading>();
  const warnings: WorkspaceWarning[] = [];
  const ofTests = new Map<string, LockedClosure>();
  for (const pkg of workspace.packages.values()) {
    const lockFile = lockFileOf(pkg, workspace);
    if (lockFile === undefined) continue;
    let lock = locks.get(lockFile);
    if (lock === undefined) {
      lock = readLock(workspace.root, lockFile);
      locks.set(lockFile, lock);
      if (lock.problem) warnings.push({ file: lockFile, line: undefined, message: lock.problem });
    }
    ofTests.set(pkg.root, { lockFile, node: `pypi:${pkg.project}/test`, digest: testDigest(pkg, lockFile, lock) });
  }
  return { ofTests, warnings };
}

/** The package's own lock, else that of the uv workspace it belongs to. */
function lockFileOf(pkg: Package, { root, uvWorkspaces }: Workspace): string | undefined {
  const own = ['uv.lock', ...WHOLE_LOCKS].map((file) => pathIn(pkg.root, file));
  const shared = uvWorkspaces.filter(({ members }) => members.has(pkg.root)).map((one) => pathIn(one.root, 'uv.lock'));
  return [...own, ...shared].find((file) => existsSync(join(root, file)));
}

interface LockReading {
  /** the digest of the file, for packages whose part cannot be told */
  readonly whole: string;
  readonly index: LockIndex | undefined;
  readonly problem: string | undefined;
}

function readLock(root: string, lockFile: string): LockReading {
  const bytes = readFileSync(join(root, lockFile));
  const whole = createHash('sha256').update(bytes).digest('hex');
  if (posix.basename(lockFile) !== 'uv.lock') return { whole, index: undefined, problem: undefined };
  try {
    return { whole, index: new LockIndex(parseUvLock(bytes.toString('utf8'))), problem: undefined };
  } catch (error) {
    if (!(error instanceof UnreadableLock)) throw error;
    const problem = `${error.message}; every change of it now counts for every package under it`;
    return { whole, index: undefined, problem };
  }
}

/**
 * Tests run in the one environment of the uv workspace: with the package's own closure, whatever its extras and groups, and with
 * the groups of a virtual root, where test runners live. What the lock does not know yet counts as the whole lock: never too little.
 */
function testDigest(pkg: Package, lockFile: string, { whole, index }: LockReading): string {
  const folder = posix.relative(posix.dirname(lockFile), pkg.root) || '.';
  const project = index?.projectIn(folder);
  const root = index?.projectIn('.');
  if (index === undefined || project === undefined) return whole;
  const shared = [...index.lock.rootGroups.values(), ...(root?.groups.values() ?? [])].flat();
  const closure = index.reach([...allDependencies(project), ...shared]);
  return closure === undefined ? whole : digestOfClosure(closure);
}
