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
  close(): void;
}

export const REQUEST_TOKEN = 'job-request-token';

/** @param audience what the index says that it is */
export async function startTrustingIndex(index: RunningIndex, audience = 'company'): Promise<TrustingIndex> {
  const asked: string[] = [];
  const valid = new Set<string>();
  const usedIdTokens = new Set<string>();
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://index.example');
    const json = (status: number, body: unknown) =>
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    if (url.pathname.startsWith('/_/') || url.pathname === '/id-token') asked.push(`${request.method} ${url.pathname}`);
    switch (url.pathname) {
      case '/_/oidc/audience':
        return json(200, { audience });
      case '/id-token':
        if (request.headers.authorization !== `bearer ${REQUEST_TOKEN}`) return json(401, {});
        return json(200, { value: `id-token-for-${url.searchParams.get('audience')}` });
      case '/_/oidc/mint-token': {
        const { token } = JSON.parse(await read(request));
        const errors = [{ code: 'invalid-reuse-token', description: 'already used, or not for us' }];
        if (token !== `id-token-for-${audience}` || usedIdTokens.has(token)) return json(422, { errors });
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
