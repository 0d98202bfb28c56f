/** Pinned requirements files as pip-compile and uv write them: what they pin, and which package needs which. */
import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { folderWith, pinsIn, pinsOf, pinsReached, removeFolders, runIn } from '../../testing/lock-tools.js';
import { parseRequirement } from '../requirements/requirement.js';
import { LockIndex } from './closure.js';
import type { Lock } from './lock.js';
import { parsePinnedRequirements } from './pinned-requirements.js';
import { dependencyOf } from './requirement-edge.js';

afterAll(removeFolders);

const INPUT = { 'r.in': 'requests[socks]==2.31.0\nclick\n-c c.txt\n', 'c.txt': 'idna==3.7\n' };

const COMPILERS: Record<string, readonly [tool: string, ...args: string[]]> = {
  'pip-compile with hashes': ['pip-compile', '-q', '--strip-extras', '--generate-hashes', '-o', 'out.txt', 'r.in'],
  'pip-compile with its reasons on the line': [
    ...['pip-compile', '-q', '--no-strip-extras', '--annotation-style', 'line', '-o', 'out.txt', 'r.in'],
  ] as [string, ...string[]],
  'uv pip compile with hashes': ['uv', 'pip', 'compile', '--quiet', '--generate-hashes', '-o', 'out.txt', 'r.in'],
};

describe.each(Object.entries(COMPILERS))('what %s writes', (_title, [tool, ...args]) => {
  const folder = folderWith(INPUT);
  const lock = (): Lock => lockOf((path) => readFileSync(join(folder, path), 'utf8'), 'out.txt');

  test('holds every pin, and what needs it', () => {
    runIn(folder, tool, ...args);
    const index = new LockIndex(lock());
    expect(pinsIn(index.installed({ kind: 'everything' }))).toEqual(
      pinsOf(readFileSync(join(folder, 'out.txt'), 'utf8')),
    );
    const names = (text: string) =>
      pinsReached(index, [dependencyOf(parseRequirement(text))]).map((pin) => pin.replace(/==.*/, ''));
    expect(names('click')).toEqual(['click']);
    expect(names('requests')).toEqual(['certifi', 'charset-normalizer', 'idna', 'pysocks', 'requests', 'urllib3']);
    const hashed = args.includes('--generate-hashes');
    for (const { hashes } of index.lock.packages) expect(hashes.length > 0).toBe(hashed);
  }, 60_000);
});

describe('pinned requirements', () => {
  test('are followed through includes and constraints, relative to the file that names them', () => {
    const lock = lockOf(
      from({
        'in/a.txt': '-r sub/b.txt\nsix==1.16.0\n',
        'in/sub/b.txt': 'idna\n-c ../c.txt\n',
        'in/c.txt': 'idna==3.7\nclick==8.1.0\n',
      }),
      'in/a.txt',
    );
    expect(pinsIn(new LockIndex(lock).installed({ kind: 'everything' }))).toEqual([
      'click==8.1.0',
      'idna==3.7',
      'six==1.16.0',
    ]);
  });

  test.each(['idna', 'idna>=3', 'idna==3.*', 'idna==3.7\nsix~=1.16'])(
    'are no lock where one is not pinned: %j',
    (text) => {
      expect(parsePinnedRequirements(from({ 'r.txt': text }), 'r.txt')).toMatchObject({ kind: 'unpinned' });
    },
  );

  test('without reasons do not say which package needs which', () => {
    expect(lockOf(from({ 'r.txt': '# made by hand\n\nidna==3.7\nsix==1.16.0\n' }), 'r.txt').edges).toMatchObject({
      kind: 'unknown',
      reason: 'this does not say what it is there for (`# via`)',
      at: { file: 'r.txt', line: 3 },
    });
  });

  test.each(['', '-e .\n', '-r gone.txt\n'])('are no lock where nothing is pinned: %j', (text) => {
    expect(parsePinnedRequirements(from({ 'r.txt': text }), 'r.txt')).toMatchObject({ kind: 'unpinned' });
  });

  test('are read without an include that is not there, and then nobody knows what needs what', () => {
    const text = 'idna==3.7\n    # via -r r.in\n-r sub/gone.txt\n-r https://index.example/more.txt\n';
    const reading = parsePinnedRequirements(from({ 'r.txt': text }), 'r.txt');
    expect(reading).toMatchObject({
      kind: 'lock',
      files: ['r.txt', 'sub/gone.txt'],
      lock: {
        packages: [{ name: 'idna' }],
        edges: {
          kind: 'unknown',
          reason: 'sub/gone.txt, which is included here, is not there',
          at: { file: 'r.txt', line: 3 },
        },
      },
    });
  });

  test('take packages of the repository and options of pip in', () => {
    const text =
      '--index-url https://index.example/simple\n-e ./libs/a\n./libs/b\nidna==3.7 ; python_version < "4"\nsix @ https://index.example/six.whl\n';
    const { packages } = lockOf(from({ 'r.txt': text }), 'r.txt');
    expect(packages.map(({ name, source }) => `${name} ${source}`)).toEqual([
      'idna --index-url https://index.example/simple',
      'six https://index.example/six.whl',
    ]);
  });

  test.each([
    [{ 'r.txt': '-r s.txt', 's.txt': '-r r.txt' }, 'r.txt includes itself'],
    [{ 'r.txt': 'idna==3.7\n==' }, 'this is no requirement'],
  ])('are refused with the reason: %j', (files, reason) => {
    expect(() => parsePinnedRequirements(from(files), 'r.txt')).toThrow(reason);
  });
});

function from(files: Readonly<Record<string, string>>): (path: string) => string | undefined {
  return (path) => files[posix.normalize(path)];
}

function lockOf(read: (path: string) => string | undefined, file: string): Lock {
  const reading = parsePinnedRequirements(read, file);
  if (reading.kind !== 'lock') throw new Error(`line ${reading.line} is not pinned`);
  return reading.lock;
}
