/**
 * Attestations (PEP 740): signed statements that a CI job has published exactly these files. Made by `pypi-attestations`, or lying
 * beside the dists as other tools leave them; each is held against its file before anything is sent.
 */
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { RecordedDist } from '../build/dist-record.js';
import { UserError } from '../errors/user-error.js';
import { childEnvironment } from '../toolchain/child-environment.js';
import { lastLines, runTool } from '../toolchain/run-tool.js';
import { idTokenSource } from './id-tokens.js';

/** Where attestations come from, if there are any. */
export type AttestationChoice = 'none' | 'supplied' | 'sign';

/** Texts by file name. */
export type Attestations = ReadonlyMap<string, readonly string[]>;

/** Those that lie beside dists, as `<file>.<kind>.attestation`. */
export function suppliedAttestations(dists: readonly RecordedDist[]): Attestations {
  return new Map(
    dists.map(({ path, filename }) => {
      const beside = readdirSync(dirname(path)).filter(
        (name) => name.startsWith(`${filename}.`) && name.endsWith('.attestation'),
      );
      return [filename, beside.sort().map((name) => readFileSync(join(dirname(path), name), 'utf8'))];
    }),
  );
}

/** What a job signs with: `sigstore`, below pypi-attestations, asks for an ID token of its own. */
const IDENTITY =
  /^(ACTIONS_ID_TOKEN_REQUEST_(URL|TOKEN)|SIGSTORE_ID_TOKEN|GCE_METADATA_HOST|BUILDKITE_AGENT_ACCESS_TOKEN)$/;

/**
 * Signs dists in CI.
 * @param python gives a Python that has pypi-attestations
 * @throws {UserError} outside of CI, where a browser would be opened, and when they cannot be signed
 */
export async function signDists(
  dists: readonly RecordedDist[],
  python: () => Promise<string>,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Attestations> {
  if (idTokenSource(environment) === undefined) {
    throw new UserError(
      'Attestations are signed with the identity of a CI job, and this is none that has one.',
      {},
      'publish from CI with `id-token: write`, or leave the option `attestations` out',
    );
  }
  const folder = mkdtempSync(join(tmpdir(), 'nx-wheelhouse-sign-'));
  try {
    const files = dists.map(({ path, filename }) => {
      copyFileSync(path, join(folder, filename));
      return join(folder, filename);
    });
    const identity = Object.entries(environment).filter(([name]) => IDENTITY.test(name));
    const { status, stdout, stderr } = await runTool(await python(), ['-m', 'pypi_attestations', 'sign', ...files], {
      env: childEnvironment(Object.fromEntries(identity)),
    });
    if (status !== 0) {
      const fix = 'see what pypi-attestations says; the public indexes take files without attestations as well';
      throw new UserError('The dists could not be signed.', {}, fix, lastLines(`${stdout}\n${stderr}`, 10));
    }
    return suppliedAttestations(dists.map((dist, at) => ({ ...dist, path: files[at] ?? dist.path })));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const STATEMENT = 'https://in-toto.io/Statement/v1';
/** What the public indexes take, an index's statement of publication or provenance; by the path, as each index has it under a host of its own. */
const PREDICATE = /\/(attestations\/publish|provenance)\/v1$/;

/**
 * @returns why an attestation must not be sent with a file; the signature is for the index to verify
 * @see PEP 740, "Attestation objects"; in-toto, "Statement layer specification"
 */
export function attestationProblem(text: string, { filename, sha256 }: Pick<RecordedDist, 'filename' | 'sha256'>) {
  const attestation = parseObject(text);
  if (attestation === undefined) return 'its attestation is not JSON';
  if (attestation.version !== 1) return `its attestation is of version ${attestation.version}, not 1`;
  const { transparency_entries: entries, certificate } = (attestation.verification_material ?? {}) as Fields;
  if (typeof certificate !== 'string' || !Array.isArray(entries) || entries.length === 0) {
    return 'its attestation has no certificate, or no entry of a transparency log';
  }
  const { statement: encoded, signature } = (attestation.envelope ?? {}) as Fields;
  if (typeof encoded !== 'string' || typeof signature !== 'string') return 'its attestation has no signed statement';
  const statement = parseObject(Buffer.from(encoded, 'base64').toString('utf8'));
  if (statement?._type !== STATEMENT) return 'the statement of its attestation is none of in-toto';
  if (!PREDICATE.test(String(statement.predicateType))) {
    return `its attestation says "${statement.predicateType}", which indexes do not take`;
  }
  const subjects = Array.isArray(statement.subject) ? (statement.subject as Fields[]) : [];
  const [subject] = subjects;
  if (subject === undefined || subjects.length > 1) return `its attestation is of ${subjects.length} files`;
  if (basename(String(subject.name)) !== filename) return `its attestation is of another file: ${subject.name}`;
  const attested = (subject.digest as Fields | undefined)?.sha256;
  return attested === sha256 ? undefined : `its attestation is of other bytes: sha256 ${attested}, here ${sha256}`;
}

type Fields = Readonly<Record<string, unknown>>;

function parseObject(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
}
