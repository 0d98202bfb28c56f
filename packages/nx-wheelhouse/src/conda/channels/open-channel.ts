/** The channel that a user names: the workspace's own, a folder, or one on a server. */
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WHEELHOUSE_FOLDER } from '../../build/dist-record.js';
import { UserError } from '../../errors/user-error.js';
import { anacondaChannel } from './anaconda.js';
import type { CondaChannel } from './channel.js';
import { directoryChannel } from './directory.js';
import { rattlerChannel } from './rattler-upload.js';
import { s3Channel } from './s3.js';
import { serverChannel } from './server.js';

export interface ChannelChoice {
  readonly channel: string;
  /** on Anaconda's server */
  readonly label: string | undefined;
  /** the channel's address for clients, where it does not follow from the reference */
  readonly listingUrl: string | undefined;
}

/** The default, so that a wrong command publishes nothing to the world. */
export const LOCAL_CHANNEL = 'local';

const S3 = /^s3:\/\/[a-z0-9][a-z0-9.-]+(\/|$)/;
const FOLDER = /^\.{0,2}[\\/]|^[a-z]:[\\/]/i;

/** @throws {UserError} for a reference that is none */
export function openChannel(workspaceRoot: string, { channel, label, listingUrl }: ChannelChoice): CondaChannel {
  if (channel === LOCAL_CHANNEL) return directoryChannel(localChannelFolder(workspaceRoot), workspaceRoot);
  if (channel.startsWith('file:')) return directoryChannel(fileURLToPath(channel), workspaceRoot);
  if (FOLDER.test(channel)) return directoryChannel(resolve(workspaceRoot, channel), workspaceRoot);
  if (S3.test(channel)) return s3Channel(channel, process.env);
  const [, kind = '', reference = ''] = /^([a-z]+)(?::|\+(?=https?:))(.+)$/.exec(channel) ?? [];
  switch (kind) {
    case 'anaconda':
      return anacondaChannel(reference, label, workspaceRoot);
    case 'quetz':
    case 'artifactory':
      return serverChannel(kind, urlOf(channel, reference), process.env);
    case 'prefix': {
      const { origin, pathname, href } = new URL(urlOf(channel, reference));
      const target = pathname.replace(/^\/+|\/+$/g, '');
      return rattlerChannel({ server: 'prefix', url: origin, target, listingUrl: listingUrl ?? href }, workspaceRoot);
    }
    case 'cloudsmith':
      if (listingUrl === undefined || !/^[^/]+\/[^/]+$/.test(reference)) break;
      return rattlerChannel({ server: 'cloudsmith', url: undefined, target: reference, listingUrl }, workspaceRoot);
  }
  throw unknownChannel(channel);
}

/** The folder of the workspace's own channel, absolute. */
export function localChannelFolder(workspaceRoot: string): string {
  return join(workspaceRoot, WHEELHOUSE_FOLDER, 'channel');
}

function urlOf(channel: string, reference: string): string {
  if (!URL.canParse(reference)) throw unknownChannel(channel);
  return reference;
}

function unknownChannel(channel: string): UserError {
  return new UserError(
    `There is no conda channel called "${channel}".`,
    {},
    'name `local`, a folder (./channel), a file URL, s3://<bucket>/<path>, anaconda:<owner>, quetz+<URL>, ' +
      'artifactory+<URL>, prefix+<URL>, or cloudsmith:<owner>/<repository> with --listingUrl; docs/conda.md has them all',
  );
}
