/** setup.cfg, alone and beside setup.py. */
import { describe, expect, test } from 'vitest';
import { packageOf, shown, stated, texts } from './testing/folders.js';

describe('setup.cfg', () => {
  const manifest = packageOf({
    'setup.cfg': `[metadata]
name = a
version = attr: a.__version__
description = file: SUMMARY
long_description = file: README.rst, CHANGES.rst
license_files =
    LICENSE
[options]
package_dir =
    = lib
python_requires = >=3.8
install_requires =
    b>=1
    # not this
    c[x]; python_version < "3.11"
[options.extras_require]
more = d; e
all =
    %(more)s
`,
    'lib/a/__init__.py': '__version__ = "1.2"',
    SUMMARY: 'One line\n',
  });

  test('is read as setuptools reads it', () => {
    expect(shown(manifest.version)).toBe('1.2');
    expect(shown(manifest.description)).toBe('One line');
    expect(shown(manifest.requiresPython)).toBe('>=3.8');
    expect(stated(manifest.dependencies).map(({ requirement, at }) => `${requirement.name} ${at.line}`)).toEqual([
      'b 13',
      'c 15',
    ]);
    expect(manifest.namedFiles).toEqual(['SUMMARY', 'README.rst', 'CHANGES.rst', 'LICENSE', 'lib/a/__init__.py']);
  });

  test('setup.py wins, setup.cfg fills in', () => {
    const both = packageOf({
      'setup.py': 'from setuptools import setup\nsetup(version="2", install_requires=[])',
      'setup.cfg': '[metadata]\nname = a\nversion = 1\n[options]\ninstall_requires = b',
    });
    expect(both.files).toEqual(['setup.cfg', 'setup.py']);
    expect(shown(both.version)).toBe('2');
    expect(texts(stated(both.dependencies))).toEqual(['b']);
  });
});
