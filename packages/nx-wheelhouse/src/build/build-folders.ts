/**
 * Where builds happen: folders of one run, in memory for builds that stay small, else among the other temporary files.
 *
 * A build makes dozens of small files and removes them again. On ext4 each new file passes over every inode that was given up in
 * the last seconds, one by one: 0.4 to 1.5 ms of processor time a file, more than half of a build. In memory it is 0.01 ms.
 *
 * They have the same names in each run and on each machine, as far as nobody else has them: some generators of code write down where
 * they were called.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, type StatsFs, statfsSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Stage } from './stage.js';

/** The file system in memory that Linux has for everyone. */
const SHARED_MEMORY = '/dev/shm';
const TMPFS = 0x01021994;
const PREFIX = 'nx-wheelhouse-build-';
/** The folders for temporary files are everybody's. */
const OWNER_ONLY = 0o700;
const DAY = 24 * 60 * 60 * 1000;

/** Bytes of free memory without which none is used: that of a container is often 64 MB in all. */
const NEEDED_MEMORY = 1 << 30;
/** Bytes of sources; with what is made of them, and for as many builds as run at once, a small part of that. */
const LARGEST_SOURCES = 16 << 20;

/** Their builds run compilers, which leave files of any size. */
const COMPILED = /\.(c|cc|cpp|cxx|cu|f|f90|for|go|m|mm|pyx|rs|zig)$/i;

export class BuildFolders {
  readonly #disk = folderOfRun(tmpdir());
  readonly #memory = hasMemoryToSpare() ? folderOfRun(SHARED_MEMORY) : undefined;

  readonly #made = [this.#disk, this.#memory].filter((folder) => folder !== undefined);

  constructor() {
    if (this.#memory !== undefined) removeLeftovers();
  }

  /** @returns an absolute path for something large or lasting; not made */
  onDisk(name: string): string {
    return join(this.#disk, name);
  }

  /**
   * @param stages what will be written into the folder
   * @returns an absolute path; not made
   */
  folderFor(name: string, stages: readonly Stage[]): string {
    return join(this.#memory !== undefined && isSmall(stages) ? this.#memory : this.#disk, name);
  }

  /**
   * @param target where what is made will be in the end, absolute
   * @returns an absolute path, from where to there it needs only a new name if possible; not made
   */
  folderBeside(target: string, name: string, stages: readonly Stage[]): string {
    return isSameDisk(this.#disk, target) ? this.onDisk(name) : this.folderFor(name, stages);
  }

  /** Once: by the second time another run may have folders of these names. */
  remove(): void {
    for (const folder of this.#made.splice(0)) {
      // Again where a process that was just killed still wrote into it.
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  }
}

/** @returns a name for the folder of one project's build: always the same one, whatever else is built */
export function nameOfBuild(project: string): string {
  return createHash('sha256').update(project).digest('hex').slice(0, 16);
}

/** The first of a row of names that no run has: that of the only one is always the same. */
function folderOfRun(parent: string): string {
  for (let number = 0; ; number += 1) {
    const folder = join(parent, `${PREFIX}${number}`);
    try {
      mkdirSync(folder, { mode: OWNER_ONLY });
      return folder;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/**
 * What to do where a build found its disk full.
 * @param folder of that build
 */
export function roomFor(folder: string): string {
  if (folder.startsWith(join(SHARED_MEMORY, PREFIX)))
    return `make room in memory (${SHARED_MEMORY}), or set TMPDIR to a folder on a disk with enough of it`;
  return `make room on the disk of the temporary folder (${tmpdir()})`;
}

/** Whoever says where temporary files belong is obeyed. What is mounted `noexec` cannot hold a package that runs a script of its own. */
function hasMemoryToSpare(): boolean {
  if (process.env.TMPDIR !== undefined) return false;
  try {
    const { type, bavail, bsize }: StatsFs = statfsSync(SHARED_MEMORY);
    const mount = readFileSync('/proc/self/mounts', 'utf8')
      .split('\n')
      .find((line) => line.split(' ')[1] === SHARED_MEMORY);
    return type === TMPFS && bavail * bsize >= NEEDED_MEMORY && !mount?.split(' ')[3]?.split(',').includes('noexec');
  } catch {
    return false; // another platform
  }
}

/** Of runs that were killed: other than a folder among the temporary files, memory is never tidied up by the system. */
function removeLeftovers(): void {
  for (const name of readdirSync(SHARED_MEMORY).filter((one) => one.startsWith(PREFIX))) {
    const folder = join(SHARED_MEMORY, name);
    try {
      // A run that goes on makes a folder inside for each package, which changes the time.
      if (Date.now() - statSync(folder).mtimeMs > DAY) rmSync(folder, { recursive: true, force: true });
    } catch {
      // Another user's, or gone in the meantime.
    }
  }
}

function isSameDisk(one: string, other: string): boolean {
  return statSync(one).dev === statSync(other).dev;
}

function isSmall(stages: readonly Stage[]): boolean {
  let size = 0;
  for (const { files } of stages) {
    for (const file of files) {
      if (COMPILED.test(file.path)) return false;
      size += 'text' in file ? file.text.length : sizeOf(file.origin);
      if (size > LARGEST_SOURCES) return false;
    }
  }
  return true;
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    return 0; // deleted, but still in git's index
  }
}
