/** File names of dists are taken apart as PyPA `packaging` does it. */
import { describe, expect, test } from 'vitest';
import { askPython } from '../../testing/reference.js';
import { InvalidDistFilename, parseSdistFilename, parseWheelFilename, sdistFilename } from './filenames.js';

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
