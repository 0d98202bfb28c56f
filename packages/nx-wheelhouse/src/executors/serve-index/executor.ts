/** The local index of the workspace as a server, until it is ended. */
import { join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { UserError } from '../../errors/user-error.js';
import { type RunningIndex, startLocalIndex } from '../../local-index/server.js';
import { localIndexFolder } from '../../publish/open-index.js';

export interface ServeIndexOptions {
  /** 0 for any that is free */
  readonly port?: number;
}

/** Yields once, when the server answers; Nx ends the process in the end. */
export default async function* serveIndex(
  { port = 0 }: ServeIndexOptions,
  { root }: Pick<ExecutorContext, 'root'>,
): AsyncGenerator<{ success: boolean }> {
  const folder = localIndexFolder(root);
  const index = await start(folder, port);
  index.token(); // makes the file that the next lines name
  process.stdout.write(
    [
      `The local index is at ${new URL('/', index.simpleUrl).href}`,
      `  upload:  twine upload --repository-url ${index.uploadUrl} --username __token__ <files>`,
      `           the password is in ${join(folder, 'token')}`,
      `  install: pip install --index-url ${index.simpleUrl} <package>`,
      '',
    ].join('\n'),
  );
  const ended = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  try {
    yield { success: true };
    await ended;
  } finally {
    await index.close();
  }
}

async function start(folder: string, port: number): Promise<RunningIndex> {
  try {
    return await startLocalIndex(folder, port);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new UserError(
      `Something else listens on port ${port}.`,
      {},
      'choose another `port`, or 0 for any that is free',
    );
  }
}
