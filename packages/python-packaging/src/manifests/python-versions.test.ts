/** What a setup.py does by the version of Python that runs it. */
import { describe, expect, test } from 'vitest';
import { packageOf, stated, texts } from './testing/folders.js';

const IMPORTS = 'import sys\nfrom setuptools import setup\n';

describe('what the version of Python decides', () => {
  const requirements = (requiresPython: string, condition: string) =>
    packageOf({
      'setup.py': `${IMPORTS}reqs = ["b"]\nif ${condition}:\n    reqs.append("c")\nsetup(name="a", python_requires="${requiresPython}", install_requires=reqs)`,
    }).dependencies;

  test.each([
    ['>=2.7', 'sys.version_info < (3, 6)', ['b']],
    ['>=3.10', 'sys.version_info < (3, 10)', ['b']],
    ['>=3.10', 'sys.version_info >= (3, 9) and sys.version_info[:2] != (3, 9)', ['b', 'c']],
    ['>=3.8,<3.11', 'sys.version_info < (3, 11)', ['b', 'c']],
    ['>=3.8,<3.11', 'sys.version_info[1] in (8, 9, 10, 11)', ['b', 'c']],
    ['==3.9.*', 'sys.version_info.minor == 9', ['b', 'c']],
  ])('for all that %s admits, and builds run on: %s', (requiresPython, condition, expected) => {
    expect(texts(stated(requirements(requiresPython, condition)))).toEqual(expected);
  });

  test.each([
    ['>=3.8', 'sys.version_info < (3, 9)'],
    ['>=3.8', 'sys.version_info < (3, 8, 1)'],
    ['>=3.8', 'sys.version_info[:2] == (3, 12)'],
    ['>=3.8', 'sys.version_info[1] > 9'],
    ['>=3.8', 'sys.version >= "3.9"'],
    ['>=3.9', 'sys.hexversion < 0x03080000'],
  ])('and not for some of %s: %s', (requiresPython, condition) => {
    expect(requirements(requiresPython, condition).kind).toBe('dynamic');
  });

  test('presumes nothing that no such Python does', () => {
    const { dependencies, presumed } = packageOf({
      'setup.py': `${IMPORTS}reqs = ["b"]\nif sys.version_info < (3,):\n    reqs.append("c")\nif sys.argv:\n    reqs.append("d")\nsetup(name="a", install_requires=reqs)`,
    });
    expect(dependencies.kind).toBe('dynamic');
    expect(texts(presumed.dependencies)).toEqual(['b', 'd']);
  });

  test('a script for Python 2 only is still a package', () => {
    const manifest = packageOf({
      'setup.py': `${IMPORTS}if sys.version_info >= (3,):\n    raise RuntimeError("no")\nsetup(name="a", python_requires="<3", install_requires=["b"])`,
    });
    expect(texts(stated(manifest.dependencies))).toEqual(['b']);
  });
});
