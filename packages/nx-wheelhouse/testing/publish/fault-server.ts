/** An index that misbehaves as told, in front of a real embedded one. */
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RunningIndex } from '../../src/local-index/server.js';

export interface FaultServer {
  readonly uploadUrl: string;
  readonly listingUrl: string;
  /** how many uploads have come */
  posts(): number;
  close(): void;
}

/** What happens to an upload: `pass` hands it to the index behind. */
export type Fault = 'pass' | 'pass-then-500' | 'pass-then-reset' | 500 | 413 | 'reset' | 'login-page' | 'redirect';

/** @param faultOf the fault of each upload, by its number from 1 and the head of its body */
export async function startFaultServer(
  index: RunningIndex,
  faultOf: (post: number, head: string) => Fault,
): Promise<FaultServer> {
  let posts = 0;
  const server = createServer(async (request, response) => {
    if (request.method !== 'POST') return pass(index, request, response, await read(request));
    posts += 1;
    const number = posts;
    const body = await read(request);
    const fault = faultOf(number, body.toString('latin1'));
    switch (fault) {
      case 'pass':
        return pass(index, request, response, body);
      case 'pass-then-500':
      case 'pass-then-reset':
        return pass(index, request, response, body, () => {
          if (fault === 'pass-then-500') response.writeHead(500).end('lost');
          else request.socket.resetAndDestroy();
        });
      case 'reset':
        request.socket.resetAndDestroy();
        return;
      case 'login-page':
        response.writeHead(200, { 'Content-Type': 'text/html' }).end('<form><input name="user"></form>');
        return;
      case 'redirect':
        response.writeHead(302, { Location: 'http://elsewhere.index.example/legacy/' }).end();
        return;
      default: {
        const echo = `sorry, ${request.headers.authorization}`;
        response.writeHead(fault, { 'Content-Type': 'text/plain' }).end(echo);
      }
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return {
    uploadUrl: `${base}legacy/`,
    listingUrl: `${base}simple/`,
    posts: () => posts,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function pass(
  index: RunningIndex,
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
  instead?: () => void,
): void {
  const url = new URL(request.url ?? '/', index.uploadUrl);
  const headers = { ...request.headers, host: url.host };
  const onward = forward(url, { method: request.method, headers }, (answer) => {
    if (instead === undefined) {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    } else answer.resume().on('end', instead);
  });
  onward.on('error', () => response.destroy());
  onward.end(body);
}
