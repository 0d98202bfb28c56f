/** An index that takes ID tokens for API tokens as PyPI does, in front of an embedded one; and GitHub's giver of ID tokens beside it. */
import { createServer, request as forward, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RunningIndex } from '../../src/local-index/server.js';

export interface TrustingIndex {
  readonly uploadUrl: string;
  /** where a GitHub job asks for ID tokens */
  readonly requestUrl: string;
  /** what was asked, `METHOD path`, uploads and listings left out */
  readonly asked: readonly string[];
  /** of any kind */
  posts(): number;
  close(): void;
}

export const REQUEST_TOKEN = 'job-request-token';

/** Who a job is. */
export const JOB = 'https://index.example/acme/tools';

/** As a CI would sign it. */
export function idToken(aud: string, jti = 0): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  const job = { iss: 'https://index.example', sub: JOB, repository: 'acme/tools', environment: 'release' };
  return `${part({ alg: 'RS256' })}.${part({ aud, jti, iat: now, exp: now + 600, ...job })}.${part('signature')}`;
}

function audienceIn(token: string): string {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).aud;
}

/** @param audience what the index says that it is */
export async function startTrustingIndex(index: RunningIndex, audience = 'company'): Promise<TrustingIndex> {
  const asked: string[] = [];
  const valid = new Set<string>();
  let jobTokens = 0;
  const jobToken = (aud: string | null) => idToken(aud ?? '', ++jobTokens);
  const usedIdTokens = new Set<string>();
  let posts = 0;
  const server = createServer(async (request, response) => {
    if (request.method === 'POST') posts += 1;
    const url = new URL(request.url ?? '/', 'http://index.example');
    const json = (status: number, body: unknown) =>
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    if (/^\/(_|id-token|computeMetadata)/.test(url.pathname)) asked.push(`${request.method} ${url.pathname}`);
    switch (url.pathname) {
      case '/_/oidc/audience':
        return json(200, { audience });
      case '/id-token':
        if (request.headers.authorization !== `bearer ${REQUEST_TOKEN}`) return json(401, {});
        return json(200, { value: jobToken(url.searchParams.get('audience')) });
      case '/computeMetadata/v1/instance/service-accounts/default/identity':
        if (request.headers['metadata-flavor'] !== 'Google') return json(403, {});
        return response.end(jobToken(url.searchParams.get('audience')));
      case '/_/oidc/mint-token': {
        const { token } = JSON.parse(await read(request));
        const refuse = (code: string, description: string) => json(422, { errors: [{ code, description }] });
        if (usedIdTokens.has(token)) return refuse('invalid-reuse-token', 'already used');
        if (audienceIn(token) !== audience)
          return refuse('invalid-publisher', 'valid token, but no corresponding publisher');
        usedIdTokens.add(token);
        const minted = `minted-${usedIdTokens.size}-secret`;
        valid.add(minted);
        return json(200, { success: true, token: minted, expires: Math.floor(Date.now() / 1000) + 900 });
      }
      case '/_/oidc/burn-token':
        valid.delete(JSON.parse(await read(request)).token);
        return json(200, {});
    }
    const given = Buffer.from((request.headers.authorization ?? '').replace(/^Basic /, ''), 'base64').toString();
    const headers = { ...request.headers, host: new URL(index.uploadUrl).host };
    if (valid.has(given.replace(/^__token__:/, ''))) {
      headers.authorization = `Basic ${Buffer.from(`__token__:${index.token()}`).toString('base64')}`;
    }
    const onward = forward(new URL(url.pathname, index.uploadUrl), { method: request.method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return {
    uploadUrl: `${base}legacy/`,
    requestUrl: `${base}id-token?api-version=2`,
    asked,
    posts: () => posts,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
