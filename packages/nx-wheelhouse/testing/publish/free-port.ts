/** A port for a server that cannot say itself which one it has got, or that must come back under the one it had. */
import { createServer } from 'node:net';

/**
 * Below the range from which systems give ports to whoever asks for any: until the server has it, and between its death and its coming
 * back, no other server and no outgoing connection is given it.
 */
const [LOWEST, HIGHEST] = [20_000, 32_000];

export async function freePort(): Promise<number> {
  for (;;) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
