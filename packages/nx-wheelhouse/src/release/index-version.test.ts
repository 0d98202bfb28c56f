/** Which version of a listing is the newest. */
import { describe, expect, test } from 'vitest';
import { newestOf } from './index-version.js';

const listed = (filename: string, isYanked = false) => ({
  filename,
  url: `https://index.example/${filename}`,
  sha256: undefined,
  requiresPython: undefined,
  isYanked,
});

describe('the newest version of a listing', () => {
  test.each([
    ['is by the order of versions', ['alpha-1.9.tar.gz', 'alpha-1.10-py3-none-any.whl', 'alpha-1.2.zip'], '1.10'],
    ['is a final one', ['alpha-1.0.tar.gz', 'alpha-1.1rc1.tar.gz'], '1.0'],
    ['is a pre-release where there is nothing else', ['alpha-1.1a1.tar.gz', 'alpha-1.1rc1.tar.gz'], '1.1rc1'],
    ['passes over what is no dist', ['alpha-1.0.tar.gz', 'alpha-2.0.exe', 'alpha-2.0.tar.gz.asc'], '1.0'],
    ['is none of an empty one', [], undefined],
  ])('%s', (_title, files, expected) => {
    expect(newestOf(files.map((file) => listed(file)))).toBe(expected);
  });

  test('is not a yanked one', () => {
    expect(newestOf([listed('alpha-1.0.tar.gz'), listed('alpha-1.1.tar.gz', true)])).toBe('1.0');
  });
});
