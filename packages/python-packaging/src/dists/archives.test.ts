/** Archives as Python makes them: good ones are read, the others refused with the reason. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MadeArchives, makeArchives } from '../../testing/reference.js';
import { InvalidMetadata } from './core-metadata.js';
import { verifyWheel } from './record.js';
import { readSdist, type SourceDistribution } from './sdist.js';
import { UnsafeArchive } from './unsafe-archive.js';
import { checkWheel, readWheel } from './wheel.js';

let folder: string;
let made: MadeArchives;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dists-'));
  made = makeArchives(folder, { seed: 7, mutants: 1_000 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = (name: string) => join(folder, name);

describe('a wheel', () => {
  test('is read and verified', async () => {
    const wheel = await readWheel(path('good.whl'));
    expect(wheel.metadata.name).toBe('a');
    expect(wheel.wheelFields).toContainEqual(['Tag', 'py3-none-any']);
    expect(wheel.files).toContain('a/odd, "name"\nof two lines.txt');
    expect(wheel.entryPoints).toBeUndefined();
    await verifyWheel(path('good.whl'));
    await verifyWheel(path('sha512.whl'));
    expect(await checkWheel(path('good.whl'))).toEqual({ ...wheel, privateKeys: [], recordProblem: undefined });
  });

  test.each([
    ['slip', '../evil.py'],
    ['inner-slip', 'a/../../evil.py'],
    ['absolute', 'absolute path: /evil.py'],
    ['drive', 'absolute path: C:/evil.py'],
    ['symlink', 'a/link is a symbolic link'],
    ['device', 'a/null is a device'],
    ['twice', 'a/__init__.py is in the archive twice'],
    ['bomb', 'it is a decompression bomb'],
    ['two-infos', 'there are 2 .dist-info folders, not one'],
    ['foreign', 'b-1.dist-info is not the folder of a 1'],
    ['no-metadata', 'a-1.dist-info/METADATA is missing'],
    ['cut', 'it cannot be read: '],
    ['text', 'it cannot be read: '],
    ['nothing', 'it cannot be read: '],
  ])('is refused when it is read: %s', async (name, reason) => {
    const refusal = await readWheel(path(`${name}.whl`)).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(UnsafeArchive);
    expect((refusal as Error).message).toContain(reason);
  });

  test.each([
    ['no-record', 'a-1.dist-info/RECORD is missing'],
    ['unrecorded', 'a/evil.py is not in RECORD'],
    ['missing', 'a/gone.py is in RECORD, but not in the archive'],
    ['hash', 'a/__init__.py is not what RECORD says: sha256 '],
    ['size', 'a/__init__.py is not what RECORD says: 300 bytes, not 7'],
    ['weak', 'a/__init__.py has no sound hash in RECORD'],
    ['rowtwice', 'a/__init__.py is in RECORD twice'],
    ['crc', 'a/__init__.py has a wrong checksum'],
    ['two-names', 'a/__init__.py cannot be read: its header calls it b/__init__.py'],
  ])('is refused when it is verified: %s', async (name, reason) => {
    const refusal = await verifyWheel(path(`${name}.whl`)).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(UnsafeArchive);
    expect((refusal as Error).message).toContain(reason);
    expect((await checkWheel(path(`${name}.whl`))).recordProblem).toBe((refusal as Error).message);
  });

  test('with a few bytes changed is refused, or holds what zipfile and the good one hold', async () => {
    const good = new Set(Object.values(made.good));
    let accepted = 0;
    for (const [name, contents] of Object.entries(made.wheels)) {
      const refusal = await verifyWheel(path(name)).catch((error: unknown) => error);
      if (refusal !== undefined) {
        expect([name, refusal]).toEqual([name, expect.any(UnsafeArchive)]);
        continue;
      }
      accepted += 1;
      expect([name, contents]).toEqual([name, expect.any(Object)]);
      for (const digest of Object.values(contents ?? {})) expect(good).toContain(digest);
    }
    expect(accepted).toBeGreaterThan(0);
    expect(accepted).toBeLessThan(Object.keys(made.wheels).length / 2);
  });
});

describe('an sdist', () => {
  test('is read, with links that stay inside', async () => {
    const sdist = await readSdist(path('good.tar.gz'));
    expect(sdist.topFolder).toBe('a-1');
    expect(sdist.files).toEqual(['PKG-INFO', 'a.py', 'link', 'hard', '..a']);
    expect(sdist.metadata.version).toBe('1');
  });

  test.each(['gnu', 'pax'])('with long names is read, as %s writes them', async (format) => {
    const long = `${'long/'.repeat(40)}a.py`;
    expect((await readSdist(path(`long-${format}.tar.gz`))).files).toEqual(['PKG-INFO', long, 'link']);
  });

  test('with a comment for the whole archive is read, as git makes it', async () => {
    expect((await readSdist(path('global.tar.gz'))).files).toEqual(['PKG-INFO', 'a.py']);
  });

  test('that is large is read', async () => {
    const { files, metadata } = await readSdist(path('large.tar.gz'));
    expect(files).toEqual(['large', 'PKG-INFO', 'a.py', 'link', 'hard', '..a']);
    expect(metadata.name).toBe('a');
  });

  test('that is not compressed is read as well', async () => {
    expect((await readSdist(path('plain.tar.gz'))).files).toEqual(['PKG-INFO', 'a.py']);
  });

  test.each([
    ['slip', '../evil.py leads out of the archive'],
    ['inner-slip', 'a-1/x/../../evil.py leads out of the archive'],
    ['absolute', '/evil.py is an absolute path'],
    ['backslash', 'a-1/..\\evil.py has a backslash'],
    ['symlink', 'a-1/link links out of the archive, to ../etc/passwd'],
    ['sibling-link', 'a-1/link links out of the archive, to a-10'],
    ['absolute-link', 'a-1/link links out of the archive, to /etc/passwd'],
    ['hardlink', 'a-1/link links out of the archive, to ../evil.py'],
    ['device', 'a-1/null is no file but a CharacterDevice'],
    ['fifo', 'a-1/pipe is no file but a FIFO'],
    ['twice', 'a-1/a.py is in the archive twice'],
    ['two', 'there are 2 folders at the top, a-1 and b-1, not one'],
    ['foreign', 'b-1 is not the folder of a 1'],
    ['bomb', 'it is a decompression bomb'],
    ['cut', 'it cannot be read: '],
    ['cut-inside', 'it cannot be read: '],
    ['text', 'it cannot be read: '],
    ['empty', 'it is empty'],
    ['long-link', `a-1/link links out of the archive, to ${'../'.repeat(39)}evil.py`],
    ['global-path', 'it cannot be read: a global header describes a file'],
    ['unknown', 'a-1/evil.py is no file but a Unsupported'],
    ['behind', 'it cannot be read: there is more behind its end'],
    ['large-cut', 'it cannot be read: '],
  ])('is refused: %s', async (name, reason) => {
    const refusal = await readSdist(path(`${name}.tar.gz`)).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(UnsafeArchive);
    expect((refusal as Error).message).toContain(reason);
  });

  test('with a few bytes changed is refused, or all that tarfile would unpack has been looked at', async () => {
    let accepted = 0;
    for (const [name, paths] of Object.entries(made.sdists)) {
      const found = await readSdist(path(name)).catch((error: unknown) => error);
      if (found instanceof UnsafeArchive || found instanceof InvalidMetadata) continue;
      expect([name, found]).toEqual([name, expect.objectContaining({ topFolder: 'a-1' })]);
      // tarfile ends at a header with a stray byte behind the checksum, or reads nothing where that is the first.
      const { topFolder, files } = found as SourceDistribution;
      const unpacked = paths ?? [];
      if (unpacked.length > 0) accepted += 1;
      expect([name, files.slice(0, unpacked.length).map((file) => `${topFolder}/${file}`)]).toEqual([name, unpacked]);
    }
    expect(accepted).toBeGreaterThan(0);
  });

  test('without PKG-INFO has no metadata', async () => {
    await expect(readSdist(path('no-metadata.tar.gz'))).rejects.toThrow(new InvalidMetadata('a-1/PKG-INFO is missing'));
  });
});
