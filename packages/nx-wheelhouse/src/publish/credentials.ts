/**
 * Who we are to a repository. A credential is read for one repository by its name and sent to no other, and no text that anyone
 * reads holds it: not the command line, not the output, not an error.
 */
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

/**
 * Looks for the credential of a repository: `NX_WHEELHOUSE_TOKEN_<REPOSITORY>` (with `NX_WHEELHOUSE_USERNAME_<REPOSITORY>` where it is
 * the password of a user), then its section in .pypirc. For a URL, `<REPOSITORY>` is its host, with the port where it has one.
 */
export function findCredential(
  { name, uploadUrl }: Repository,
  environment: NodeJS.ProcessEnv,
  pypirc: ReadonlyMap<string, PypircSection>,
): CredentialSearch {
  const suffix = variableSuffix(name, uploadUrl);
  const tokenVariable = `NX_WHEELHOUSE_TOKEN_${suffix}`;
  // A line end that came along from a file or a secret store makes every index say 403.
  const token = environment[tokenVariable]?.trim();
  if (token) {
    const username = environment[`NX_WHEELHOUSE_USERNAME_${suffix}`]?.trim() || TOKEN_USER;
    return { kind: 'found', credential: { username, password: token } };
  }
  const section = pypirc.get(name) ?? [...pypirc.values()].find(({ repository }) => repository === uploadUrl);
  if (section?.password) {
    return { kind: 'found', credential: { username: section.username ?? TOKEN_USER, password: section.password } };
  }
  return { kind: 'none', lookedAt: [tokenVariable, '~/.pypirc'] };
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
