/**
 * A program: prints what a build or a test depends on beside files, one line. Nx runs it once per command and hashes its output.
 * `--platform`: for what fits one platform only, the whole identity of the interpreter; without it what a pure package depends on.
 * `--uv`: for what uv builds by itself, which uv there is.
 *
 * It never fails and installs nothing: a run that is wholly cached needs no uv, no Python and no network. Where no interpreter is to be
 * found nothing could be run anyway, so what the last one made counts.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pluginVersion } from '../plugin-version.js';
import { describeInterpreter, findInterpreter, folderOfPin, keptInterpreter, languageOf } from './interpreter.js';
import { isUvThere, uvVersion } from './uv.js';

const workspaceRoot = process.cwd();
const LAST = join(workspaceRoot, '.wheelhouse', 'interpreter');

async function fingerprint(): Promise<string> {
  const interpreter = (await currentInterpreter()) ?? lastInterpreter() ?? 'no interpreter';
  remember(interpreter);
  const isForPlatform = process.argv.includes('--platform');
  const parts = [`nx-wheelhouse ${pluginVersion()}`, isForPlatform ? interpreter : languageOf(interpreter)];
  if (process.argv.includes('--uv')) parts.push(`uv ${await uvVersion()}`);
  return parts.join(', ');
}

async function currentInterpreter(): Promise<string | undefined> {
  const wishes = { folder: workspaceRoot, request: undefined, requiresPython: undefined };
  try {
    const kept = keptInterpreter(wishes);
    if (kept !== undefined) return kept.identity;
    return (await isUvThere()) ? (await findInterpreter(wishes)).identity : await interpreterOnPath();
  } catch {
    return undefined;
  }
}

/** What uv will find once it is there, as far as that can be told without it: what is asked for, else the first on PATH. */
async function interpreterOnPath(): Promise<string | undefined> {
  const pin = folderOfPin(workspaceRoot);
  const request = process.env.UV_PYTHON || (pin && readFileSync(join(pin, '.python-version'), 'utf8').trim());
  const isVersion = request !== undefined && /^\d[\d.]*$/.test(request);
  const commands = request === undefined ? [] : [isVersion ? `python${request}` : request];
  for (const command of [...commands, 'python3', 'python', 'py']) {
    const interpreter = await describeInterpreter(command).catch(() => undefined);
    if (interpreter && (!isVersion || `${interpreter.version}.`.startsWith(`${request}.`))) return interpreter.identity;
  }
  return undefined;
}

function lastInterpreter(): string | undefined {
  return existsSync(LAST) ? readFileSync(LAST, 'utf8') : undefined;
}

function remember(interpreter: string): void {
  try {
    if (lastInterpreter() === interpreter) return;
    mkdirSync(dirname(LAST), { recursive: true });
    writeFileSync(LAST, interpreter);
  } catch {
    // A workspace that cannot be written to: nothing is lost but this convenience.
  }
}

void fingerprint().then((line) => process.stdout.write(`${line}\n`));
