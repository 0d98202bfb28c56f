/** Edges that only imports tell: what is imported, by whom, and what that makes of tests. */
import { afterAll, describe, expect, test } from 'vitest';
import { packageIn, project, removeFolders, workspaceWithImports } from '../../testing/workspace-folder.js';
import { runtimeSiblings, testSiblings } from './closures.js';
import type { Workspace } from './workspace.js';

afterAll(removeFolders);

const edges = (workspace: Workspace) =>
  [...workspace.packages.values()].flatMap((pkg) =>
    pkg.siblings.map(({ kind, to, file, line }) => `${pkg.root} ${kind} ${to} ${file}:${line}`),
  );
const edgesOf = async (files: Record<string, string>) => edges(await workspaceWithImports(files));
/** Packages without any declaration, each with one module of its own name. */
const packages = (...names: string[]) =>
  Object.fromEntries(
    names.flatMap((name) => [
      [`${name}/pyproject.toml`, project(name)],
      [`${name}/${name}/__init__.py`, ''],
    ]),
  );

describe('an import is an edge', () => {
  test('with the file and the line of the first that says so', async () => {
    const sources = { 'a/a/one.py': 'import os\nimport b.more\n', 'a/a/two.py': 'import b\n' };
    expect(await edgesOf({ ...packages('a', 'b'), ...sources })).toEqual(['a import:runtime b a/a/one.py:2']);
  });

  test.each([
    ['a module', 'a/a/x.py', 'import b', 'import:runtime'],
    ['a function', 'a/a/x.py', 'def f():\n  from b import c', 'import:runtime'],
    ['an import that may fail', 'a/a/x.py', 'try:\n  import b\nexcept ImportError:\n  b = None', 'import:runtime'],
    ['a call', 'a/a/x.py', 'importlib.import_module("b.c")', 'import:runtime'],
    ['what only type checkers see', 'a/a/x.py', 'if TYPE_CHECKING:\n  import b', 'import:test'],
    ['a test', 'a/tests/test_x.py', 'import b', 'import:test'],
    ['a test inside the modules', 'a/a/tests/test_x.py', 'import b', 'import:test'],
    ['settings of tests', 'a/conftest.py', 'import b', 'import:test'],
    ['a script', 'a/scripts/run.py', 'import b', 'import:test'],
    ['the documentation', 'a/docs/conf.py', 'import b', 'import:documents'],
  ])('of %s', async (_title, path, text, kind) => {
    const found = await edgesOf({ ...packages('a', 'b'), [path]: `${text}\n` });
    expect(found.map((edge) => edge.split(' ').slice(0, 3).join(' '))).toEqual([`a ${kind} b`]);
  });

  test.each([
    ['runtime', project('a', { dependencies: ['b'] }), []],
    ['an extra', project('a', {}, '[project.optional-dependencies]\nx = ["b"]\n'), ['import:extra']],
    ['a group', project('a', {}, '[dependency-groups]\nx = ["b"]\n'), ['import:runtime']],
    ['a source', project('a', {}, '[tool.uv.sources]\nb = { workspace = true }\n'), ['import:runtime']],
    ['the build', project('a', {}, '[build-system]\nrequires = ["b"]\nbuild-backend = "x"\n'), ['import:runtime']],
  ])('unless it is declared for that purpose: %s', async (_title, manifest, expected) => {
    const files = { ...packages('a', 'b'), 'a/pyproject.toml': manifest, 'a/a/__init__.py': 'import b\n' };
    const workspace = await workspaceWithImports(files);
    const kinds = packageIn(workspace, 'a').siblings.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind.startsWith('import'))).toEqual(expected);
  });

  test('in both directions, and in circles', async () => {
    const sources = { 'a/a/__init__.py': 'import b\n', 'b/b/__init__.py': 'import a\n' };
    expect(await edgesOf({ ...packages('a', 'b'), ...sources })).toEqual([
      'a import:runtime b a/a/__init__.py:1',
      'b import:runtime a b/b/__init__.py:1',
    ]);
  });
});

describe('an import is none', () => {
  test.each<[string, Record<string, string>]>([
    ['of the package itself', { 'a/a/x.py': 'import a\nfrom . import y\nfrom .. import z\n' }],
    ['of what no package has', { 'a/a/x.py': 'import numpy, c\n' }],
    ['of what lies beside a test', { 'a/tests/b.py': '', 'a/tests/test_x.py': 'import b\n' }],
    ['of what lies at the top of the tests', { 'a/tests/b.py': '', 'a/tests/unit/test_x.py': 'from b import y\n' }],
    ['in a string or a comment', { 'a/a/x.py': '"""\nimport b\n"""\n# import b\n' }],
    [
      'of a package nested in it, by the nested one',
      { 'a/a/inner/pyproject.toml': project('inner'), 'a/a/inner/x.py': '' },
    ],
  ])('%s', async (_title, sources) => {
    expect(await edgesOf({ ...packages('a', 'b'), ...sources })).toEqual([]);
  });
});

describe('the owner of a module', () => {
  test('of a shared namespace is who has the longest part of the name', async () => {
    const files = {
      'core/pyproject.toml': project('acme'),
      'core/src/acme/core.py': '',
      'net/pyproject.toml': project('acme-net'),
      'net/src/acme/net/__init__.py': 'from ..core import x\n',
      'deep/pyproject.toml': project('acme-deep'),
      'deep/src/acme/net/deep/__init__.py': 'import acme\n',
      'app/pyproject.toml': project('app'),
      'app/app/__init__.py': 'from acme.net.deep import x\nfrom acme import net\nimport acme.unknown\n',
    };
    expect(await edgesOf(files)).toEqual([
      'app import:runtime deep app/app/__init__.py:1',
      'app import:runtime net app/app/__init__.py:2',
      'net import:runtime core net/src/acme/net/__init__.py:1',
    ]);
  });

  test('of a namespace from before PEP 420 is nobody', async () => {
    const init = '__path__ = __import__("pkgutil").extend_path(__path__, __name__)\n';
    const files = {
      'a/pyproject.toml': project('a'),
      'a/google/__init__.py': init,
      'a/google/alpha.py': '',
      'b/pyproject.toml': project('b'),
      'b/b/__init__.py': 'import google.protobuf\n',
      'b/b/more.py': 'from google import alpha\n',
    };
    expect(await edgesOf(files)).toEqual(['b import:runtime a b/b/more.py:1']);
  });

  test('of a namespace from before PEP 420 is who hands on what stands below it, or who alone brings what is imported', async () => {
    const init = '__path__ = __import__("pkgutil").extend_path(__path__, __name__)\n';
    const files = {
      'a/pyproject.toml': project('a'),
      'a/acme/__init__.py': init,
      'a/acme/net/__init__.py': `${init}from ._client import Client\n`,
      'a/solo/__init__.py': init,
      'b/pyproject.toml': project('b'),
      'b/acme/__init__.py': init,
      'b/acme/web/__init__.py': '',
      'c/pyproject.toml': project('c'),
      'c/c/__init__.py': 'import acme\nimport acme.other\nimport solo.other\n',
      'd/pyproject.toml': project('d'),
      'd/d/__init__.py': 'from acme.net import Client\n',
      'e/pyproject.toml': project('e'),
      'e/e/__init__.py': 'import solo\n',
    };
    expect(await edgesOf(files)).toEqual([
      'd import:runtime a d/d/__init__.py:1',
      'e import:runtime a e/e/__init__.py:1',
    ]);
  });

  const shared = {
    ...packages('a', 'b', 'c', 'd'),
    'b/utils.py': '',
    'c/utils.py': '',
    'a/a/__init__.py': 'import utils\n',
  };

  test('that several packages have leads to each of them, where no declaration tells which one is installed', async () => {
    expect(await edgesOf({ ...shared, 'b/b/__init__.py': 'import utils\n' })).toEqual([
      'a import:runtime b a/a/__init__.py:1',
      'a import:runtime c a/a/__init__.py:1',
    ]);
  });

  test('that several packages of one name have leads to the nearest of them', async () => {
    const files = {
      'one/shared/pyproject.toml': project('shared'),
      'one/shared/shared/__init__.py': '',
      'one/app/pyproject.toml': project('app'),
      'one/app/app/__init__.py': 'import shared\n',
      'two/shared/pyproject.toml': project('shared'),
      'two/shared/shared/__init__.py': '',
    };
    expect(await edgesOf(files)).toEqual(['one/app import:runtime one/shared one/app/app/__init__.py:1']);
  });

  test('that several packages have leads to the declared one, also where that is required by another', async () => {
    const declared = {
      'a/pyproject.toml': project('a', { dependencies: ['d'] }),
      'd/pyproject.toml': project('d', { dependencies: ['c'] }),
    };
    expect(await edgesOf({ ...shared, ...declared })).toEqual([
      'a runtime d a/pyproject.toml:4',
      'a import:runtime c a/a/__init__.py:1',
      'd runtime c d/pyproject.toml:4',
    ]);
  });

  test('that is made by the build is who has the part above it', async () => {
    const files = { ...packages('a', 'b'), 'a/a/__init__.py': 'from b._generated.version import x\n' };
    expect(await edgesOf(files)).toEqual(['a import:runtime b a/a/__init__.py:1']);
  });

  test('is the inner one of nested packages', async () => {
    const files = {
      'pyproject.toml': project('root'),
      'root/__init__.py': 'import inner\n',
      'libs/inner/pyproject.toml': project('inner'),
      'libs/inner/inner/__init__.py': 'import root\n',
    };
    expect(await edgesOf(files)).toEqual([
      '. import:runtime libs/inner root/__init__.py:1',
      'libs/inner import:runtime . libs/inner/inner/__init__.py:1',
    ]);
  });
});

test('tests run with what their siblings import, but not with what only the tests of those import', async () => {
  const workspace = await workspaceWithImports({
    ...packages('app', 'lib', 'base', 'fake', 'typed', 'manual'),
    'app/tests/test_app.py': 'import lib\n',
    'app/docs/conf.py': 'import manual\n',
    'lib/lib/__init__.py': 'import base\nif TYPE_CHECKING:\n  import typed\n',
    'lib/tests/test_lib.py': 'import fake\n',
  });
  const { packages: all } = workspace;
  expect(testSiblings(packageIn(workspace, 'app'), all)).toEqual(['base', 'lib']);
  expect(testSiblings(packageIn(workspace, 'lib'), all)).toEqual(['base', 'fake', 'typed']);
  expect(runtimeSiblings(packageIn(workspace, 'lib'), all)).toEqual([]);
});

test('tests run with what an extra of a sibling brings where they import it undeclared, and else where they ask for it', async () => {
  const workspace = await workspaceWithImports({
    ...packages('app', 'asking', 'plain', 'lib', 'agents', 'unused'),
    'app/tests/test_app.py': 'import lib\n',
    'asking/pyproject.toml': project('asking', { dependencies: ['lib[agents]'] }),
    'plain/pyproject.toml': project('plain', { dependencies: ['lib'] }),
    'lib/pyproject.toml': project(
      'lib',
      {},
      '[project.optional-dependencies]\nagents = ["agents"]\nmore = ["unused"]\n',
    ),
    'lib/lib/__init__.py': 'def f():\n  import agents\n',
  });
  const { packages: all } = workspace;
  expect(testSiblings(packageIn(workspace, 'app'), all)).toEqual(['agents', 'lib']);
  expect(testSiblings(packageIn(workspace, 'asking'), all)).toEqual(['agents', 'lib']);
  expect(testSiblings(packageIn(workspace, 'plain'), all)).toEqual(['lib']);
});
