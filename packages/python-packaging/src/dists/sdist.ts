/** Reads an sdist: its metadata and its list of files. */
import { posix } from 'node:path';
import { list, type ReadEntry } from 'tar';
import { type CoreMetadata, InvalidMetadata, parseCoreMetadata } from './core-metadata.js';
import { UnsafeArchive } from './unsafe-archive.js';

export interface SourceDistribution {
  readonly metadata: CoreMetadata;
  /** the text of PKG-INFO, as it is */
  readonly metadataText: string;
  /** the one folder at the top, `name-version` */
  readonly topFolder: string;
  /** paths of files, below the top folder */
  readonly files: readonly string[];
}

/**
 * @param path of a .tar.gz file
 * @throws {UnsafeArchive} for a path or link that leads out of the top folder, more than one top folder, or a broken archive
 * @throws {InvalidMetadata} when PKG-INFO is missing or cannot be read
 * @see Source distribution format
 */
export async function readSdist(path: string): Promise<SourceDistribution> {
  const files: string[] = [];
  const tops = new Set<string>();
  const problems: string[] = [];
  let metadataText: string | undefined;
  const onReadEntry = (entry: ReadEntry) => {
    const problem = problemOf(entry);
    if (problem !== undefined) problems.push(problem);
    const [top = '', ...below] = posix.normalize(entry.path).replace(/\/$/, '').split('/');
    tops.add(top);
    if (entry.type === 'Directory') return;
    files.push(below.join('/'));
    if (below.length !== 1 || below[0] !== 'PKG-INFO') return;
    const chunks: Buffer[] = [];
    entry.on('data', (chunk) => chunks.push(chunk));
    entry.on('end', () => {
      metadataText = Buffer.concat(chunks).toString('utf8');
    });
  };
  try {
    await list({ file: path, strict: true, onReadEntry });
  } catch (error) {
    throw new UnsafeArchive(`it cannot be read: ${(error as Error).message}`);
  }
  if (problems[0] !== undefined) throw new UnsafeArchive(problems[0]);
  const [topFolder, ...more] = tops;
  if (topFolder === undefined || more.length > 0)
    throw new UnsafeArchive(`there are ${tops.size} folders at the top, not one`);
  if (metadataText === undefined) throw new InvalidMetadata(`${topFolder}/PKG-INFO is missing`);
  return { metadata: parseCoreMetadata(metadataText), metadataText, topFolder, files };
}

function problemOf({ path, type, linkpath }: ReadEntry): string | undefined {
  if (leavesTop(path)) return `${path} leads out of the archive`;
  if (type === 'Link' && linkpath !== undefined && leavesTop(linkpath))
    return `${path} links out of the archive, to ${linkpath}`;
  if (type === 'SymbolicLink' && linkpath !== undefined) {
    const target = posix.isAbsolute(linkpath) ? linkpath : posix.join(posix.dirname(path), linkpath);
    if (leavesTop(target)) return `${path} links out of the archive, to ${linkpath}`;
  }
  if (['CharacterDevice', 'BlockDevice', 'FIFO'].includes(type)) return `${path} is a device`;
  return undefined;
}

function leavesTop(path: string): boolean {
  return posix.isAbsolute(path) || posix.normalize(path).startsWith('..');
}
