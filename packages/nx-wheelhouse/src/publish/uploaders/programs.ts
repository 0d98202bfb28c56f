/**
 * uv and twine as uploaders: one call per file, so that order, retries and what counts as a success stay ours.
 *
 * They get the credential by environment variables of their own, and nothing else that a shell may hold for them: an address or a
 * token in UV_PUBLISH_* or TWINE_* is never used.
 */

import { constants, copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyRecordedFile } from '../../build/dist-record.js';
import { childEnvironment } from '../../toolchain/child-environment.js';
import { lastLines, runTool, type ToolResult } from '../../toolchain/run-tool.js';
import { runUv } from '../../toolchain/uv.js';
import { neverThroughAProxy, writeAuthorities } from '../connection.js';
import { isPassing } from '../http.js';
import type { IndexAccess } from '../listing.js';
import type { Patience } from '../retry.js';
import { type Attempt, refusedFor, type Upload, type Uploader } from './uploader.js';

/** A folder with nothing in it but the file, what attests it, and the certificates to believe. */
interface Stage {
  readonly file: string;
  /** of the attestations */
  readonly attestations: readonly string[];
  /** a PEM file of all authorities, where there are other ones than the usual */
  readonly certificates: string | undefined;
}

export const uploadWithUv: Uploader = (access, upload) =>
  staged(access, upload, async ({ file, attestations, certificates }) => {
    const { repository, credential = NOBODY, patience } = access;
    const flags = ['--no-config', '--no-progress', '--trusted-publishing', 'never', '--keyring-provider', 'disabled'];
    const without = attestations.length === 0 ? ['--no-attestations'] : [];
    const result = await runUv(
      ['publish', ...flags, ...without, '--publish-url', repository.uploadUrl, file, ...attestations],
      {
        env: {
          ...neverThroughAProxy(),
          UV_PUBLISH_USERNAME: credential.username,
          UV_PUBLISH_PASSWORD: credential.password,
          ...(certificates && { SSL_CERT_FILE: certificates }),
          UV_UPLOAD_HTTP_TIMEOUT: seconds(patience),
          UV_HTTP_RETRIES: '0', // It would send a file again that is there by now.
          UV_CONFIG_FILE: undefined,
        },
      },
    );
    return attemptOf(result, /status code (\d{3})/);
  });

/**
 * twine's own command, behind the seconds that a connection may be silent. By itself it would wait for ever, and send a file up to five
 * times where it is answered 5xx, not looking what the index has by then.
 */
const TWINE_ONCE = `
import functools, inspect, requests, sys
from twine import __main__, repository
requests.Session.request = functools.partialmethod(requests.Session.request, timeout=float(sys.argv.pop(1)))
if "max_redirects" in inspect.signature(repository.Repository.upload).parameters:
    repository.Repository.upload = functools.partialmethod(repository.Repository.upload, max_redirects=1)
sys.exit(__main__.main())
`;

/** @param python gives a Python that has twine */
export function uploadWithTwine(python: () => Promise<string>): Uploader {
  return (access, upload) =>
    staged(access, upload, async ({ file, attestations, certificates }) => {
      const { repository, credential = NOBODY, patience } = access;
      const flags = ['--non-interactive', '--disable-progress-bar', '--config-file', devNull];
      const files = attestations.length === 0 ? [file] : ['--attestations', file, ...attestations];
      const args = [
        '-I',
        '-c',
        TWINE_ONCE,
        seconds(patience),
        'upload',
        ...flags,
        '--repository-url',
        repository.uploadUrl,
        ...files,
      ];
      const result = await runTool(await python(), args, {
        env: childEnvironment({
          ...neverThroughAProxy(),
          TWINE_USERNAME: credential.username,
          TWINE_PASSWORD: credential.password,
          ...(certificates && { TWINE_CERT: certificates }),
          // Stronger than what twine itself is told, with the library that it uses.
          REQUESTS_CA_BUNDLE: undefined,
          CURL_CA_BUNDLE: undefined,
          PYTHON_KEYRING_BACKEND: 'keyring.backends.null.Keyring',
          // What it says is read by us and put into errors.
          COLUMNS: '500',
          TERM: 'dumb',
          NO_COLOR: '1',
          FORCE_COLOR: undefined,
        }),
      });
      return attemptOf(result, /HTTPError: (\d{3})/);
    });
}

/** How long a connection may be silent. uv takes whole seconds only. */
function seconds({ silenceMs }: Patience): string {
  return String(Math.max(1, Math.round(silenceMs / 1000)));
}

/** Both insist on a credential, also where an index asks for none. */
const NOBODY = { username: 'nobody', password: 'none' };

async function staged(
  { certificates }: IndexAccess,
  { dist, attestations }: Upload,
  send: (stage: Stage) => Promise<Attempt>,
): Promise<Attempt> {
  const folder = mkdtempSync(join(tmpdir(), 'nx-wheelhouse-upload-'));
  try {
    const file = join(folder, dist.filename);
    copyFileSync(dist.path, file, constants.COPYFILE_FICLONE);
    verifyRecordedFile(file, dist.sha256, { file: dist.path }, 'build again');
    const beside = attestations.map((text, number) => {
      const path = `${file}.${number === 0 ? 'publish' : `publish${number}`}.attestation`;
      writeFileSync(path, text);
      return path;
    });
    return await send({ file, attestations: beside, certificates: writeAuthorities(certificates, folder) });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param statusIn finds the status of the index's answer in what the program says */
function attemptOf({ status: exit, stdout, stderr, startError }: ToolResult, statusIn: RegExp): Attempt {
  if (exit === 0) return { kind: 'taken' };
  if (startError !== undefined) throw startError;
  const said = `${stdout}\n${stderr}`;
  const status = Number(statusIn.exec(said)?.[1]) || undefined;
  const problem = errorIn(said);
  if (/redirect/i.test(problem)) return { kind: 'refused', problem };
  if (status === undefined || isPassing({ status })) return { kind: 'not-now', problem, askedToWaitMs: 0 };
  return refusedFor(status, problem);
}

/** What an error comes down to: of a traceback its last line, else all from the word on. */
function errorIn(said: string): string {
  const isTraceback = said.includes('Traceback (most recent call last)');
  const error = isTraceback
    ? lastLines(said, 1)
    : (/^ *(?:error:|ERROR) [\s\S]*/m.exec(said)?.[0] ?? lastLines(said, 3));
  return error
    .replace(/^ *(?:error:|ERROR) +/, '')
    .replace(/\s+/g, ' ')
    .trim();
}
