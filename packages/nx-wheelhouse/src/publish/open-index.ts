/** Opens the index that a user names: the embedded one is started for the time of the run, any other is looked up with its credential. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { WHEELHOUSE_FOLDER } from '../build/dist-record.js';
import { UserError } from '../errors/user-error.js';
import { startLocalIndex } from '../local-index/server.js';
import { openCredentialStores } from './credential-stores.js';
import { type Credential, findCredential, redactor } from './credentials.js';
import { idTokenSource, missingPermission } from './id-tokens.js';
import type { IndexAccess } from './listing.js';
import { findRepository, LOCAL, type RepositoryAddresses } from './repositories.js';
import { PATIENCE } from './retry.js';
import { mint } from './trusted-publishing.js';
import { uvIndexes } from './uv-indexes.js';

export interface OpenIndex {
  readonly access: IndexAccess;
  /** what stands against sending anything there */
  readonly problems: readonly string[];
  /** how to install from it, where that is not obvious */
  readonly advice: string | undefined;
  /** takes every credential for it out of a text */
  redact(text: string): string;
  close(): Promise<void>;
}

export interface IndexChoice {
  readonly repository: string;
  readonly listingUrl: string | undefined;
  /** a dry run makes nothing, not even the local index's folder */
  readonly dryRun: boolean;
  /** a PEM file of authorities to believe on top of the usual ones, relative to the workspace root */
  readonly caCertificate?: string | undefined;
}

/**
 * @param pythonWithTools gives a Python that has twine and pip; called for `pypi` and `testpypi` only
 * @throws {UserError} for a repository that nobody knows
 */
export async function openIndex(
  workspaceRoot: string,
  { repository: reference, listingUrl, dryRun, caCertificate }: IndexChoice,
  pythonWithTools: () => Promise<string>,
): Promise<OpenIndex> {
  if (reference === LOCAL) return openLocal(workspaceRoot, dryRun);
  const stores = openCredentialStores(process.env);
  const known = { pypirc: stores.pypirc, uvIndexes: readUvIndexes(workspaceRoot) };
  const repository = await findRepository(reference, listingUrl, known, pythonWithTools);
  const search = await findCredential(repository, process.env, stores);
  const certificates = readCertificates(workspaceRoot, caCertificate);
  const source = search.kind === 'none' ? idTokenSource(process.env) : undefined;
  // Minting is a write: a dry run is content to know that there is a way.
  const minted = source === undefined || dryRun ? undefined : await mint(repository, source, certificates);
  const found = search.kind === 'found' ? search.credential : undefined;
  const isThere = found !== undefined || minted !== undefined || (dryRun && source !== undefined);
  return {
    access: {
      repository,
      get credential() {
        return found ?? minted?.credential;
      },
      patience: PATIENCE,
      certificates,
      renew: source === undefined ? undefined : async () => minted?.renew(),
    },
    // An index on this machine may well be open to everyone on it.
    problems:
      search.kind === 'none' && !isThere && !isLoopback(repository.uploadUrl)
        ? [noCredential(reference, search.lookedAt)]
        : [],
    advice: undefined,
    redact: (text) => redactAll(minted?.credentials ?? (found ? [found] : []), text),
    close: async () => minted?.burn(),
  };
}

/** The folder of the workspace's own index, absolute. */
export function localIndexFolder(workspaceRoot: string): string {
  return join(workspaceRoot, WHEELHOUSE_FOLDER, 'index');
}

async function openLocal(workspaceRoot: string, dryRun: boolean): Promise<OpenIndex> {
  const folder = localIndexFolder(workspaceRoot);
  const index = await startLocalIndex(folder);
  const repository = { kind: 'local', name: LOCAL, uploadUrl: index.uploadUrl, listingUrl: index.simpleUrl } as const;
  const credential = dryRun ? undefined : { username: '__token__', password: index.token() };
  return {
    access: { repository, credential, patience: PATIENCE },
    problems: [],
    advice: `install from it with --index-url ${pathToFileURL(join(folder, 'simple')).href}/`,
    redact: redactor(credential),
    close: () => index.close(),
  };
}

function redactAll(credentials: readonly Credential[], text: string): string {
  return credentials.reduce((rest, credential) => redactor(credential)(rest), text);
}

function noCredential(reference: string, lookedAt: readonly string[]): string {
  const permission = missingPermission(process.env);
  const said = `there is no credential for "${reference}": looked at ${lookedAt.join(', ')}`;
  return permission === undefined ? said : `${said}; ${permission}`;
}

function readUvIndexes(workspaceRoot: string): ReadonlyMap<string, RepositoryAddresses> {
  const manifest = join(workspaceRoot, 'pyproject.toml');
  return existsSync(manifest) ? uvIndexes(readFileSync(manifest, 'utf8')) : new Map();
}

/** @throws {UserError} when there is no such file */
function readCertificates(workspaceRoot: string, path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  const file = resolve(workspaceRoot, path);
  if (existsSync(file)) return readFileSync(file, 'utf8');
  throw new UserError('There is no such file of certificates.', { file: path }, 'correct the option `caCertificate`');
}

function isLoopback(url: string): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname);
}
