/** Certificates and proxies. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttp, request as forward } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, connect, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { run } from '../../testing/publish/tools.js';
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

/** A server whose certificate nobody knows, and that certificate. */
async function secureServer(): Promise<{ port: number; certificate: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'nx-wheelhouse tls '));
  const program = `
import datetime, ipaddress, sys
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
key = ec.generate_private_key(ec.SECP256R1())
name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "secure.index.example")])
now = datetime.datetime.now(datetime.timezone.utc)
names = [x509.DNSName("secure.index.example"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
certificate = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=1))
    .add_extension(x509.SubjectAlternativeName(names), False).add_extension(x509.BasicConstraints(True, None), True).sign(key, hashes.SHA256()))
open(sys.argv[1] + "/cert.pem", "wb").write(certificate.public_bytes(serialization.Encoding.PEM))
open(sys.argv[1] + "/key.pem", "wb").write(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
`;
  const made = await run('python', ['-c', program, folder]);
  expect(made).toMatchObject({ status: 0 });
  const [cert, key] = ['cert.pem', 'key.pem'].map((name) => readFileSync(join(folder, name), 'utf8')) as [
    string,
    string,
  ];
  rmSync(folder, { recursive: true });
  const port = await listen(createHttps({ cert, key }, (_, response) => response.end('secret place')));
  return { port, certificate: cert };
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
    const { port, certificate } = await secureServer();
    vi.stubEnv('REQUESTS_CA_BUNDLE', '/nowhere.pem');
    const url = `https://127.0.0.1:${port}/`;
    await expect(send({ method: 'GET', url })).rejects.toThrow(/self-signed certificate/);
    expect(await send({ method: 'GET', url, certificates: certificate })).toMatchObject({ status: 200 });
  });
});

describe('proxies', () => {
  test('https goes through a tunnel, and the certificate is that of the host', async () => {
    const { port, certificate } = await secureServer();
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
