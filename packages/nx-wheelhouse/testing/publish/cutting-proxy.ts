/** A connection to a server that is cut in the middle of an upload, by the death of the server. */
import { type AddressInfo, connect, createServer } from 'node:net';
import type { RealServer } from './real-servers.js';

/** Passes everything on; once, after so many bytes of one connection, crashes the server with the rest still to come. */
export async function cuttingProxy(server: RealServer, afterBytes: number) {
  const { port, pathname } = new URL(server.uploadUrl);
  let cuts = 0;
  const proxy = createServer((client) => {
    const onward = connect(Number(port), '127.0.0.1');
    let passed = 0;
    const end = () => {
      client.destroy();
      onward.destroy();
    };
    for (const socket of [client, onward]) socket.on('error', end).on('close', end);
    onward.pipe(client);
    client.on('data', (chunk) => {
      passed += chunk.length;
      if (passed < afterBytes || cuts > 0) return void onward.write(chunk);
      cuts += 1;
      client.pause();
      server.crash().then(end, end);
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    uploadUrl: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}${pathname}`,
    cuts: () => cuts,
    close: () => proxy.close(),
  };
}
