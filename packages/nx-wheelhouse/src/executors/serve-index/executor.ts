/** The local index of the workspace as a server, until it is ended. */
import { join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { UserError } from '../../errors/user-error.js';
import { type Fallback, type RunningIndex, startLocalIndex } from '../../local-index/server.js';
import { localIndexFolder } from '../../publish/open-index.js';
import { findRepository } from '../../publish/repositories.js';
import { pythonWithTools } from '../../toolchain/python-with-tools.js';
import { workspaceOfGraph } from '../workspace-of-graph.js';

export interface ServeIndexOptions {
  /** 0 for any that is free */
  readonly port?: number;
  /** where third-party packages come from: `pypi`, or the address of a simple API */
  readonly fallback?: string;
}

/** Yields once, when the server answers; Nx ends the process in the end. */
export default async function* serveIndex(
  { port = 0, fallback }: ServeIndexOptions,
  context: Pick<ExecutorContext, 'root' | 'projectGraph'>,
): AsyncGenerator<{ success: boolean }> {
  const folder = localIndexFolder(context.root);
  const index = await start(folder, port, fallback === undefined ? undefined : await fallbackTo(fallback, context));
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

/** Every name of the workspace is its own, whether it has been published yet or not. */
async function fallbackTo(
  reference: string,
  context: Pick<ExecutorContext, 'root' | 'projectGraph'>,
): Promise<Fallback> {
  const names = new Set([...workspaceOfGraph(context).packages.values()].map(({ name }) => name as string));
  const isUrl = reference.includes(':');
  const { listingUrl } = await findRepository(
    reference,
    isUrl ? reference : undefined,
    { pypirc: new Map(), uvIndexes: new Map() },
    () => pythonWithTools(context.root),
  );
  return { listingUrl, isOwn: (name) => names.has(name) };
}

async function start(folder: string, port: number, fallback: Fallback | undefined): Promise<RunningIndex> {
  try {
    return await startLocalIndex(folder, port, fallback);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new UserError(
      `Something else listens on port ${port}.`,
      {},
      'choose another `port`, or 0 for any that is free',
    );
  }
}
