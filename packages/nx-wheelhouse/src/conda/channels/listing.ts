/** What a channel on a server lists, as any client sees it: its repodata, asked afresh every time. */
import { UserError } from '../../errors/user-error.js';
import { explanation, type HttpAnswer, isRedirect } from '../../publish/http.js';
import { type Patience, sendPatiently } from '../../publish/retry.js';
import type { BuiltCondaPackage } from '../conda-record.js';
import type { Presence } from './channel.js';
import { NotRepodata, parseRepodata, type RepodataEntry } from './repodata.js';

type Entries = ReadonlyMap<string, RepodataEntry>;

const REDIRECTS = 3;

/** How a channel on a server is read. */
export interface ChannelAddress {
  /** of the channel, without a slash at the end */
  readonly url: string;
  /** that carry the credential; sent to the channel's own origin only */
  readonly headers: Readonly<Record<string, string>>;
  readonly patience: Patience;
}

/** @throws {UserError} when there is no way to know what the channel has */
export async function lookAtListing(
  address: ChannelAddress,
  packages: readonly BuiltCondaPackage[],
): Promise<ReadonlyMap<BuiltCondaPackage, Presence>> {
  const found = new Map<BuiltCondaPackage, Presence>();
  for (const subdir of new Set(packages.map((pkg) => pkg.subdir))) {
    const entries = await readRepodata(address, subdir);
    for (const pkg of packages) {
      const sha256 = pkg.subdir === subdir ? entries.get(pkg.filename)?.sha256 : undefined;
      if (sha256 !== undefined) found.set(pkg, { sha256, isListed: true });
    }
  }
  return found;
}

async function readRepodata(address: ChannelAddress, subdir: string): Promise<Entries> {
  const url = `${address.url}/${subdir}/repodata.json`;
  const answer = await get(address, url);
  try {
    return answer === undefined ? new Map() : parseRepodata(answer.body.toString('utf8'));
  } catch (error) {
    if (error instanceof NotRepodata) throw unreadable(url, error.message);
    throw error;
  }
}

/** Servers keep repodata elsewhere and redirect there, where our credential has no business. */
async function get(address: ChannelAddress, url: string): Promise<HttpAnswer | undefined> {
  let at = url;
  for (let hop = 0; hop <= REDIRECTS; hop += 1) {
    const headers = new URL(at).origin === new URL(address.url).origin ? address.headers : {};
    const found = await sendPatiently({ method: 'GET', url: at, headers }, address.patience);
    if (found.kind === 'given-up') throw unreadable(at, found.problem);
    const { answer } = found;
    if (answer.status === 404) return undefined;
    if (answer.status >= 200 && answer.status < 300) return answer;
    if (!isRedirect(answer)) throw unreadable(at, explanation(answer));
    at = new URL(String(answer.headers.location ?? ''), at).href;
  }
  throw unreadable(url, 'it redirects without end');
}

function unreadable(url: string, problem: string): UserError {
  return new UserError(
    `The conda channel cannot be read at ${url}: ${problem}`,
    {},
    'check the address, the network and the token; where clients see the channel elsewhere, set `listingUrl`',
  );
}
