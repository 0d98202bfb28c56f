/** What is kept from one graph to the next: read again only where something has changed, and never believed when it is damaged. */
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type ManifestReading, readManifest } from '@nx-wheelhouse/python-packaging';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { folderWith, project, removeFolders } from '../../../testing/workspace-folder.js';
import { KeptFile } from './kept-file.js';
import { KeptManifests } from './kept-manifests.js';

afterAll(removeFolders);

describe('a kept file', () => {
  const VALUE = { names: ['a', 'b'], numbers: Int32Array.of(1, 2, 3), map: new Map([['a', new Set([1])]]) };
  const written = () => {
    const folder = folderWith({});
    new KeptFile(folder, 'kept').write(VALUE);
    return { file: join(folder, 'kept'), read: () => new KeptFile<typeof VALUE>(folder, 'kept').read(), folder };
  };

  test('gives what was written, maps, sets and typed arrays', () => {
    const { read, folder } = written();
    expect(read()).toStrictEqual(VALUE);
    expect(readdirSync(folder)).toEqual(['kept']);
  });

  test.each([
    ['cut off', (file: string) => truncateSync(file, statSync(file).size - 1)],
    ['longer', (file: string) => appendFileSync(file, 'x')],
    ['empty', (file: string) => truncateSync(file, 0)],
    ['gone', (file: string) => rmSync(file)],
    ['without a line break', (file: string) => writeFileSync(file, 'nx-wheelhouse')],
    [
      'of another version',
      (file: string) => edit(file, (text) => text.replace(/^nx-wheelhouse \S+/, 'nx-wheelhouse 0.0.0')),
    ],
    ['changed in one byte', (file: string) => edit(file, (text) => text.replace('names', 'nemas'))],
  ])('counts for nothing when it is %s, and can be written anew', (_title, damage) => {
    const { file, read, folder } = written();
    damage(file);
    expect(read()).toBeUndefined();
    new KeptFile(folder, 'kept').write(VALUE);
    expect(read()).toStrictEqual(VALUE);
  });

  test('counts where the reader is linked to from elsewhere meanwhile, as package managers do', () => {
    const { read } = written();
    const reader = require.resolve('@nx-wheelhouse/python-packaging');
    chmodSync(reader, statSync(reader).mode); // like a link, a change of the file's status and of nothing else
    expect(read()).toStrictEqual(VALUE);
  });

  test('is none where its folder cannot be made', () => {
    const kept = new KeptFile(join(folderWith({ file: '' }), 'file', 'folder'), 'kept');
    kept.write(VALUE);
    expect(kept.read()).toBeUndefined();
  });

  function edit(file: string, change: (text: string) => string): void {
    const text = readFileSync(file, 'latin1');
    expect(change(text)).not.toBe(text);
    writeFileSync(file, change(text), 'latin1');
  }
});

describe('manifests', () => {
  const MANIFEST = `[project]\nname = "b"\ndynamic = ["version"]\n[tool.setuptools.dynamic]\nversion = { file = "VERSION" }\n`;
  const FILES = { 'a/pyproject.toml': project('a'), 'b/pyproject.toml': MANIFEST };

  afterEach(() => vi.useRealTimers());
  /** Files that have just been written are not kept on disk: they may change again without a change of their stamps. */
  const later = () => vi.useFakeTimers({ now: Date.now() + 10_000, toFake: ['Date'] });

  /** As a process of its own: it reads, and saves what is new. */
  const readAndSave = (cache: string, root: string, folders = ['a', 'b']) => {
    const kept = new KeptManifests(cache);
    const readings = kept.read(root, folders);
    kept.save();
    return readings;
  };

  test('an edit has its folder read again, and no other', () => {
    const root = folderWith(FILES);
    later();
    const kept = new KeptManifests();
    const read = () => kept.read(root, ['a', 'b']);
    const first = read();
    expect(read().get('a')).toBe(first.get('a'));
    expect(read().get('b')).toBe(first.get('b'));

    // A file that was looked for and not there counts as well.
    writeFileSync(join(root, 'b/VERSION'), '1.0\n');
    expect(versionIn(read())).toMatchObject({ kind: 'static', value: '1.0' });
    writeFileSync(join(root, 'b/VERSION'), '2.0\n');
    expect(versionIn(read())).toMatchObject({ kind: 'static', value: '2.0' });
    rmSync(join(root, 'b/VERSION'));
    expect(versionIn(read())?.kind).toBe('dynamic');
    expect(read().get('a')).toBe(first.get('a'));

    writeFileSync(join(root, 'a/pyproject.toml'), project('renamed'));
    expect(read().get('a')).not.toBe(first.get('a'));
    expect(read().get('a')).toMatchObject({ manifest: { name: { value: 'renamed' } } });
  });

  test('an include that appears is read, and one that goes is missed', () => {
    const root = folderWith({ ...FILES, 'b/requirements-dev.txt': '-r more/more.txt\n' });
    later();
    const kept = new KeptManifests();
    const read = () => {
      const reading = kept.read(root, ['b']).get('b');
      return reading?.kind === 'package' ? [reading.manifest.groups.size, reading.manifest.problems.length] : [];
    };
    expect(read()).toEqual([0, 1]);
    mkdirSync(join(root, 'b/more'));
    writeFileSync(join(root, 'b/more/more.txt'), 'six\n');
    expect(read()).toEqual([1, 0]);
    rmSync(join(root, 'b/more'), { recursive: true });
    expect(read()).toEqual([0, 1]);
  });

  test('the next process takes them from the disk, and reads what has changed', () => {
    const root = folderWith(FILES);
    const cache = folderWith({});
    const read = () => readAndSave(cache, root);
    later();
    const first = read();
    const { ino, mtimeMs } = statSync(join(cache, 'manifests'));
    expect(read()).toEqual(first);
    expect(statSync(join(cache, 'manifests'))).toMatchObject({ ino, mtimeMs });

    writeFileSync(join(root, 'b/VERSION'), '1.0\n');
    expect(versionIn(read())).toMatchObject({ kind: 'static', value: '1.0' });
    rmSync(join(root, 'a/pyproject.toml'));
    expect(read().get('a')?.kind).toBe('not-a-package');
  });

  test('are on the disk once they are saved, and not before', () => {
    const cache = folderWith({});
    const kept = new KeptManifests(cache);
    later();
    kept.read(folderWith(FILES), ['a', 'b']);
    expect(readdirSync(cache)).toEqual([]);
    kept.save();
    expect(readdirSync(cache)).toEqual(['manifests']);
  });

  test('what has just changed is not kept for another process', () => {
    const root = folderWith(FILES);
    const cache = folderWith({});
    readAndSave(cache, root);
    expect(new KeptFile<Map<string, object>>(cache, 'manifests').read()).toBeUndefined();
  });

  test('what is forgotten is gone from the disk too', () => {
    const root = folderWith(FILES);
    const cache = folderWith({});
    later();
    readAndSave(cache, root);
    readAndSave(cache, root, ['a']);
    expect([...new KeptFile<Map<string, object>>(cache, 'manifests').read()!.keys()]).toEqual(['a']);
  });

  test('two processes at once leave one that is whole', async () => {
    const root = folderWith(FILES);
    const cache = folderWith({});
    later();
    await Promise.all(
      Array.from({ length: 20 }, async (_, turn) => {
        const folders = turn % 2 === 0 ? ['a', 'b'] : ['a'];
        expect([...readAndSave(cache, root, folders).keys()]).toEqual(folders);
      }),
    );
    expect(readdirSync(cache)).toEqual(['manifests']);
  });

  /** The tables of TOML have no prototype before they are kept, and that of all objects after. */
  test('come back as they were: dates, numbers of any size, every table', () => {
    const text = `${MANIFEST}[tool.x]\nday = 2026-01-02\nbig = 9007199254740993\n"__proto__" = { a = [1.5, true] }\n`;
    const root = folderWith({ 'b/pyproject.toml': text });
    const cache = folderWith({});
    later();
    const read = () => readAndSave(cache, root, ['b']).get('b');
    const reading = readManifest({ read: (file) => (file === 'pyproject.toml' ? text : undefined) });
    expect(read()).toEqual(reading);
    const reread = read();
    const tool = reread?.kind === 'package' ? reread.manifest.tool.x : undefined;
    expect(tool).toMatchObject({ day: new Date('2026-01-02'), big: 9007199254740993n });
    expect(Object.keys(tool as object)).toEqual(['day', 'big', '__proto__']);
  });

  const versionIn = (readings: ReadonlyMap<string, ManifestReading>) => {
    const reading = readings.get('b');
    return reading?.kind === 'package' ? reading.manifest.version : undefined;
  };
});
