/**
 * A channel that is a plain folder, which every conda client reads by a file URL. Packages are put into it whole or not at all, by one
 * process at a time, and its repodata are written anew from what lies in it.
 */
import { createHash, randomUUID } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UserError } from '../../errors/user-error.js';
import { whileLockedAsync } from '../../local-index/writer-lock.js';
import { lastLines } from '../../toolchain/run-tool.js';
import type { BuiltCondaPackage } from '../conda-record.js';
import { runCondaTool } from '../conda-tools.js';
import { type CondaChannel, type Presence, pathInChannel, type Sent } from './channel.js';
import { parseRepodata, type RepodataEntry } from './repodata.js';

/** @param folder absolute; nothing is made there before something is put */
export function directoryChannel(folder: string, workspaceRoot: string): CondaChannel {
  return {
    installFrom: pathToFileURL(folder).href,
    problems: [],
    look: async (packages) => look(folder, packages),
    put: (pkg) => put(folder, pkg),
    settle: () => indexChannel(folder, workspaceRoot),
    redact: (text) => text,
  };
}

/** The file counts, not the list: a run that was killed in between is taken up by the next one. */
function look(folder: string, packages: readonly BuiltCondaPackage[]): ReadonlyMap<BuiltCondaPackage, Presence> {
  const found = new Map<BuiltCondaPackage, Presence>();
  const lists = new Map(
    [...new Set(packages.map(({ subdir }) => subdir))].map((subdir) => [subdir, listOf(folder, subdir)]),
  );
  for (const pkg of packages) {
    const sha256 = hashOfFile(join(folder, pathInChannel(pkg)));
    const listed = lists.get(pkg.subdir)?.get(pkg.filename)?.sha256;
    if (sha256 !== undefined) found.set(pkg, { sha256, isListed: listed === sha256 });
  }
  return found;
}

function listOf(folder: string, subdir: string): ReadonlyMap<string, RepodataEntry> {
  const repodata = join(folder, subdir, 'repodata.json');
  return existsSync(repodata) ? parseRepodata(readFileSync(repodata, 'utf8')) : new Map();
}

function hashOfFile(path: string): string | undefined {
  return existsSync(path) ? createHash('sha256').update(readFileSync(path)).digest('hex') : undefined;
}

function put(folder: string, pkg: BuiltCondaPackage): Promise<Sent> {
  const place = join(folder, pathInChannel(pkg));
  mkdirSync(dirname(place), { recursive: true });
  return whileLockedAsync(join(folder, '.lock'), async () => {
    const there = hashOfFile(place);
    if (there === pkg.sha256) return { kind: 'stored' };
    // Another process may have put it there since the batch was looked at.
    if (there !== undefined) return { kind: 'failed', problem: `the channel has other bytes by now: sha256 ${there}` };
    const incoming = join(dirname(place), `.${randomUUID()}`);
    copyFileSync(pkg.path, incoming);
    renameSync(incoming, place);
    return { kind: 'stored' };
  });
}

/**
 * Writes the repodata of a directory channel.
 * @returns what was left out, a line each: one package that nobody can use takes no other down
 * @throws {UserError} when the channel cannot be indexed
 */
export async function indexChannel(folder: string, workspaceRoot: string): Promise<readonly string[]> {
  mkdirSync(join(folder, 'noarch'), { recursive: true });
  const { status, stdout, stderr } = await whileLockedAsync(join(folder, '.lock'), () =>
    runCondaTool('conda_index.py', [folder], workspaceRoot),
  );
  if (status === 0) {
    const leftOut = JSON.parse(stdout) as readonly { readonly file: string; readonly problem: string }[];
    return leftOut.map(({ file, problem }) => `${file} is left out of the channel: it ${problem}`);
  }
  throw new UserError(
    'The conda channel could not be indexed.',
    { file: folder },
    'see what py-rattler says above; the packages lie in the folder, so running it again is enough',
    lastLines(stderr),
  );
}
