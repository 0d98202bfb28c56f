/** The embedded index as a process: says so when it listens. */
import { startLocalIndex } from '../../src/local-index/server.js';

export default async function main({ folder, port }: { folder: string; port: number }) {
  const index = await startLocalIndex(folder, port);
  index.token();
  process.stdout.write('listens');
  await new Promise(() => setInterval(() => undefined, 60_000));
}
