/**
 * The embedded index's storage: a plain folder that pip and uv install from by a file URL, and the ledger that makes it behave like PyPI.
 *
 *     simple/<project>/index.html   what clients read
 *     files/<project>/<file>        the dists, and of wheels the metadata beside
 *     ledger.jsonl                  every file that was ever accepted
 *     token                         the password of the upload API, readable by its owner only
 */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  createReadStream,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { normalizeName } from '@nx-wheelhouse/python-packaging';
import { Ledger, type LedgerEntry, type YankEntry } from './ledger.js';
import { byProject, projectHtml, rootHtml } from './pages.js';
import { type DistContent, isSdistOf, readDist, refusals, strictRefusals } from './rules.js';
import { whileLocked } from './writer-lock.js';

/** What became of an upload. */
export type Acceptance =
  | { readonly kind: 'stored' }
  | { readonly kind: 'already-there' }
  | { readonly kind: 'refused'; readonly reason: string };

/** What the sender claims about the file; everything is checked. */
export interface UploadClaims {
  readonly filename: string;
  readonly name: string;
  readonly version: string;
  readonly filetype: string;
  readonly sha256: string | undefined;
  readonly md5: string | undefined;
}

export class IndexStorage {
  readonly #ledger: Ledger;

  /** @param root absolute; nothing is made there before the first upload */
  constructor(readonly root: string) {
    this.#ledger = new Ledger(join(root, 'ledger.jsonl'));
  }

  /** The files that the index has now, by project. */
  projects(): Map<string, LedgerEntry[]> {
    return byProject([...this.#ledger.entries().values()].filter((entry) => existsSync(this.filePath(entry))));
  }

  /** The files of one project, none when it is unknown. @param project normalised name */
  project(project: string): readonly LedgerEntry[] {
    const entries = [...this.#ledger.entries().values()].filter(({ name }) => normalizeName(name) === project);
    return entries.filter((entry) => existsSync(this.filePath(entry)));
  }

  filePath({ name, filename }: Pick<LedgerEntry, 'name' | 'filename'>): string {
    return join(this.root, 'files', normalizeName(name), filename);
  }

  /** A path for a file that is on its way in; the caller removes what is left there. */
  temporaryPath(): string {
    const folder = join(this.root, 'incoming');
    mkdirSync(folder, { recursive: true });
    return join(folder, randomUUID());
  }

  /** The password of the upload API, made at the first use. */
  token(): string {
    const path = join(this.root, 'token');
    mkdirSync(this.root, { recursive: true });
    if (!existsSync(path)) {
      whileLocked(join(this.root, 'lock'), () => {
        if (existsSync(path)) return;
        writeFileSync(path, `local-${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
        chmodSync(path, 0o600);
      });
    }
    return readFileSync(path, 'utf8').trim();
  }

  /**
   * Takes a file in, or says why not, by the rules of PyPI.
   * @param path of the file, written completely; it is moved away when it is stored
   */
  async accept(path: string, claims: UploadClaims): Promise<Acceptance> {
    const refused = (reason: string): Acceptance => ({ kind: 'refused', reason });
    if (/[/\\\0]/.test(claims.filename) || claims.filename.startsWith('.')) return refused('Invalid file name.');
    const { sha256, md5, size } = await digests(path);
    if (claims.sha256 === undefined && claims.md5 === undefined) return refused('Include at least one message digest.');
    if ((claims.sha256 ?? sha256) !== sha256 || (claims.md5 ?? md5) !== md5) {
      return refused('The digest supplied does not match a digest calculated from the uploaded file.');
    }
    let dist: DistContent;
    try {
      dist = await readDist(path, claims.filename);
    } catch (error) {
      return refused(`Invalid distribution file: ${(error as Error).message}`);
    }
    const problems = [...claimProblems(claims, dist), ...dist.flaws, ...refusals(dist), ...strictRefusals(dist)];
    if (problems.length > 0) return refused(`${claims.filename}: ${problems.join('; ')}.`);
    return whileLocked(join(this.root, 'lock'), () => this.#store(path, dist, sha256, size));
  }

  /**
   * Withdraws all files of a release (PEP 592), or takes that back: installers pass over them unless they are asked for exactly.
   * @returns whether there is such a release
   */
  yank(project: string, version: string, event: YankEntry['event'], reason: string): boolean {
    const entries = this.project(project).filter((entry) => entry.version === version);
    if (entries.length === 0) return false;
    whileLocked(join(this.root, 'lock'), () => {
      const time = new Date().toISOString();
      for (const { filename } of entries) this.#ledger.append({ event, filename, reason, time });
      this.#writePages(project);
    });
    return true;
  }

  /** File first, page second, ledger in between: after a crash there is at most a file that nobody lists, or a page that lacks one. */
  #store(path: string, dist: DistContent, sha256: string, size: number): Acceptance {
    const { filename, metadata } = dist;
    const known = this.#ledger.entries().get(filename);
    const target = this.filePath({ name: metadata.name, filename });
    if (known !== undefined) {
      if (!existsSync(target)) {
        return refuse(
          `${filename} was there before and has been deleted. A file name is never used again: use a new version.`,
        );
      }
      if (known.sha256 !== sha256)
        return refuse(`File already exists ('${filename}', with sha256 hash '${known.sha256}').`);
      this.#writePages(metadata.name);
      return { kind: 'already-there' };
    }
    const { name, version } = metadata;
    if (dist.kind === 'sdist' && this.#hasSdist(name, version))
      return refuse('Only one sdist may be uploaded per release.');

    mkdirSync(join(target, '..'), { recursive: true });
    flush(path);
    renameSync(path, target);
    if (dist.kind === 'wheel') writeFileSync(`${target}.metadata`, dist.metadataText);
    this.#ledger.append({
      event: 'upload',
      filename,
      name,
      version,
      sha256,
      size,
      requiresPython: metadata.requiresPython,
      metadataSha256: dist.kind === 'wheel' ? sha256Of(readFileSync(`${target}.metadata`)) : undefined,
      uploadTime: new Date().toISOString(),
    });
    this.#writePages(name);
    return { kind: 'stored' };
  }

  #hasSdist(name: string, version: string): boolean {
    for (const filename of this.#ledger.entries().keys()) if (isSdistOf(filename, name, version)) return true;
    return false;
  }

  #writePages(name: string): void {
    const project = normalizeName(name);
    const folder = join('simple', project);
    // Before the project's own page, so that whoever finds that page missing writes both.
    if (!existsSync(join(this.root, folder, 'index.html'))) {
      this.#writePage('simple', rootHtml([...this.projects().keys()].sort()));
    }
    this.#writePage(folder, projectHtml(project, this.project(project)));
  }

  /** Renamed into place: a client that reads meanwhile sees the old page or the new one. */
  #writePage(folder: string, html: string): void {
    const unfinished = this.temporaryPath();
    mkdirSync(join(this.root, folder), { recursive: true });
    writeFileSync(unfinished, html);
    try {
      renameSync(unfinished, join(this.root, folder, 'index.html'));
    } finally {
      rmSync(unfinished, { force: true });
    }
  }
}

function refuse(reason: string): Acceptance {
  return { kind: 'refused', reason };
}

function claimProblems({ name, version, filetype }: UploadClaims, { kind, metadata }: DistContent): string[] {
  const problems: string[] = [];
  if (filetype !== (kind === 'wheel' ? 'bdist_wheel' : 'sdist')) problems.push(`the file type "${filetype}" is wrong`);
  if (normalizeName(name) !== normalizeName(metadata.name))
    problems.push(`it is a file of ${metadata.name}, not ${name}`);
  if (version !== metadata.version) problems.push(`it is version ${metadata.version}, not ${version}`);
  return problems;
}

async function digests(path: string): Promise<{ sha256: string; md5: string; size: number }> {
  const sha256 = createHash('sha256');
  const md5 = createHash('md5');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    sha256.update(chunk as Buffer);
    md5.update(chunk as Buffer);
  }
  return { sha256: sha256.digest('hex'), md5: md5.digest('hex'), size: statSync(path).size };
}

function sha256Of(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function flush(path: string): void {
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
