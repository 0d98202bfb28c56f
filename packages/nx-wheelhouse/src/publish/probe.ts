/** Asks an index whether it takes our credential: a form without a file, which no index stores. */
import { Readable } from 'node:stream';
import { authorization } from './credentials.js';
import { explanation, isRedirect, NoAnswer, send } from './http.js';
import type { IndexAccess } from './listing.js';

/**
 * @returns why nothing can be uploaded there, `undefined` where nothing speaks against it
 * @see Upload API of PyPI: 403 for an unknown credential, 400 for a form that lacks its file
 */
export async function probe({ repository, credential, certificates }: IndexAccess): Promise<string | undefined> {
  const boundary = '----nx-wheelhouse-probe';
  const field = (name: string, value: string) =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const form = Buffer.from(`${field(':action', 'file_upload')}${field('protocol_version', '1')}--${boundary}--\r\n`);
  try {
    const answer = await send({
      certificates,
      method: 'POST',
      url: repository.uploadUrl,
      headers: {
        'Content-Type': `multipart/form-data; boundary=${boundary}`,
        'Content-Length': form.length,
        ...(credential ? { Authorization: authorization(credential) } : {}),
      },
      body: Readable.from([form]),
    });
    if (isRedirect(answer)) {
      return `${repository.uploadUrl} redirects to ${answer.headers.location}: give that address if you trust it`;
    }
    const isDenied = answer.status === 401 || answer.status === 403;
    return isDenied ? `"${repository.name}" does not accept the credential: ${explanation(answer)}` : undefined;
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return `"${repository.name}" cannot be reached at ${repository.uploadUrl}: ${error.message}`;
  }
}
