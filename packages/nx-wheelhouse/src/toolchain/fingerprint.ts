/**
 * A program: prints what a build or a test depends on beside files, one line. Nx runs it once per command and hashes its output.
 * It never fails: a run that is wholly cached needs neither uv nor Python.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findInterpreter } from './interpreter.js';

async function fingerprint(): Promise<string> {
  const manifest = JSON.parse(readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8')) as { version: string };
  const plugin = `nx-wheelhouse ${manifest.version}`;
  try {
    return `${plugin}, ${(await findInterpreter({ folder: process.cwd(), request: undefined, requiresPython: undefined })).identity}`;
  } catch {
    return `${plugin}, no interpreter`;
  }
}

void fingerprint().then((line) => process.stdout.write(`${line}\n`));
