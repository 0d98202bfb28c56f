/** Channels on Anaconda's server, through its own client, which knows the address and finds what a person has configured. */
import { UserError } from '../../errors/user-error.js';
import { redactor } from '../../publish/credentials.js';
import { childEnvironment } from '../../toolchain/child-environment.js';
import { lastLines } from '../../toolchain/run-tool.js';
import type { BuiltCondaPackage } from '../conda-record.js';
import { runCondaTool } from '../conda-tools.js';
import { type CondaChannel, type Presence, pathInChannel, type Sent } from './channel.js';
import { findToken } from './token.js';

const TOKEN = 'ANACONDA_API_TOKEN';
/** The label that clients see without asking for one. */
const MAIN = 'main';

/**
 * @param owner a user or an organisation
 * @param label default `main`
 */
export function anacondaChannel(owner: string, label: string | undefined, workspaceRoot: string): CondaChannel {
  const search = findToken('anaconda', TOKEN, process.env);
  const token = search.kind === 'found' ? search.token : '';
  const run = (args: readonly string[]) =>
    runCondaTool('conda_anaconda.py', args, workspaceRoot, childEnvironment({ [TOKEN]: token }));
  return {
    installFrom: label === undefined || label === MAIN ? owner : `${owner}/label/${label}`,
    problems: search.kind === 'none' ? [search.problem] : [],
    look: (packages) => look(packages, owner, run),
    put: (pkg) => put(pkg, owner, label ?? MAIN, run),
    settle: async () => [],
    redact: redactor(search.kind === 'found' ? { username: '', password: token } : undefined),
  };
}

type Run = (args: readonly string[]) => ReturnType<typeof runCondaTool>;

async function look(
  packages: readonly BuiltCondaPackage[],
  owner: string,
  run: Run,
): Promise<ReadonlyMap<BuiltCondaPackage, Presence>> {
  const asked = packages.map((pkg) => [pkg.index.name, pkg.index.version, pathInChannel(pkg)]);
  const { status, stdout, stderr } = await run(['look', owner, JSON.stringify(asked)]);
  if (status !== 0) {
    throw new UserError(
      `The channel of ${owner} cannot be read.`,
      {},
      `check the name, the network and the token in ${TOKEN}`,
      lastLines(stderr, 5),
    );
  }
  const found = new Map<BuiltCondaPackage, Presence>();
  for (const [index, sha256] of (JSON.parse(stdout) as (string | null)[]).entries()) {
    const pkg = packages[index];
    if (pkg !== undefined && sha256 !== null) found.set(pkg, { sha256, isListed: true });
  }
  return found;
}

async function put(pkg: BuiltCondaPackage, owner: string, label: string, run: Run): Promise<Sent> {
  const { status, stderr } = await run(['upload', owner, label, pkg.path]);
  return status === 0 ? { kind: 'stored' } : { kind: 'failed', problem: lastLines(stderr, 12) };
}
