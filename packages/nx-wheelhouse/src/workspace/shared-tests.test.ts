/** What helpers of tests import, where others than the package's own tests use them. */
import { afterAll, expect, test } from 'vitest';
import { edgesOf, packageIn, project, removeFolders, workspaceWithImports } from '../../testing/workspace-folder.js';
import { testSiblings } from './closures.js';

afterAll(removeFolders);

/** `core` has tests inside of its modules that need `server`, which it does not declare. */
const FILES = {
  'core/pyproject.toml': project('core'),
  'core/src/core/__init__.py': '',
  'core/src/core/tests/__init__.py': '',
  'core/src/core/tests/util.py': 'import server\n',
  'core/src/core/tests/test_it.py': 'from . import util\n',
  'server/pyproject.toml': project('server'),
  'server/src/server/__init__.py': '',
  'dns/pyproject.toml': project('dns', { dependencies: ['core'] }),
  'dns/src/dns/__init__.py': '',
};

test('stays with the package while its own tests alone use them', async () => {
  const workspace = await workspaceWithImports(FILES);
  expect(edgesOf(workspace)).toContain('core import:test server:1');
  expect(testSiblings(packageIn(workspace, 'dns'), workspace.packages)).toEqual(['core']);
});

test.each([
  ['the tests of another package', 'dns/tests/test_dns.py', 'from core.tests import util\n'],
  ['tests inside of another package', 'dns/src/dns/tests/test_dns.py', 'import core.tests.util\n'],
  ['modules of the package itself', 'core/src/core/testing.py', 'from .tests.util import *\n'],
])('is run by dependents too, where %s use them', async (_title, file, text) => {
  const workspace = await workspaceWithImports({ ...FILES, [file]: text });
  expect(edgesOf(workspace)).toContain('core import:runtime server:1');
  expect([...testSiblings(packageIn(workspace, 'dns'), workspace.packages)].sort()).toEqual(['core', 'server']);
});

test('says nothing of other folders of tests', async () => {
  const others = { 'core/src/core/x/tests/util.py': '', 'dns/tests/test_dns.py': 'import core.x.tests.util\n' };
  expect(edgesOf(await workspaceWithImports({ ...FILES, ...others }))).toContain('core import:test server:1');
});
