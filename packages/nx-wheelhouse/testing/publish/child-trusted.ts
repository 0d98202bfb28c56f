/** A trusted publisher as a process, between the first upload and the last. */
import { openIndex } from '../../src/publish/open-index.js';

export default async function main({ repository }: { repository: string }) {
  const choice = { repository, listingUrl: undefined, dryRun: false };
  await openIndex(process.cwd(), choice, async () => '');
  process.stdout.write('open');
  await new Promise(() => setInterval(() => undefined, 60_000));
}
