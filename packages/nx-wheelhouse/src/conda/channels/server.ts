/** Channels on servers that take a package as the body of one request: quetz and Artifactory. */
import { createReadStream } from 'node:fs';
import { redactor } from '../../publish/credentials.js';
import { explanation, type HttpAnswer, isPassing, NoAnswer, send } from '../../publish/http.js';
import { askedToWaitMs, backoff, PATIENCE, type Patience } from '../../publish/retry.js';
import type { BuiltCondaPackage } from '../conda-record.js';
import { type CondaChannel, pathInChannel, type Sent } from './channel.js';
import { lookAtListing } from './listing.js';
import { findToken, type TokenSearch } from './token.js';

export type ServerKind = 'quetz' | 'artifactory';

interface Protocol {
  readonly tokenVariable: string;
  readonly method: 'POST' | 'PUT';
  authorization(token: string): Readonly<Record<string, string>>;
  /** @param channel the address that clients know it by, without a slash at the end */
  uploadUrl(channel: string, pkg: BuiltCondaPackage): string;
}

const CHANNEL_OF_QUETZ = /^(?<base>.*?)(?:\/(?:get|channels))?\/(?<name>[^/]+)$/;

const PROTOCOLS: Readonly<Record<ServerKind, Protocol>> = {
  quetz: {
    tokenVariable: 'QUETZ_API_KEY',
    method: 'POST',
    authorization: (token) => ({ 'X-API-Key': token }),
    uploadUrl: (channel, { filename, sha256 }) => {
      // Clients know a channel as <server>/get/<name>, or as <server>/channels/<name> from its pages.
      const { base = '', name = '' } = CHANNEL_OF_QUETZ.exec(channel)?.groups ?? {};
      return `${base}/api/channels/${name}/upload/${encodeURIComponent(filename)}?force=false&sha256=${sha256}`;
    },
  },
  artifactory: {
    tokenVariable: 'ARTIFACTORY_TOKEN',
    method: 'PUT',
    authorization: (token) => ({ Authorization: `Bearer ${token}` }),
    uploadUrl: (channel, pkg) => `${channel}/${pathInChannel(pkg).split('/').map(encodeURIComponent).join('/')}`,
  },
};

/**
 * @param url of the channel as clients know it
 * @param environment where the token is looked for
 */
export function serverChannel(
  kind: ServerKind,
  url: string,
  environment: NodeJS.ProcessEnv,
  patience: Patience = PATIENCE,
): CondaChannel {
  const channel = url.replace(/\/+$/, '');
  const protocol = PROTOCOLS[kind];
  const search: TokenSearch = findToken(new URL(channel).host, protocol.tokenVariable, environment);
  const headers = search.kind === 'found' ? protocol.authorization(search.token) : {};
  return {
    installFrom: channel,
    problems: search.kind === 'none' ? [search.problem] : [],
    look: (packages) => lookAtListing({ url: channel, headers, patience }, packages),
    put: (pkg) => put(pkg, protocol, channel, headers, patience),
    settle: async () => [],
    redact: redactor(search.kind === 'found' ? { username: '', password: search.token } : undefined),
  };
}

async function put(
  pkg: BuiltCondaPackage,
  { method, uploadUrl }: Protocol,
  channel: string,
  authorization: Readonly<Record<string, string>>,
  patience: Patience,
): Promise<Sent> {
  const headers = { ...authorization, 'Content-Type': 'application/octet-stream', 'Content-Length': pkg.size };
  for (let attempt = 1; ; attempt += 1) {
    let answer: HttpAnswer | undefined;
    let problem: string;
    try {
      answer = await send({ method, url: uploadUrl(channel, pkg), headers, body: createReadStream(pkg.path) });
      if (answer.status >= 200 && answer.status < 300) return { kind: 'stored' };
      problem = explanation(answer);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      problem = error.message;
    }
    // An attempt that broke off may have arrived: then the channel will list it.
    if (answer?.status === 409 && attempt > 1) return { kind: 'stored' };
    const isOver = answer !== undefined && !isPassing(answer);
    if (isOver || attempt >= patience.attempts) return { kind: 'failed', problem: withAdvice(problem, answer) };
    await backoff(patience, attempt, askedToWaitMs(answer));
  }
}

function withAdvice(problem: string, answer: HttpAnswer | undefined): string {
  switch (answer?.status) {
    case 401:
    case 403:
      return `${problem} (check the token and what it is allowed to upload)`;
    case 409:
      return `${problem} (the server has a file of this name that it does not list yet, or no longer)`;
    default:
      return problem;
  }
}
