/**
 * Trusted publishing: a CI job proves who it is with an ID token, and the index gives a short-lived API token for it. Asked for once
 * for a batch, and given back at its end.
 */
import { Readable } from 'node:stream';
import { UserError } from '../errors/user-error.js';
import { childEnvironment } from '../toolchain/child-environment.js';
import { runTool } from '../toolchain/run-tool.js';
import type { Credential } from './credentials.js';
import { explanation, type HttpAnswer, type HttpRequest, NoAnswer, send } from './http.js';
import type { Repository } from './repositories.js';

export interface MintedCredential {
  readonly credential: Credential;
  /** makes the token worthless; a failure is no one's concern, for it ends by itself within minutes */
  burn(): Promise<void>;
}

/** Where the ID token of this job comes from. */
export type IdTokenSource =
  | { readonly kind: 'github'; readonly requestUrl: string; readonly requestToken: string }
  /** a variable that the job declares under `id_tokens` */
  | { readonly kind: 'gitlab'; readonly environment: NodeJS.ProcessEnv }
  | { readonly kind: 'buildkite' };

/** @returns `undefined` outside of CI, and where the job may not ask for ID tokens */
export function idTokenSource(environment: NodeJS.ProcessEnv): IdTokenSource | undefined {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: requestUrl, ACTIONS_ID_TOKEN_REQUEST_TOKEN: requestToken } = environment;
  if (requestUrl && requestToken) return { kind: 'github', requestUrl, requestToken };
  if (environment.GITLAB_CI && Object.keys(environment).some((name) => name.endsWith('_ID_TOKEN'))) {
    return { kind: 'gitlab', environment };
  }
  return environment.BUILDKITE === 'true' ? { kind: 'buildkite' } : undefined;
}

/** What a job lacks that could publish without a token. */
export function missingPermission({ GITHUB_ACTIONS, GITLAB_CI }: NodeJS.ProcessEnv): string | undefined {
  if (GITHUB_ACTIONS) return 'for trusted publishing give the job `permissions: id-token: write`';
  return GITLAB_CI ? 'for trusted publishing give the job `id_tokens: PYPI_ID_TOKEN: aud: pypi`' : undefined;
}

/**
 * @returns `undefined` where the index has no trusted publishing
 * @throws {UserError} when the job has no ID token for this index, or the index does not take it
 * @see PyPI, "The manual way" of trusted publishing: /_/oidc/audience, /_/oidc/mint-token
 */
export async function mint(
  repository: Repository,
  source: IdTokenSource,
  certificates: string | undefined,
): Promise<MintedCredential | undefined> {
  const address = (path: string) => new URL(`/_/oidc/${path}`, repository.uploadUrl).href;
  const offer = await ask({ method: 'GET', url: address('audience'), certificates }, repository);
  if (offer.status >= 300 && offer.status < 500) return undefined;
  const { audience } = answered(offer, repository);
  if (typeof audience !== 'string') throw refused(repository, 'it names no audience');
  // Else any index could have our ID token and be us at the public one.
  if (['pypi', 'testpypi'].includes(audience) && audience !== repository.name) {
    throw refused(repository, `it asks for an ID token for "${audience}", which it is not`);
  }
  const idToken = await idTokenFor(audience, source, repository);
  const { token } = await askJson(postJson(address('mint-token'), { token: idToken }, certificates), repository);
  if (typeof token !== 'string') throw refused(repository, 'it gives no token');
  return {
    credential: { username: '__token__', password: token },
    burn: async () => {
      await send(postJson(address('burn-token'), { token }, certificates)).catch(() => undefined);
    },
  };
}

async function idTokenFor(audience: string, source: IdTokenSource, repository: Repository): Promise<string> {
  switch (source.kind) {
    case 'github': {
      const url = new URL(source.requestUrl);
      url.searchParams.set('audience', audience);
      const headers = { Authorization: `bearer ${source.requestToken}` };
      const { value } = await askJson({ method: 'GET', url: url.href, headers }, repository);
      if (typeof value !== 'string') throw refused(repository, 'GitHub gives no ID token');
      return value;
    }
    case 'gitlab': {
      const variable = `${audience.toUpperCase().replace(/[^A-Z0-9]/g, '_')}_ID_TOKEN`;
      const token = source.environment[variable];
      if (!token) throw refused(repository, `the job has no ${variable} (\`id_tokens\` with \`aud: ${audience}\`)`);
      return token;
    }
    case 'buildkite': {
      const args = ['oidc', 'request-token', '--audience', audience];
      const { status, stdout } = await runTool('buildkite-agent', args, { env: childEnvironment() });
      if (status !== 0) throw refused(repository, 'buildkite-agent gives no ID token');
      return stdout.trim();
    }
  }
}

function postJson(url: string, body: unknown, certificates: string | undefined): HttpRequest {
  const bytes = Buffer.from(JSON.stringify(body));
  const headers = { 'Content-Type': 'application/json', 'Content-Length': bytes.length };
  return { method: 'POST', url, headers, body: Readable.from([bytes]), certificates };
}

async function askJson(request: HttpRequest, repository: Repository): Promise<Record<string, unknown>> {
  return answered(await ask(request, repository), repository);
}

async function ask(request: HttpRequest, repository: Repository): Promise<HttpAnswer> {
  try {
    return await send(request);
  } catch (error) {
    if (error instanceof NoAnswer) throw refused(repository, error.message);
    throw error;
  }
}

function answered(answer: HttpAnswer, repository: Repository): Record<string, unknown> {
  const said = parseObject(answer.body.toString('utf8'));
  if (answer.status < 300 && said !== undefined) return said;
  throw refused(repository, mintErrors(said) ?? explanation(answer));
}

/** PyPI explains a refusal as a list of codes with their descriptions. */
function mintErrors(said: Record<string, unknown> | undefined): string | undefined {
  if (!Array.isArray(said?.errors) || said.errors.length === 0) return undefined;
  return said.errors.map(({ code, description }) => `${code}: ${description}`).join('; ');
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function refused({ name }: Repository, reason: string): UserError {
  return new UserError(
    `Trusted publishing to "${name}" is not possible: ${reason}`,
    {},
    'add this workflow as a (pending) publisher of each project on the index, or set a token for the repository',
  );
}
