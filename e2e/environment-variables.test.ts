/** Variables that a setup.py or a version plugin reads: a change of one re-runs what it may change, and nothing else. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aPackage } from './harness/packages.js';
import { aWorkspace, type Workspace } from './harness/workspace.js';

const SETUP = `import os
from setuptools import setup
setup(name="reader", version=os.environ.get("READER_VERSION", "1.0"), py_modules=["reader"])
`;
const TAGGED = `[build-system]
requires = ["setuptools", "setuptools-scm"]
build-backend = "setuptools.build_meta"
[project]
name = "tagged.pkg"
dynamic = ["version"]
[tool.setuptools_scm]
root = ".."
`;

describe('environment variables', () => {
  let workspace: Workspace;
  beforeAll(async () => {
    workspace = await aWorkspace({
      files: {
        'reader/setup.py': SETUP,
        'reader/reader.py': '',
        'reader/tests/test_reader.py': 'import reader\n\n\ndef test():\n    pass\n',
        ...aPackage('user', 'user', { dependencies: ['reader'] }),
        ...aPackage('other', 'other'),
        'tagged/pyproject.toml': TAGGED,
        'tagged/tagged.py': '',
      },
    });
    await workspace.git('tag', 'v1.0');
  });
  afterAll(() => workspace?.dispose());

  const executed = async () =>
    Object.entries(await workspace.tasks('run-many -t build test'))
      .filter(([, verdict]) => verdict === 'executed')
      .map(([task]) => task)
      .sort();
  const wheels = (folder: string) => workspace.list(`${folder}/dist`).filter((file) => file.endsWith('.whl'));

  test('re-run what they may change', async () => {
    expect(await executed()).toHaveLength(7);
    expect(await executed()).toEqual([]);

    workspace.env.READER_VERSION = '2.0';
    expect(await executed()).toEqual(['reader:build', 'reader:test', 'user:test']);
    expect(wheels('reader')).toEqual(['reader-2.0-py3-none-any.whl']);

    workspace.env.SETUPTOOLS_SCM_PRETEND_VERSION_FOR_TAGGED_PKG = '3.0';
    expect(await executed()).toEqual(['tagged.pkg:build']);
    expect(wheels('tagged')).toEqual(['tagged_pkg-3.0-py3-none-any.whl']);

    workspace.env.UNRELATED = 'x';
    expect(await executed()).toEqual([]);
  });
});
