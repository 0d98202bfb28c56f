/** Channels on servers that rattler-build has a client for, with uploads of several steps: prefix and Cloudsmith. */
import { redactor } from '../../publish/credentials.js';
import { PATIENCE } from '../../publish/retry.js';
import { childEnvironment } from '../../toolchain/child-environment.js';
import { lastLines } from '../../toolchain/run-tool.js';
import { runCondaTool } from '../conda-tools.js';
import type { CondaChannel } from './channel.js';
import { lookAtListing } from './listing.js';
import { findToken } from './token.js';

export interface RattlerServer {
  readonly server: 'prefix' | 'cloudsmith';
  /** of the server; `undefined`: the one that rattler-build knows */
  readonly url: string | undefined;
  /** the channel, or `owner/repository` */
  readonly target: string;
  /** the channel's address for clients */
  readonly listingUrl: string;
}

const TOKEN_VARIABLES = { prefix: 'PREFIX_API_KEY', cloudsmith: 'CLOUDSMITH_API_KEY' } as const;

export function rattlerChannel(
  { server, url, target, listingUrl }: RattlerServer,
  workspaceRoot: string,
): CondaChannel {
  const channel = listingUrl.replace(/\/+$/, '');
  const search = findToken(new URL(url ?? channel).host, TOKEN_VARIABLES[server], process.env);
  const token = search.kind === 'found' ? search.token : '';
  const headers = search.kind === 'found' && url !== undefined ? { Authorization: `Bearer ${token}` } : undefined;
  return {
    installFrom: channel,
    problems: search.kind === 'none' ? [search.problem] : [],
    look: (packages) => lookAtListing({ url: channel, headers: headers ?? {}, patience: PATIENCE }, packages),
    put: async ({ path }) => {
      const order = JSON.stringify({ server, path, url: url ?? null, target });
      const env = childEnvironment({ UPLOAD_TOKEN: token });
      const { status, stderr } = await runCondaTool('conda_upload.py', [order], workspaceRoot, env);
      return status === 0 ? { kind: 'stored' } : { kind: 'failed', problem: lastLines(stderr, 12) };
    },
    settle: async () => [],
    redact: redactor(search.kind === 'found' ? { username: '', password: token } : undefined),
  };
}
