/** A server whose certificate is of an authority that nobody knows. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request as forward, type RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunningIndex } from '../../src/local-index/server.js';
import { run } from './tools.js';

const MAKE_CERTIFICATE = `
import datetime, ipaddress, sys
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
def certify(subject, key, issuer, issuer_key, is_ca):
    now = datetime.datetime.now(datetime.timezone.utc)
    name = lambda text: x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])
    names = [x509.DNSName("secure.index.example"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    usage = x509.KeyUsage(not is_ca, False, False, False, False, is_ca, False, False, False)
    return (x509.CertificateBuilder().subject_name(name(subject)).issuer_name(name(issuer)).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), False).add_extension(x509.BasicConstraints(is_ca, None), True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), False)
        .add_extension(usage, True).sign(issuer_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
authority, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
write = lambda name, text: open(f"{sys.argv[1]}/{name}", "wb").write(text)
write("authority.pem", certify("Authority", authority, "Authority", authority, True))
write("cert.pem", certify("secure.index.example", key, "Authority", authority, False))
write("key.pem", key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
`;

/** @returns a server that does not listen yet, and the authority's certificate */
export async function secureServer(answer: RequestListener): Promise<{ server: Server; certificate: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'nx-wheelhouse tls '));
  const { status, output } = await run('python', ['-c', MAKE_CERTIFICATE, folder]);
  if (status !== 0) throw new Error(output);
  const [cert = '', key = '', certificate = ''] = ['cert.pem', 'key.pem', 'authority.pem'].map((name) =>
    readFileSync(join(folder, name), 'utf8'),
  );
  rmSync(folder, { recursive: true });
  return { server: createServer({ cert, key }, answer), certificate };
}

/** The embedded index, reached by https. */
export async function secureProxyTo(index: RunningIndex) {
  const { server, certificate } = await secureServer((request, response) => {
    const url = new URL(request.url ?? '/', index.uploadUrl);
    const headers = { ...request.headers, host: url.host };
    const onward = forward(url, { method: request.method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    certificate,
    uploadUrl: `https://127.0.0.1:${port}/legacy/`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
