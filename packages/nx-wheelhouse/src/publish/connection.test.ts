/** Certificates and proxies. */
import { createServer as createHttp, request as forward } from 'node:http';
import { type AddressInfo, connect, type Server } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { secureServer } from '../../testing/publish/secure-server.js';
import { proxyFor } from './connection.js';
import { send } from './http.js';

const open: Server[] = [];
afterEach(() => {
  vi.unstubAllEnvs();
  for (const server of open.splice(0)) server.close();
});

async function listen(server: Server): Promise<number> {
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function secret(): Promise<{ port: number; certificate: string }> {
  const { server, certificate } = await secureServer((_, response) => response.end('secret place'));
  return { port: await listen(server), certificate };
}

/** @param port every tunnel ends there, whatever host was asked for */
function proxyTo(port: number): { server: Server; asked: string[] } {
  const asked: string[] = [];
  const server = createHttp((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    forward({ port, host: '127.0.0.1', path: '/', headers: request.headers }, (answer) => answer.pipe(response)).end();
  });
  server.on('connect', (request, socket) => {
    asked.push(`CONNECT ${request.url}`);
    const onward = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
  });
  return { server, asked };
}

describe('certificates', () => {
  test('an unknown one is refused, a given one believed, whatever other tools are told', async () => {
    const { port, certificate } = await secret();
    vi.stubEnv('REQUESTS_CA_BUNDLE', '/nowhere.pem');
    const url = `https://127.0.0.1:${port}/`;
    await expect(send({ method: 'GET', url })).rejects.toThrow(/unable to verify the first certificate/);
    expect(await send({ method: 'GET', url, certificates: certificate })).toMatchObject({ status: 200 });
  });
});

describe('proxies', () => {
  test('https goes through a tunnel, and the certificate is that of the host', async () => {
    const { port, certificate } = await secret();
    const { server, asked } = proxyTo(port);
    vi.stubEnv('HTTPS_PROXY', `http://127.0.0.1:${await listen(server)}`);
    const url = 'https://secure.index.example/place';
    const answer = await send({ method: 'GET', url, certificates: certificate });
    expect(answer.body.toString()).toBe('secret place');
    expect(asked).toEqual(['CONNECT secure.index.example:443']);
    await expect(
      send({ method: 'GET', url: 'https://other.index.example/', certificates: certificate }),
    ).rejects.toThrow(/other.index.example/);
  });

  test('http is asked of the proxy', async () => {
    const port = await listen(createHttp((request, response) => response.end(request.headers.host)));
    const { server, asked } = proxyTo(port);
    vi.stubEnv('http_proxy', `127.0.0.1:${await listen(server)}`);
    const answer = await send({ method: 'GET', url: 'http://plain.index.example/simple/' });
    expect([answer.body.toString(), asked]).toEqual([
      'plain.index.example',
      ['GET http://plain.index.example/simple/'],
    ]);
  });

  test('a dead one is named, and does not keep us from this machine', async () => {
    vi.stubEnv('HTTP_PROXY', 'http://127.0.0.1:9');
    vi.stubEnv('HTTPS_PROXY', 'http://127.0.0.1:9');
    const port = await listen(createHttp((_, response) => response.end('here')));
    expect(await send({ method: 'GET', url: `http://127.0.0.1:${port}/` })).toMatchObject({ status: 200 });
    await expect(send({ method: 'GET', url: 'https://a.index.example/' })).rejects.toThrow(/proxy 127.0.0.1:9/);
  });

  test.each([
    ['https://index.example/', 'index.example', false],
    ['https://up.index.example/', '.index.example', false],
    ['https://upindex.example/', 'index.example', true],
    ['https://index.example:8443/', 'index.example:443', true],
    ['https://index.example/', 'other.example *', false],
    ['http://[::1]:80/', '', false],
    ['http://127.8.0.1/', '', false],
  ])('%s with NO_PROXY=%j goes through it: %j', (url, exceptions, isProxied) => {
    const environment = { ALL_PROXY: 'http://proxy.example', NO_PROXY: exceptions };
    expect(proxyFor(new URL(url), environment) !== undefined).toBe(isProxied);
  });
});
