/** The embedded index as a process: prints its port. */
import { startLocalIndex } from '../../src/local-index/server.js';

export default async function main({ folder, port }: { folder: string; port: number }) {
  const index = await startLocalIndex(folder, port);
  index.token();
  process.stdout.write(new URL(index.uploadUrl).port);
  await new Promise(() => setInterval(() => undefined, 60_000));
}
