/** One writer at a time, over processes: publish tasks that Nx runs beside one another share an index's or a channel's folder. */
import { closeSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../errors/user-error.js';

/** Writers hold the lock for milliseconds; whoever waits this long waits for something broken. */
const PATIENCE_MS = 30_000;

/** The name of the holder is written right after the file is made: one that is still empty by then was left by a crash of the machine. */
const EMPTY_MS = 5_000;

/**
 * Runs a short piece of synchronous work while no other process does.
 * @param path of the lock file; its folder exists
 * @param work may end with what it is given: see {@link EndWith}
 * @throws {UserError} when another process holds the lock too long
 */
export function whileLocked<T>(path: string, work: (endWith: EndWith) => T): T {
  const giveUpAt = Date.now() + PATIENCE_MS;
  while (!takeLock(path, giveUpAt)) pause(5);
  let isHeld = true;
  const endWith: EndWith = (target, text) => {
    writeFileSync(path, text);
    renameSync(path, target);
    isHeld = false;
  };
  try {
    return work(endWith);
  } finally {
    if (isHeld) rmSync(path, { force: true });
  }
}

/**
 * Writes a text so that readers see all of it or nothing, and gives up the lock: its file becomes that one. To make a file and remove
 * another would cost as much as all else that a small build writes.
 * @param target in the same folder as the lock
 */
export type EndWith = (target: string, text: string) => void;

/** The same for work that waits for something, such as another program. */
export async function whileLockedAsync<T>(path: string, work: () => Promise<T>): Promise<T> {
  const giveUpAt = Date.now() + PATIENCE_MS;
  while (!takeLock(path, giveUpAt)) await sleep(20);
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

/** @returns false when it is worth trying again */
function takeLock(path: string, giveUpAt: number): boolean {
  if (tryLock(path)) return true;
  const holder = readHolder(path);
  if (holder === undefined ? isForgotten(path) : !isAlive(holder)) takeAway(path, holder);
  else if (Date.now() > giveUpAt) {
    throw new UserError(
      'Another process is writing here and does not end.',
      { file: path },
      'end that process, or delete this lock file when there is none',
    );
  }
  return false;
}

function tryLock(path: string): boolean {
  const file = makeFile(path);
  if (file === undefined) return false;
  try {
    writeSync(file, String(process.pid));
  } catch (error) {
    // A full disk may have room for the file and not for what is in it: nobody would know whose it is.
    closeSync(file);
    rmSync(path, { force: true });
    throw error;
  }
  closeSync(file);
  return true;
}

/** @returns `undefined` where there is one already */
function makeFile(path: string): number | undefined {
  try {
    return openSync(path, 'wx');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Windows answers EPERM while the file of another process is being deleted.
    if (code === 'EEXIST' || (code === 'EPERM' && process.platform === 'win32')) return undefined;
    throw error;
  }
}

/** The process that holds the lock; `undefined` while it is being written or is gone by now. */
function readHolder(path: string): number | undefined {
  try {
    return Number(readFileSync(path, 'utf8')) || undefined;
  } catch {
    return undefined;
  }
}

function isForgotten(path: string): boolean {
  const made = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  return made !== undefined && Date.now() - made > EMPTY_MS;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Removes the lock of a process that was killed. Renamed first, so that of two who see it dead only one removes it. */
function takeAway(path: string, holder: number | undefined): void {
  const aside = `${path}.${holder}.${process.pid}`;
  try {
    renameSync(path, aside);
    // Someone was faster and the lock is a living one by now: back with it.
    if (readHolder(aside) !== holder) renameSync(aside, path);
    else rmSync(aside, { force: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
