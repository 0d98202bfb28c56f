/** A server of Nx's self-hosted remote cache protocol, in memory. See the OpenAPI text in Nx's documentation, "Self-hosted caching". */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RemoteCache {
  readonly url: string;
  readonly token: string;
  /** how many artifacts it holds */
  size(): number;
  close(): void;
}

/** GET and PUT /v1/cache/{hash}: 200 with the bytes or 404; 200 for a new artifact, 409 for a known one; 401 without the token. */
export function startRemoteCache(): Promise<RemoteCache> {
  const token = 'cache-token';
  const artifacts = new Map<string, Buffer>();
  const server = createServer((request, response) => {
    const hash = /^\/v1\/cache\/([\w-]+)$/.exec(request.url ?? '')?.[1];
    const answer = (status: number, body: Buffer | string = '') => {
      const type = typeof body === 'string' ? 'text/plain' : 'application/octet-stream';
      response.writeHead(status, { 'content-type': type, 'content-length': body.length });
      response.end(body);
    };
    if (request.headers.authorization !== `Bearer ${token}`) return answer(401, 'a token is needed');
    if (hash === undefined) return answer(404);
    if (request.method === 'GET') {
      const artifact = artifacts.get(hash);
      return artifact ? answer(200, artifact) : answer(404);
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (artifacts.has(hash)) return answer(409);
      artifacts.set(hash, Buffer.concat(chunks));
      answer(200);
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      resolve({ url: `http://127.0.0.1:${port}`, token, size: () => artifacts.size, close: () => server.close() });
    });
  });
}
