/**
 * Who we are to a repository. A credential is read for one repository by its name and sent to no other, and no text that anyone
 * reads holds it: not the command line, not the output, not an error.
 */
import type { NetrcLogin } from './netrc.js';
import type { PypircSection } from './pypirc.js';
import type { Repository } from './repositories.js';

export interface Credential {
  readonly username: string;
  readonly password: string;
}

/** What was found, or where it was looked for. */
export type CredentialSearch =
  | { readonly kind: 'found'; readonly credential: Credential }
  | { readonly kind: 'none'; readonly lookedAt: readonly string[] };

/** The user name with which an index takes an API token. */
const TOKEN_USER = '__token__';

/** Where people keep credentials, beside the environment. */
export interface CredentialStores {
  readonly pypirc: ReadonlyMap<string, PypircSection>;
  /** by host */
  readonly netrc: ReadonlyMap<string, NetrcLogin>;
  /** asks the keyring of this machine for the password of a user at an address */
  readonly keyring: (url: string, username: string) => Promise<string | undefined>;
}

/**
 * Looks for the credential of a repository: `NX_WHEELHOUSE_TOKEN_<REPOSITORY>` (with `NX_WHEELHOUSE_USERNAME_<REPOSITORY>` where it is
 * the password of a user), then its section in .pypirc, its host in .netrc, and the keyring. For a URL, `<REPOSITORY>` is its host,
 * with the port where it has one.
 */
export async function findCredential(
  repository: Repository,
  environment: NodeJS.ProcessEnv,
  { pypirc, netrc, keyring }: CredentialStores,
): Promise<CredentialSearch> {
  const { name, uploadUrl } = repository;
  const suffix = variableSuffix(name, uploadUrl);
  const tokenVariable = `NX_WHEELHOUSE_TOKEN_${suffix}`;
  const found = (username: string, password: string): CredentialSearch => ({
    kind: 'found',
    credential: { username, password },
  });
  // A line end that came along from a file or a secret store makes every index say 403.
  const token = environment[tokenVariable]?.trim();
  const namedUser = environment[`NX_WHEELHOUSE_USERNAME_${suffix}`]?.trim();
  if (token) return found(namedUser || TOKEN_USER, token);
  const section = sectionOf(repository, pypirc);
  const username = namedUser || section?.username || TOKEN_USER;
  if (section?.password) return found(username, section.password);
  const login = netrc.get(new URL(uploadUrl).hostname);
  if (login !== undefined) return found(login.username || TOKEN_USER, login.password);
  const kept = (await keyring(uploadUrl, username))?.trim();
  if (kept) return found(username, kept);
  return { kind: 'none', lookedAt: [tokenVariable, '~/.pypirc', '~/.netrc', 'the keyring'] };
}

/**
 * By address wherever a section states one: a repository of the same name that something else defines, such as a manifest that was
 * cloned, is not given its password.
 */
function sectionOf(
  { kind, name, uploadUrl }: Repository,
  pypirc: ReadonlyMap<string, PypircSection>,
): PypircSection | undefined {
  const named = pypirc.get(name);
  if (named?.repository === undefined && kind === 'public') return named;
  return [...(named ? [named] : []), ...pypirc.values()].find(({ repository }) => isSameUrl(repository, uploadUrl));
}

function isSameUrl(one: string | undefined, other: string): boolean {
  return one !== undefined && URL.canParse(one) && new URL(one).href === other;
}

function variableSuffix(name: string, uploadUrl: string): string {
  const isUrl = /^[a-z][a-z0-9+.-]*:/i.test(name);
  return (isUrl ? new URL(uploadUrl).host : name).toUpperCase().replace(/[^A-Z0-9]+/g, '_');
}

/** The header that carries a credential. @see RFC 7617 */
export function authorization({ username, password }: Credential): string {
  return `Basic ${base64(`${username}:${password}`)}`;
}

/**
 * A function that takes a credential out of a text, in every form in which a server or a library may repeat it.
 * @returns the identity where there is nothing to hide
 */
export function redactor(credential: Credential | undefined): (text: string) => string {
  if (credential === undefined || credential.password === '') return (text) => text;
  const { username, password } = credential;
  const pair = `${username}:${password}`;
  const forms = [pair, password].flatMap((secret) => [
    base64(secret),
    base64(secret).replace(/=+$/, ''),
    Buffer.from(secret).toString('base64url'),
    encodeURIComponent(secret),
    secret,
  ]);
  const longestFirst = [...new Set(forms)].sort((a, b) => b.length - a.length);
  return (text) => longestFirst.reduce((rest, form) => rest.replaceAll(form, '[hidden]'), text);
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
