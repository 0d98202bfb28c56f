/** Passes everything on to an index, and counts the uploads. */
import { createServer, request as forward } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RepositoryAddresses } from '../../src/publish/repositories.js';

/** @returns the same addresses on another port */
export async function startForwarder({ uploadUrl, listingUrl }: RepositoryAddresses) {
  let uploads = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      if (request.method === 'POST' && body.includes('; filename="')) uploads += 1;
      const options = { method: request.method, headers: request.headers };
      const onward = forward(new URL(request.url ?? '/', uploadUrl), options, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      });
      onward.on('error', () => response.destroy());
      onward.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const here = (url: string) =>
    new URL(new URL(url).pathname, `http://127.0.0.1:${(server.address() as AddressInfo).port}`).href;
  return {
    uploadUrl: here(uploadUrl),
    listingUrl: here(listingUrl),
    uploads: () => uploads,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
