/** Attestations: held against their files before anything is sent, and sent to those only who take them. */
import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { IndexUnderTest } from '../../testing/publish/index-under-test.js';
import { allStates, publishAll, words } from '../../testing/publish/publishing.js';
import { startSigstore } from '../../testing/publish/sigstore.js';
import { environment, plannedPackage, run, tool } from '../../testing/publish/tools.js';
import { JOB, REQUEST_TOKEN, startTrustingIndex, type TrustingIndex } from '../../testing/publish/trusting-index.js';
import { runTool } from '../toolchain/run-tool.js';
import { attestationProblem, signDists } from './attestations.js';
import type { IndexAccess } from './listing.js';
import { chooseUploader } from './uploaders/choose.js';

const lab = new IndexUnderTest();
const dist = { filename: 'a-1.0.tar.gz', sha256: 'ab'.repeat(32) };

/** As `pypi-attestations sign` writes it; the signature is for the index to look at. */
function attestation({ filename, sha256 } = dist, changes: { statement?: object; attestation?: object } = {}): string {
  const statement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: filename, digest: { sha256 } }],
    predicateType: 'https://docs.index.example/attestations/publish/v1',
    predicate: null,
    ...changes.statement,
  };
  const encoded = Buffer.from(JSON.stringify(statement)).toString('base64');
  return JSON.stringify({
    version: 1,
    verification_material: { certificate: 'AAAA', transparency_entries: [{}] },
    envelope: { statement: encoded, signature: 'AAAA' },
    ...changes.attestation,
  });
}

describe('an attestation', () => {
  test.each([
    ['of the file', attestation(), undefined],
    ['that is not JSON', '{', /not JSON/],
    ['of another version', attestation(dist, { attestation: { version: 2 } }), /version 2/],
    [
      'without a log entry',
      attestation(dist, { attestation: { verification_material: { certificate: 'A' } } }),
      /transparency/,
    ],
    ['without a statement', attestation(dist, { attestation: { envelope: {} } }), /no signed statement/],
    ['of another file', attestation({ ...dist, filename: 'b-1.0.tar.gz' }), /another file: b-1\.0/],
    ['of other bytes', attestation({ ...dist, sha256: 'cd'.repeat(32) }), /other bytes: sha256 cdcd.*here abab/],
    ['of nothing', attestation(dist, { statement: { subject: [] } }), /of 0 files/],
    [
      'of another kind',
      attestation(dist, { statement: { predicateType: 'https://index.example/x' } }),
      /index\.example/,
    ],
    ['that is no statement', attestation(dist, { statement: { _type: 'x' } }), /none of in-toto/],
  ])('%s', (_, text, problem) => {
    const found = attestationProblem(text, dist);
    if (problem === undefined) expect(found).toBeUndefined();
    else expect(found).toMatch(problem);
  });
});

/** As a public index, to a trusted publisher. */
async function publicIndex() {
  const bodies: string[] = [];
  const server = await lab.faulty((_, body) => {
    if (body) bodies.push(body);
    return 'pass';
  });
  const access = lab.throughFaults(server);
  const trusted: IndexAccess = {
    ...access,
    repository: { ...access.repository, kind: 'public' },
    renew: async () => {},
  };
  return { bodies, server, access, trusted };
}

function attested(note: string) {
  const pkg = plannedPackage(lab.folder, { name: 'a', version: '1.0', note });
  for (const one of pkg.dists) writeFileSync(`${one.path}.publish.attestation`, attestation(one));
  return pkg;
}

test.each(['builtin', 'uv', 'twine'])('%s sends them along', async (name) => {
  const { bodies, trusted } = await publicIndex();
  const uploader = chooseUploader(name, async () => tool('python'));
  expect(words(await publishAll([attested('')], trusted, { attestations: 'supplied', uploader }))).toBe('');
  expect(bodies).toHaveLength(2);
  for (const body of bodies) expect(body).toMatch(/name="attestations"\r\n(.*\r\n)*\r\n\[\{.*"transparency_entries"/);
});

test('to an index that is not public none is sent, and with a token none to a public one', async () => {
  const { bodies, access, trusted } = await publicIndex();
  const refused = await publishAll([attested('')], { ...trusted, renew: undefined }, { attestations: 'supplied' });
  expect(words(refused)).toMatch(/takes attestations from trusted publishers only/);
  expect(bodies).toEqual([]);
  expect(words(await publishAll([attested('other')], access, { attestations: 'supplied' }))).toBe('');
  for (const body of bodies) expect(body).not.toContain('attestations');
});

test.each([
  ['a bad subject', attestation(), /a-1\.0\S*: its attestation is of (other bytes|another file)/],
  ['bad JSON', '{', /its attestation is not JSON/],
])('%s stops the whole batch before a byte', async (_, text, reason) => {
  const { server, trusted } = await publicIndex();
  const pkg = attested('');
  writeFileSync(`${pkg.dists[0]?.path}.publish.attestation`, text);
  const other = plannedPackage(lab.folder, { name: 'other', version: '1.0' });
  const outcomes = await publishAll([other, pkg], trusted, { attestations: 'supplied' });
  expect(words(outcomes)).toMatch(reason);
  expect(allStates(outcomes)).toEqual(['not sent']);
  expect(server.posts()).toBe(0);
});

/** What the real pypi-attestations says. */
async function asPypiAttestations(python: string, ...args: string[]) {
  const { status, stdout, stderr } = await runTool(python, ['-m', 'pypi_attestations', ...args], { env: environment });
  return { status, said: stdout + stderr };
}

const READ = `
import pathlib, sys
from pypi_attestations import Attestation, AttestationType
attestation = Attestation.model_validate_json(pathlib.Path(sys.argv[1]).read_bytes())
[subject] = attestation.statement["subject"]
print(subject["name"], subject["digest"]["sha256"], [kind.name for kind in AttestationType if kind.value.endswith(sys.argv[2])])
`;

test('those of these tests are such as pypi-attestations reads', async () => {
  const path = join(lab.folder, 'one');
  writeFileSync(path, attestation());
  const { output } = await run('python', ['-c', READ, path, '/attestations/publish/v1']);
  expect(output.trim()).toBe(`${dist.filename} ${dist.sha256} ['PYPI_PUBLISH_V1']`);
});

describe.runIf(process.platform !== 'win32')('signing in a job', () => {
  let identity: TrustingIndex;
  beforeEach(async () => {
    identity = await startTrustingIndex(lab.index);
    lab.open.push(identity);
    vi.stubEnv('GITHUB_ACTIONS', 'true');
    vi.stubEnv('ACTIONS_ID_TOKEN_REQUEST_URL', identity.requestUrl);
    vi.stubEnv('ACTIONS_ID_TOKEN_REQUEST_TOKEN', REQUEST_TOKEN);
  });
  afterEach(() => void vi.unstubAllEnvs());

  test('pypi-attestations signs each dist with the identity of the job, what it signs is sent, and it verifies', async () => {
    const sigstore = await startSigstore(join(lab.folder, 'sigstore'));
    lab.open.push(sigstore);
    const { bodies, trusted } = await publicIndex();
    const pkg = plannedPackage(lab.folder, { name: 'a', version: '1.0' });
    const options = { attestations: 'sign' as const, pythonToSign: async () => sigstore.python };
    expect(words(await publishAll([pkg], trusted, options))).toBe('');
    expect(identity.asked).toEqual(['GET /id-token']);
    expect(bodies).toHaveLength(pkg.dists.length);
    for (const { path, filename } of pkg.dists) {
      const latin1 = bodies.find((one) => one.includes(`filename="${filename}"`)) ?? '';
      const body = Buffer.from(latin1, 'latin1').toString('utf8');
      const [sent] = JSON.parse(/name="attestations"\r\n\r\n(.*)\r\n/.exec(body)?.[1] ?? '[]');
      const beside = `${path}.publish.attestation`;
      expect(existsSync(beside)).toBe(false); // `twine upload dist/*` by hand must go on working
      writeFileSync(beside, JSON.stringify(sent));
      const verify = ['verify', 'attestation', '--identity', JOB, path];
      expect(await asPypiAttestations(sigstore.python, ...verify)).toEqual({
        status: 0,
        said: expect.stringContaining('OK'),
      });
      appendFileSync(path, 'changed');
      expect((await asPypiAttestations(sigstore.python, ...verify)).said).toContain(
        'does not match distribution digest',
      );
    }
  });

  test('where they cannot be signed, nothing is sent', async () => {
    const sigstore = await startSigstore(join(lab.folder, 'sigstore'));
    sigstore.close();
    const { server, trusted } = await publicIndex();
    const pkg = plannedPackage(lab.folder, { name: 'a', version: '1.0' });
    const options = { attestations: 'sign' as const, pythonToSign: async () => sigstore.python };
    await expect(publishAll([pkg], trusted, options)).rejects.toThrow(/could not be signed/);
    expect(server.posts()).toBe(0);
  });
});

test('outside of CI nothing is signed: no browser is opened', async () => {
  await expect(signDists([], async () => '', {})).rejects.toThrow(/identity of a CI job/);
});
