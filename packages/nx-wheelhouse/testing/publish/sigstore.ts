/** A Sigstore of our own for pypi-attestations: an authority and a log that nobody else trusts. */
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { environment, tool } from './tools.js';

const here = dirname(fileURLToPath(import.meta.url));

/**
 * @param folder for files of the test
 * @returns a Python whose modules trust it, as `python -m <module> ...` only
 */
export async function startSigstore(folder: string): Promise<{ python: string; close(): void }> {
  const child = spawn(tool('python'), ['-I', join(here, 'sigstore_server.py')], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const trust = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).once('line', resolve);
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
  });
  const [trustFile, python] = [join(folder, 'trust.json'), join(folder, 'trusting-python')];
  mkdirSync(folder, { recursive: true });
  writeFileSync(trustFile, trust);
  writeFileSync(
    python,
    `#!/bin/sh\nexec '${tool('python')}' -I '${join(here, 'trusting_python.py')}' '${trustFile}' "$@"\n`,
  );
  chmodSync(python, 0o755);
  return { python, close: () => void child.kill() };
}
