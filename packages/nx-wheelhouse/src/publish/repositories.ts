/** Where to publish to: what a user calls a repository, and the two addresses that stand for it. */
import { UserError } from '../errors/user-error.js';
import { childEnvironment } from '../toolchain/child-environment.js';
import { lastLines, runTool } from '../toolchain/run-tool.js';
import type { PypircSection } from './pypirc.js';

export interface Repository {
  /** whom it serves, hence by whose rules: this workspace, whoever its address was given to, or everyone */
  readonly kind: 'local' | 'private' | 'public';
  /** as the user called it */
  readonly name: string;
  /** where files are posted to */
  readonly uploadUrl: string;
  /** where the simple API lists what there is, with a slash at the end */
  readonly listingUrl: string;
}

/** Repositories that files of the user and of the workspace name. */
export interface KnownRepositories {
  readonly pypirc: ReadonlyMap<string, PypircSection>;
  /** `[[tool.uv.index]]` with a publish-url, by name */
  readonly uvIndexes: ReadonlyMap<string, RepositoryAddresses>;
}

export interface RepositoryAddresses {
  readonly uploadUrl: string;
  readonly listingUrl: string;
}

/** The index of the workspace, where everything goes that is given no other repository. */
export const LOCAL = 'local';

const PUBLIC = ['pypi', 'testpypi'] as const;

/**
 * Finds the addresses of every repository but the local one.
 * @param reference `pypi`, `testpypi`, a section of .pypirc, a `[[tool.uv.index]]` with a publish-url, or a URL to upload to
 * @param listingUrl overrides where the listing is
 * @param pythonWithTools gives a Python that has twine and pip, which know the addresses of the public indexes
 * @throws {UserError} for a name that nobody knows, or a URL that cannot be used
 */
export async function findRepository(
  reference: string,
  listingUrl: string | undefined,
  { pypirc, uvIndexes }: KnownRepositories,
  pythonWithTools: () => Promise<string>,
): Promise<Repository> {
  const addresses = await findAddresses(reference, { pypirc, uvIndexes }, pythonWithTools);
  const listing = listingUrl ?? addresses.listingUrl;
  return {
    kind: PUBLIC.some((name) => name === reference) ? 'public' : 'private',
    name: reference,
    uploadUrl: checkedUrl(addresses.uploadUrl, reference).href,
    listingUrl: checkedUrl(listing.endsWith('/') ? listing : `${listing}/`, reference).href,
  };
}

async function findAddresses(
  reference: string,
  { pypirc, uvIndexes }: KnownRepositories,
  pythonWithTools: () => Promise<string>,
): Promise<RepositoryAddresses> {
  if (/^[a-z][a-z0-9+.-]*:/i.test(reference)) return fromUploadUrl(reference);
  const stated = pypirc.get(reference)?.repository;
  if (stated !== undefined) return fromUploadUrl(stated);
  const known = PUBLIC.find((name) => name === reference);
  if (known !== undefined) return askTools(await pythonWithTools(), known);
  // Behind the public ones: a manifest that was cloned must not say where the token of `pypi` goes.
  const index = uvIndexes.get(reference);
  if (index !== undefined) return index;
  const sections = [...pypirc].filter(([, section]) => section.repository !== undefined).map(([name]) => name);
  throw new UserError(
    `There is no repository called "${reference}".`,
    {},
    `use one of ${[LOCAL, ...PUBLIC, ...sections, ...uvIndexes.keys()].join(', ')}, a section of ~/.pypirc that states its repository, a [[tool.uv.index]] with a publish-url, or a URL to upload to`,
  );
}

function fromUploadUrl(uploadUrl: string): RepositoryAddresses {
  return { uploadUrl, listingUrl: listingBeside(uploadUrl) };
}

/**
 * The listing that belongs to an upload address, as indexes commonly have it: `/legacy/` stands beside `/simple/`, any other
 * address has `simple/` below it. A host `upload.` is the door of the index itself.
 */
export function listingBeside(uploadUrl: string): string {
  if (!URL.canParse(uploadUrl)) return uploadUrl;
  const url = new URL(uploadUrl);
  url.search = '';
  url.hash = '';
  const path = url.pathname.replace(/\/?$/, '/');
  const legacy = /^(.*\/)legacy\/$/.exec(path);
  url.pathname = legacy ? `${legacy[1]}simple/` : `${path}simple/`;
  if (legacy) url.hostname = url.hostname.replace(/^upload\./, '');
  return url.href;
}

/** Never prints the address: it may hold a password. */
function checkedUrl(text: string, reference: string): URL {
  const name = /^[a-z][a-z0-9+.-]*:/i.test(reference)
    ? 'This repository URL'
    : `The address of repository "${reference}"`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw new UserError(`${name} is no http or https address.`, {}, 'give the address that files are uploaded to');
  }
  if (url.username !== '' || url.password !== '') {
    throw new UserError(
      `${name} holds a user name or a password, which command lines and logs show.`,
      {},
      'leave them out of the address and set the environment variables for this repository, or use ~/.pypirc',
    );
  }
  return url;
}

/** The addresses that the reference tools ship with. */
const ASK_TOOLS = `
import json, sys
from twine import utils
from pip._internal.models import index
name = sys.argv[1]
upload = {"pypi": utils.DEFAULT_REPOSITORY, "testpypi": utils.TEST_REPOSITORY}[name]
listing = {"pypi": index.PyPI, "testpypi": index.TestPyPI}[name].simple_url
print(json.dumps({"uploadUrl": upload, "listingUrl": listing}))
`;

async function askTools(python: string, name: (typeof PUBLIC)[number]): Promise<RepositoryAddresses> {
  const { status, stdout, stderr } = await runTool(python, ['-I', '-c', ASK_TOOLS, name], { env: childEnvironment() });
  if (status === 0) return JSON.parse(stdout) as RepositoryAddresses;
  throw new UserError(
    `The address of "${name}" could not be asked from twine and pip.`,
    {},
    'give the upload URL instead of the name',
    lastLines(stderr, 5),
  );
}
