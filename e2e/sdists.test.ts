/** Packages of the index, as sdists pinned by hash: what is read statically from their manifests against the metadata inside. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type * as PythonPackaging from '@nx-wheelhouse/python-packaging';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { kept, template, toolPrograms } from './harness/install.js';

const here = dirname(fileURLToPath(import.meta.url));
const pins = readFileSync(join(here, 'sdists.txt'), 'utf8');
const { formatRequirement, readManifest } = createRequire(join(template, 'package.json'))(
  '@nx-wheelhouse/python-packaging',
) as typeof PythonPackaging;

const FIELDS = ['name', 'version', 'requires-python', 'requirements', 'extras'] as const;
type Verdict = 'right' | 'unknown' | 'no truth' | readonly [read: unknown, truth: unknown];
type Verdicts = Readonly<Record<string, Readonly<Record<(typeof FIELDS)[number], Verdict>>>>;

let unpacked: string;
let verdicts: Verdicts;
let leading: readonly string[];

beforeAll(() => {
  const sdists = join(kept, 'sdists');
  const files = python('download_sdists.py', [sdists], pins)
    .trim()
    .split('\n')
    .map((line) => line.split(' ').at(-1) as string);
  unpacked = mkdtempSync(join(tmpdir(), 'nx-wheelhouse-sdists-'));
  for (const file of files) {
    mkdirSync(join(unpacked, file));
    run('tar', ['-xzf', join(sdists, file), '--strip-components=1', '-C', join(unpacked, file)]);
  }
  const manifests = files.map((file) => [file, manifestIn(join(unpacked, file))] as const);
  leading = manifests.map(([, manifest]) => manifest.files[0] as string);
  const readings = Object.fromEntries(manifests.map(([file, manifest]) => [file, readingOf(manifest)]));
  verdicts = JSON.parse(python('compare_metadata.py', [unpacked], JSON.stringify(readings))) as Verdicts;
});
afterAll(() => rmSync(unpacked, { recursive: true, force: true }));

test('there are 150 and more, 50 of them and more made by a setup.py', () => {
  expect(leading.length).toBeGreaterThanOrEqual(150);
  expect(leading.filter((file) => file === 'setup.py').length).toBeGreaterThanOrEqual(50);
});

test('nothing that is read from a manifest is wrong', () => {
  const wrong = Object.entries(verdicts).flatMap(([sdist, fields]) =>
    FIELDS.filter((field) => Array.isArray(fields[field])).map((field) => [sdist, field, fields[field]]),
  );
  expect(wrong).toEqual([]);
});

test('at most 15 % is unknown', () => {
  const counts = FIELDS.map((field) => {
    const all = Object.values(verdicts).map((fields) => fields[field]);
    const of = (verdict: Verdict) => all.filter((each) => each === verdict).length;
    return { field, right: of('right'), unknown: of('unknown'), 'no truth': of('no truth') };
  });
  const unknown = counts.reduce((sum, each) => sum + each.unknown, 0);
  const share = unknown / (FIELDS.length * leading.length);
  console.table(counts);
  console.log(`${(100 * share).toFixed(1)} % unknown`);
  expect(share).toBeLessThanOrEqual(0.15);
});

function manifestIn(folder: string): PythonPackaging.PackageManifest {
  const reading = readManifest({ read: (path) => textOf(join(folder, path)) });
  if (reading.kind !== 'package') throw new Error(`${folder} is no package: ${JSON.stringify(reading)}`);
  return reading.manifest;
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** As `compare_metadata.py` takes it: `null` for what is not known. */
function readingOf(manifest: PythonPackaging.PackageManifest) {
  const known = <T, R>(field: PythonPackaging.Stated<T>, absent: R | null, convert: (value: T) => R): R | null =>
    field.kind === 'static' ? convert(field.value) : field.kind === 'absent' ? absent : null;
  const texts = (requirements: readonly PythonPackaging.DeclaredRequirement[]) =>
    requirements.map(({ requirement }) => formatRequirement(requirement));
  return {
    name: known(manifest.name, null, String),
    version: known(manifest.version, null, String),
    'requires-python': known(manifest.requiresPython, '', String),
    requirements: known(manifest.dependencies, [], texts),
    extras: known(manifest.extras, {}, (extras) =>
      Object.fromEntries([...extras].map(([extra, requirements]) => [extra, texts(requirements)])),
    ),
  };
}

function python(script: string, args: readonly string[], input: string): string {
  return run(join(toolPrograms, 'python'), [join(here, 'harness', script), ...args], input);
}

function run(command: string, args: readonly string[], input = ''): string {
  const { status, stdout, stderr } = spawnSync(command, args, { input, encoding: 'utf8', maxBuffer: 1 << 26 });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}\n${stdout}${stderr}`);
  return stdout;
}
