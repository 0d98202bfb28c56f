/** Dists as real tools make them, and archives that must be refused. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askPython, python } from '../../testing/reference.js';
import { InvalidDistFilename, parseSdistFilename, parseWheelFilename, sdistFilename } from './filenames.js';
import { readSdist } from './sdist.js';
import { readWheel, verifyWheel } from './wheel.js';

describe('file names', () => {
  const wheels = [
    'a-1.0-py3-none-any.whl',
    'Acme_Util-1.0.0rc1-py2.py3-none-any.whl',
    'a.b-1!2.0-1build-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl',
    'a-1.0-build-py3-none-any.whl',
    'a-1.0-py3-none.whl',
    'a__b-1.0-py3-none-any.whl',
    'a-one-py3-none-any.whl',
    'a-1.0-py3-none-any.zip',
  ];

  test('of wheels are taken apart as `packaging` does it', () => {
    const source = `
from packaging.utils import InvalidWheelFilename, parse_wheel_filename
def answer(filename):
    try:
        name, version, build, tags = parse_wheel_filename(filename)
    except InvalidWheelFilename:
        return None
    return [name, str(version), "".join(map(str, build)) or None, sorted({tag.platform for tag in tags})]`;
    const mine = wheels.map((filename) => {
      try {
        const { name, version, build, platformTags } = parseWheelFilename(filename);
        return [name, version, build ?? null, [...platformTags].sort()];
      } catch (error) {
        if (error instanceof InvalidDistFilename) return null;
        throw error;
      }
    });
    expect(mine).toEqual(askPython(source, wheels));
  });

  test('of sdists are taken apart and made', () => {
    expect(parseSdistFilename('zope_schema-8.1.tar.gz')).toEqual({ name: 'zope-schema', version: '8.1' });
    expect(parseSdistFilename('My.Package-1.0-rc1.zip'.replace('-rc1', 'rc1'))).toEqual({
      name: 'my-package',
      version: '1.0rc1',
    });
    expect(() => parseSdistFilename('a-1.tar.bz2')).toThrow(InvalidDistFilename);
    expect(sdistFilename('Zope.Schema', '8.1')).toBe('zope_schema-8.1.tar.gz');
  });
});

describe('archives', () => {
  let folder: string;
  const make = (program: string) => {
    const { status, stderr } = spawnSync(python, ['-I', '-c', program, folder], { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
  };
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'dists-'));
    make(`
import base64, hashlib, io, os, sys, tarfile, zipfile
os.chdir(sys.argv[1])
metadata = b"Metadata-Version: 2.1\\nName: a\\nVersion: 1\\n"
def wheel(path, files, record=None, again=None):
    rows = "".join("%s,sha256=%s,%d\\n" % (n, base64.urlsafe_b64encode(hashlib.sha256(c).digest()).rstrip(b"=").decode(), len(c)) for n, c in files.items())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        for n, c in files.items():
            z.writestr(n, c)
        if again:
            z.writestr(again, b"twice")
        z.writestr("a-1.dist-info/RECORD", (record or rows) + "a-1.dist-info/RECORD,,\\n")
files = {"a/__init__.py": b"x = 1\\n" * 50, "a-1.dist-info/METADATA": metadata, "a-1.dist-info/WHEEL": b"Wheel-Version: 1.0\\nTag: py3-none-any\\n"}
wheel("good.whl", files)
wheel("slip.whl", {**files, "../evil.py": b""})
wheel("record.whl", files, "a/__init__.py,sha256=AAAA,3\\n")
import warnings; warnings.simplefilter("ignore")
wheel("twice.whl", files, again="a/__init__.py")
data = bytearray(open("good.whl", "rb").read())
at = data.index(b"PK\\x01\\x02") + 16
data[at] ^= 0xFF
open("crc.whl", "wb").write(data)
def sdist(path, names, link=None):
    with tarfile.open(path, "w:gz") as t:
        for n in names:
            i = tarfile.TarInfo(n); i.size = len(metadata); t.addfile(i, io.BytesIO(metadata))
        if link:
            i = tarfile.TarInfo("a-1/link"); i.type = tarfile.SYMTYPE; i.linkname = link; t.addfile(i)
sdist("good.tar.gz", ["a-1/PKG-INFO", "a-1/a.py"], "a.py")
sdist("slip.tar.gz", ["a-1/PKG-INFO", "../evil.py"])
sdist("link.tar.gz", ["a-1/PKG-INFO"], "../../etc/passwd")
sdist("two.tar.gz", ["a-1/PKG-INFO", "b-1/a.py"])
open("short.tar.gz", "wb").write(open("good.tar.gz", "rb").read()[:80])
`);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const path = (name: string) => join(folder, name);

  test('a good wheel is read and verified', async () => {
    const wheel = await readWheel(path('good.whl'));
    expect(wheel.metadata.name).toBe('a');
    expect(wheel.wheelFields).toContainEqual(['Tag', 'py3-none-any']);
    expect(wheel.files).toContain('a/__init__.py');
    await verifyWheel(path('good.whl'));
  });

  test.each([
    ['slip.whl', /invalid relative path|\.\./],
    ['twice.whl', /a\/__init__\.py is in the archive twice/],
    ['crc.whl', /a\/__init__\.py has a wrong checksum/],
    ['record.whl', /a\/__init__\.py is not what RECORD says/],
  ])('%s is refused with the reason', async (name, reason) => {
    await expect(verifyWheel(path(name))).rejects.toThrow(reason);
  });

  test('a good sdist is read', async () => {
    const sdist = await readSdist(path('good.tar.gz'));
    expect(sdist.topFolder).toBe('a-1');
    expect(sdist.files).toEqual(['PKG-INFO', 'a.py', 'link']);
    expect(sdist.metadata.version).toBe('1');
  });

  test.each([
    ['slip.tar.gz', /evil\.py leads out/],
    ['link.tar.gz', /links out of the archive/],
    ['two.tar.gz', /2 folders at the top/],
    ['short.tar.gz', /cannot be read/],
  ])('%s is refused with the reason', async (name, reason) => {
    await expect(readSdist(path(name))).rejects.toThrow(reason);
  });
});
