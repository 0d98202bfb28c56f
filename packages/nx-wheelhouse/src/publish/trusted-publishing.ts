/**
 * Trusted publishing: a CI job proves who it is with an ID token, and the index gives a short-lived API token for it. Asked for once
 * for a batch, again when it grows old, and given back at the end, whatever the end is.
 */
import { Readable } from 'node:stream';
import { UserError } from '../errors/user-error.js';
import type { Credential } from './credentials.js';
import { explanation, type HttpAnswer, type HttpRequest, NoAnswer, send } from './http.js';
import { describeIdToken, type IdTokenSource, idTokenFor, NoIdToken } from './id-tokens.js';
import type { Repository } from './repositories.js';

/** The tokens of one index and batch. */
export interface TrustedPublisher {
  /** the one to use now */
  readonly credential: Credential;
  /** all that were ever given: what must not be printed */
  readonly credentials: readonly Credential[];
  /** Gets a new one where the one in use will not last. */
  renew(): Promise<void>;
  /** Makes all of them worthless; a failure is no one's concern, for they end by themselves within minutes. */
  burn(): Promise<void>;
}

/** Tokens of PyPI last 15 minutes; an upload that begins with one must end with it. */
const RENEW_AFTER_MS = 10 * 60_000;

/**
 * @returns `undefined` where the index has no trusted publishing
 * @throws {UserError} when the job has no ID token for this index, or the index does not take it
 * @see PyPI, "The manual way" of trusted publishing: /_/oidc/audience, /_/oidc/mint-token
 */
export async function mint(
  repository: Repository,
  source: IdTokenSource,
  certificates: string | undefined,
): Promise<TrustedPublisher | undefined> {
  const audience = await audienceOf(repository, certificates);
  if (audience === undefined) return undefined;
  const next = () => mintToken(repository, source, audience, certificates);
  const credentials = [await next()];
  let mintedAt = Date.now();
  let renewing: Promise<void> | undefined;
  const burn = async () => {
    process.off('SIGINT', burnAndEnd).off('SIGTERM', burnAndEnd);
    const living = credentials.map(({ password: token }) =>
      send(postJson(addressOf(repository, 'burn-token'), { token }, certificates)).catch(() => undefined),
    );
    await Promise.all(living);
  };
  const burnAndEnd = (signal: NodeJS.Signals) => {
    burn().finally(() => process.kill(process.pid, signal));
  };
  process.once('SIGINT', burnAndEnd).once('SIGTERM', burnAndEnd);
  return {
    get credential() {
      return credentials.at(-1) as Credential;
    },
    credentials,
    renew: () => {
      if (Date.now() - mintedAt < RENEW_AFTER_MS) return Promise.resolve();
      renewing ??= next()
        .then((credential) => void credentials.push(credential))
        // The ID token may be good for one use only. Then the old token goes on as long as it lasts, and is tried again with.
        .catch(() => undefined)
        .finally(() => {
          mintedAt = Date.now();
          renewing = undefined;
        });
      return renewing;
    },
    burn,
  };
}

async function audienceOf(repository: Repository, certificates: string | undefined): Promise<string | undefined> {
  const offer = await ask({ method: 'GET', url: addressOf(repository, 'audience'), certificates }, repository);
  if (offer.status >= 300 && offer.status < 500) return undefined;
  const { audience } = answered(offer, repository);
  if (typeof audience !== 'string') throw refused(repository, 'it names no audience');
  // Else any index could have our ID token and be us at the public one.
  if (['pypi', 'testpypi'].includes(audience) && audience !== repository.name) {
    throw refused(repository, `it asks for an ID token for "${audience}", which it is not`);
  }
  return audience;
}

async function mintToken(
  repository: Repository,
  source: IdTokenSource,
  audience: string,
  certificates: string | undefined,
): Promise<Credential> {
  let idToken: string;
  try {
    idToken = await idTokenFor(audience, source);
  } catch (error) {
    throw error instanceof NoIdToken ? refused(repository, error.message) : error;
  }
  const answer = await ask(postJson(addressOf(repository, 'mint-token'), { token: idToken }, certificates), repository);
  const { token } = answered(answer, repository, describeIdToken(idToken));
  if (typeof token !== 'string') throw refused(repository, 'it gives no token');
  return { username: '__token__', password: token };
}

function addressOf({ uploadUrl }: Repository, path: string): string {
  return new URL(`/_/oidc/${path}`, uploadUrl).href;
}

function postJson(url: string, body: unknown, certificates: string | undefined): HttpRequest {
  const bytes = Buffer.from(JSON.stringify(body));
  const headers = { 'Content-Type': 'application/json', 'Content-Length': bytes.length };
  return { method: 'POST', url, headers, body: Readable.from([bytes]), certificates };
}

async function ask(request: HttpRequest, repository: Repository): Promise<HttpAnswer> {
  try {
    return await send(request);
  } catch (error) {
    if (error instanceof NoAnswer) throw refused(repository, error.message);
    throw error;
  }
}

/** @param job what the ID token says of the job */
function answered(answer: HttpAnswer, repository: Repository, job?: string): Record<string, unknown> {
  const said = parseObject(answer.body.toString('utf8'));
  if (answer.status < 300 && said !== undefined) return said;
  const { reason, fix } = mintErrors(said) ?? { reason: explanation(answer), fix: undefined };
  throw refused(repository, job === undefined ? reason : `${reason}. The job is: ${job}`, fix);
}

/** What to do about each of the codes with which PyPI refuses. */
const FIXES: Readonly<Record<string, string>> = {
  'invalid-publisher':
    'add this workflow as a publisher of each project on the index; for a project that is not there yet, as a pending publisher: one at a time for a repository, workflow and environment, so give each new project an environment of its own or publish one after the other',
  'invalid-pending-publisher':
    'correct the pending publisher on the index: its project has another owner by now, or is taken',
  'invalid-reuse-token':
    'get a new ID token: this one has been used, perhaps by another tool of the job, and run again',
  'invalid-token': 'look at the clock of the machine and at the audience of the ID token',
  'invalid-payload': 'update this plugin: the index does not understand what it sends',
  'not-enabled': 'set a token for the repository: the index has turned trusted publishing off',
};

/** PyPI explains a refusal as a list of codes with their descriptions. */
function mintErrors(
  said: Record<string, unknown> | undefined,
): { reason: string; fix: string | undefined } | undefined {
  if (!Array.isArray(said?.errors) || said.errors.length === 0) return undefined;
  const errors = said.errors as readonly { code: string; description: string }[];
  return {
    reason: errors.map(({ code, description }) => `${code}: ${description}`).join('; '),
    fix: errors.map(({ code }) => FIXES[code]).find((fix) => fix !== undefined),
  };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function refused({ name }: Repository, reason: string, fix?: string): UserError {
  return new UserError(
    `Trusted publishing to "${name}" is not possible: ${reason}`,
    {},
    fix ?? 'add this workflow as a (pending) publisher of each project on the index, or set a token for the repository',
  );
}
