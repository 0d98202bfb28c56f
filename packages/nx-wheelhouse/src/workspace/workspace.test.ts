/** The model of a workspace: which packages there are, what depends on what, and why. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { folderWith, project, removeFolders, workspaceWith } from '../../testing/workspace-folder.js';
import { runtimeCircle } from './circles.js';
import { buildSiblings, runtimeSiblings, testSiblings } from './closures.js';
import { lastOf, publishOrder } from './publish-order.js';
import { readWorkspace } from './read.js';
import type { Package, Workspace } from './workspace.js';

afterAll(removeFolders);

const edges = (workspace: Workspace) =>
  [...workspace.packages.values()].flatMap((pkg) =>
    pkg.siblings.map(({ kind, to, line }) => `${pkg.root} ${kind} ${to}:${line}`),
  );
const packageIn = (workspace: Workspace, root: string) => workspace.packages.get(root) as Package;

describe('packages', () => {
  test('are the folders whose manifests make a distribution', () => {
    const workspace = workspaceWith({
      'pyproject.toml': '[tool.ruff]\nline-length = 100\n',
      'a/pyproject.toml': project('a'),
      'b/setup.py': 'from setuptools import setup\nsetup(name="b", version="1")\n',
      'c/setup.cfg': '[metadata]\nname = c\nversion = 1\n',
      'd/setup.cfg': '[flake8]\nmax-line-length = 100\n',
    });
    expect([...workspace.packages.keys()]).toEqual(['a', 'b', 'c']);
  });

  test('do not lie in folders of tests and templates or in hidden ones, unless something outside of them means them', () => {
    const workspace = workspaceWith({
      'pyproject.toml': '[tool.uv.workspace]\nmembers = ["templates/*"]\n',
      'a/pyproject.toml': project(
        'a',
        { dependencies: ['more @ file:tests/more'] },
        '[tool.uv.sources]\nhelpers = { path = "tests/helpers" }\n',
      ),
      'a/tests/one/pyproject.toml': project('one'),
      'a/tests_core/samples/four/pyproject.toml': project('four'),
      'a/tests/helpers/pyproject.toml': project('helpers'),
      'a/tests/more/pyproject.toml': project('more'),
      'tools/modules_test_data/five/pyproject.toml': project('five'),
      'templates/two/pyproject.toml': project('two'),
      '.dagger/pyproject.toml': project('pipeline'),
      '.generator/input/pyproject.toml': project('a'),
      'tests/pyproject.toml': project('integration'),
      'tests/fixtures/pyproject.toml': project('inner', {}, '[tool.uv.workspace]\nmembers = ["*"]\n'),
      'tests/fixtures/three/pyproject.toml': project('three'),
    });
    expect([...workspace.packages.keys()]).toEqual([
      '.dagger',
      'a',
      'a/tests/helpers',
      'a/tests/more',
      'templates/two',
      'tests',
    ]);
  });

  test('are also projects that make no distribution', () => {
    const workspace = workspaceWith({
      'pyproject.toml': project('root', { dependencies: ['a'] }, '[tool.uv.workspace]\nmembers = ["*"]\n'),
      'a/pyproject.toml': project('a', {}, '[tool.uv]\npackage = false\n'),
    });
    expect([...workspace.packages.values()].map(({ manifest }) => manifest.virtual !== undefined)).toEqual([
      true,
      true,
    ]);
    expect(edges(workspace)).toEqual(['. runtime a:4']);
  });

  test('with one name are told apart by their folders', () => {
    const workspace = workspaceWith({ 'x/a/pyproject.toml': project('same'), 'x/b/pyproject.toml': project('same') });
    expect([...workspace.packages.values()].map((pkg) => pkg.project)).toEqual(['x-a', 'x-b']);
    expect(workspace.warnings.map(({ file, line }) => `${file}:${line}`)).toEqual([
      'x/a/pyproject.toml:2',
      'x/b/pyproject.toml:2',
    ]);
  });

  test('with names that only Nx tells apart are warned of', () => {
    const workspace = workspaceWith({
      'a/pyproject.toml': project('My-Lib'),
      'b/pyproject.toml': project('my_lib'),
      'c/pyproject.toml': project('other'),
    });
    expect([...workspace.packages.values()].map((pkg) => pkg.project)).toEqual(['My-Lib', 'my_lib', 'other']);
    expect(workspace.warnings).toEqual([
      {
        file: 'b/pyproject.toml',
        line: 2,
        message: 'the name my_lib is to indexes and installers the same as My-Lib of a',
      },
    ]);
  });

  test('with a manifest that cannot be read are kept aside with the line', () => {
    const workspace = workspaceWith({
      'a/pyproject.toml': '[project]\nname = "a"\nversion = \n',
      'b/pyproject.toml': project('b'),
    });
    expect([...workspace.packages.keys()]).toEqual(['b']);
    expect(workspace.broken.get('a')).toMatchObject({ file: 'a/pyproject.toml', line: 3 });
  });

  test('with a manifest that is no text, or no file to read, are kept aside, and all others stay', () => {
    const root = folderWith({
      'good/pyproject.toml': project('good'),
      'latin/setup.py': '',
      'bytes/pyproject.toml': '',
    });
    writeFileSync(join(root, 'bytes/pyproject.toml'), Buffer.from('[project]\nname = "gr\xf6\xdfe"\n', 'latin1'));
    const declared =
      '# -*- coding: latin-1 -*-\nfrom setuptools import setup\nsetup(name="latin", author="Gr\xf6\xdfe")\n';
    writeFileSync(join(root, 'latin/setup.py'), Buffer.from(declared, 'latin1'));
    mkdirSync(join(root, 'loop'));
    symlinkSync('pyproject.toml', join(root, 'loop/pyproject.toml'));
    const manifests = ['good/pyproject.toml', 'bytes/pyproject.toml', 'latin/setup.py', 'loop/pyproject.toml'];
    const workspace = readWorkspace(root, manifests);
    expect([...workspace.packages.keys()]).toEqual(['good', 'latin']);
    expect(workspace.warnings).toEqual([
      { file: 'bytes/pyproject.toml', line: 2, message: 'pyproject.toml is not UTF-8' },
      { file: 'loop/pyproject.toml', line: undefined, message: 'pyproject.toml cannot be read (ELOOP)' },
    ]);
  });

  test('are called as project.json calls them', () => {
    const workspace = workspaceWith({ 'a/pyproject.toml': project('a'), 'a/project.json': '{ "name": "renamed" }' });
    expect(packageIn(workspace, 'a').project).toBe('renamed');
  });
});

describe('edges', () => {
  test('have the kind and the line of the declaration', () => {
    const workspace = workspaceWith({
      'a/pyproject.toml': project('a'),
      'b/pyproject.toml': project(
        'b',
        { dependencies: ['A>=1'] },
        '[project.optional-dependencies]\nfull = ["a"]\n[dependency-groups]\ndev = [\n  "a",\n]\n[build-system]\nrequires = ["a"]\nbuild-backend = "a"\n',
      ),
    });
    expect(edges(workspace)).toEqual(['b runtime a:4', 'b extra:full a:6', 'b group:dev a:9', 'b build a:12']);
  });

  test('find names in any spelling, and paths', () => {
    const workspace = workspaceWith({
      'one/pyproject.toml': project('Acme.One_Two'),
      'b/setup.py': 'from setuptools import setup\nsetup(name="b", install_requires=["acme-one-two"])\n',
      'c/pyproject.toml': project(
        'c',
        { dependencies: ['other-name'] },
        '[tool.uv.sources]\nother-name = { path = "../one" }\n',
      ),
    });
    expect(edges(workspace)).toEqual(['b runtime one:2', 'c runtime one:4']);
  });

  test('of direct references lead to the folder, whichever tool spells it, in every list', () => {
    const workspace = workspaceWith({
      'libs/a/pyproject.toml': project('a'),
      'libs/b/pyproject.toml': project(
        'b',
        { dependencies: [`a @ file:///\${PROJECT_ROOT}/../a`] },
        '[project.optional-dependencies]\nx = ["a[y] @ {root:parent:uri}/a ; os_name == \'nt\'"]\n' +
          '[dependency-groups]\ng = ["a @ file:../a"]\n[build-system]\nrequires = ["a @ ../a"]\n',
      ),
      'libs/c/pyproject.toml': project(
        'c',
        { dependencies: ['a @ {root:uri}/../a'] },
        `[tool.pdm.dev-dependencies]\nd = ["-e file:///\${PROJECT_ROOT}/../b#egg=b[x]"]\n` +
          '[tool.hatch.envs.e]\ndependencies = ["b @ {root:uri}/../b"]\n',
      ),
    });
    expect(edges(workspace)).toEqual([
      'libs/b runtime libs/a:4',
      'libs/b extra:x libs/a:6',
      'libs/b group:g libs/a:8',
      'libs/b build libs/a:10',
      'libs/c runtime libs/a:4',
      'libs/c group:d libs/b:6',
      'libs/c group:e libs/b:8',
    ]);
    expect(packageIn(workspace, 'libs/c').siblings[1]?.extras).toEqual(['x']);
  });

  test('of direct references start where the tool is started, too; on another machine the name tells', () => {
    const workspace = workspaceWith({
      'libs/a/pyproject.toml': project('a'),
      'libs/b/pyproject.toml': project('b', {
        dependencies: [`a @ file://\${PWD}/libs/a`, 'a @ file:///opt/a', 'a @ file:///opt/a-1.0-py3-none-any.whl'],
      }),
    });
    expect(edges(workspace)).toEqual(['libs/b runtime libs/a:4', 'libs/b runtime libs/a:4']);
  });

  test('of a direct reference to elsewhere leave those of the same name alone', () => {
    const workspace = workspaceWith({
      'a/pyproject.toml': project('a'),
      'b/pyproject.toml': project(
        'b',
        { dependencies: ['a'] },
        '[project.optional-dependencies]\nx = ["a @ git+https://index.example/a"]\n',
      ),
    });
    expect(edges(workspace)).toEqual(['b runtime a:4']);
  });

  test('of a hatch environment lead to the members of its workspace, found by their folders', () => {
    const workspace = workspaceWith({
      'pyproject.toml': project(
        'root',
        {},
        '[tool.hatch.envs.dev]\nworkspace.members = [\n  "libs/*",\n  { path = "{root}/apps/one", features = ["X_y"] },\n]\nworkspace.exclude = ["libs/c*"]\n',
      ),
      'libs/a/pyproject.toml': project('a'),
      'libs/c-old/pyproject.toml': project('c'),
      'apps/one/pyproject.toml': project('one'),
      'apps/two/pyproject.toml': project('two', {}, '[tool.hatch.envs.dev]\nworkspace.members = ["../../libs/a"]\n'),
    });
    expect(edges(workspace)).toEqual(['. group:dev libs/a:7', '. group:dev apps/one:8', 'apps/two group:dev libs/a:6']);
    expect(packageIn(workspace, '.').siblings[1]?.extras).toEqual(['x-y']);
  });

  test('of requirements files have the line of the file', () => {
    const workspace = workspaceWith({
      'libs/a/pyproject.toml': project('a'),
      'libs/b/pyproject.toml': project('b'),
      'libs/b/requirements.txt': 'a==1.0\n-e ../a\n',
      'libs/b/requirements-dev.txt': '-r gone.txt\n../a\n',
    });
    const found = packageIn(workspace, 'libs/b').siblings.map(({ kind, file, line }) => `${kind} ${file}:${line}`);
    expect(found).toEqual(['group:dev libs/b/requirements-dev.txt:2', 'group:requirements libs/b/requirements.txt:2']);
    expect(workspace.warnings.map(({ file, line }) => `${file}:${line}`)).toEqual(['libs/b/requirements-dev.txt:1']);
  });

  test('do not lead to a sibling that the requirement takes from elsewhere', () => {
    const workspace = workspaceWith({
      'a/pyproject.toml': project('a'),
      'b/pyproject.toml': project('b', { dependencies: ['a @ https://index.example/a-1.0-py3-none-any.whl'] }),
      'c/pyproject.toml': project(
        'c',
        { dependencies: ['a'] },
        '[tool.uv.sources]\na = { git = "https://index.example/a.git" }\n',
      ),
    });
    expect(edges(workspace)).toEqual([]);
  });

  test('take the sources that the root of the uv workspace states', () => {
    const workspace = workspaceWith({
      'pyproject.toml': '[tool.uv.workspace]\nmembers = ["*"]\n[tool.uv.sources]\na = { index = "elsewhere" }\n',
      'a/pyproject.toml': project('a'),
      'b/pyproject.toml': project('b', { dependencies: ['a'] }),
    });
    expect(edges(workspace)).toEqual([]);
  });

  test('of several packages of one name lead to that of the same uv workspace, else to the nearest', () => {
    const workspace = workspaceWith({
      'one/pyproject.toml': '[tool.uv.workspace]\nmembers = ["*"]\n',
      'one/app/pyproject.toml': project('app', { dependencies: ['shared'] }),
      'one/shared/pyproject.toml': project('shared'),
      'two/pyproject.toml': '[tool.uv.workspace]\nmembers = ["*"]\n',
      'two/app/pyproject.toml': project('app', { dependencies: ['shared'] }),
      'two/shared/pyproject.toml': project('shared'),
      'two/tools/deep/pyproject.toml': project('deep', { dependencies: ['shared'] }),
    });
    expect(edges(workspace)).toEqual([
      'one/app runtime one/shared:4',
      'two/app runtime two/shared:4',
      'two/tools/deep runtime two/shared:4',
    ]);
  });

  test('of several packages of one name that are as near lead to those whose version is wanted, else to all of them', () => {
    const workspace = workspaceWith({
      'api/v1/setup.py': 'from setuptools import setup\nsetup(name="client", version="1.4")\n',
      'api/v2/setup.py': 'from setuptools import setup\nsetup(name="client", version="2.0")\n',
      'sdk/pyproject.toml': project('sdk', { dependencies: ['client>=2'] }),
      'tool/pyproject.toml': project('tool', { dependencies: ['client'] }),
    });
    expect(edges(workspace)).toEqual(['sdk runtime api/v2:4', 'tool runtime api/v1:4', 'tool runtime api/v2:4']);
  });

  test('of a path that leads to nothing are those of the name, unless it leads out of the workspace or to an archive', () => {
    const from = (path: string) =>
      project('user', { dependencies: ['moved'] }, `[tool.uv.sources]\nmoved = { path = "${path}" }\n`);
    const workspace = workspaceWith({
      'libs/moved/pyproject.toml': project('moved'),
      'tools/pyproject.toml': '[tool.ruff]\n',
      'one/pyproject.toml': from('../moved'),
      'two/pyproject.toml': from('../../moved'),
      'three/pyproject.toml': from('../moved-1.0-py3-none-any.whl'),
      'four/pyproject.toml': from('../tools'),
      'five/pyproject.toml': project('five', { dependencies: ['moved @ file:../moved'] }),
    });
    expect(edges(workspace)).toEqual(['five runtime libs/moved:4', 'one runtime libs/moved:4']);
  });

  test('that only a build backend knows are those of the uv lock', () => {
    const dynamic =
      '[build-system]\nrequires = ["setuptools", "a-plugin"]\n[project]\nname = "b"\nversion = "1"\ndynamic = ["dependencies", "optional-dependencies"]\n';
    const workspace = workspaceWith({
      'pyproject.toml': '[tool.uv.workspace]\nmembers = ["*"]\n',
      'uv.lock':
        'version = 1\n[[package]]\nname = "a"\nsource = { editable = "a" }\n[[package]]\nname = "b"\nsource = { editable = "b" }\n' +
        'dependencies = [{ name = "a" }, { name = "c" }]\n[package.optional-dependencies]\nmore = [{ name = "a" }]\n' +
        '[[package]]\nname = "c"\nversion = "1"\nsource = { registry = "https://index.example/simple" }\n',
      'a/pyproject.toml': project('a'),
      'b/pyproject.toml': dynamic,
      'c/pyproject.toml': project('c'),
    });
    expect(edges(workspace)).toEqual(['b runtime a:undefined', 'b extra:more a:undefined']);
  });

  test('that are sources without a declaration count too, but not those that a workspace root states for its members', () => {
    const workspace = workspaceWith({
      'a/pyproject.toml': project('a'),
      'b/pyproject.toml': project('b', {}, '[tool.uv.sources]\na = { workspace = true }\n'),
      'pyproject.toml': project(
        'r',
        {},
        '[tool.uv.workspace]\nmembers = ["*"]\n[tool.uv.sources]\na = { workspace = true }\n',
      ),
    });
    expect(edges(workspace)).toEqual(['b source a:6']);
  });
});

describe('uv workspaces', () => {
  const members = (workspace: Workspace) =>
    Object.fromEntries(workspace.uvWorkspaces.map(({ root, members }) => [root, [...members]]));

  test('keep their members, whichever other workspace takes them by path, and leave out what uv does not manage', () => {
    const workspace = workspaceWith({
      'pyproject.toml': '[tool.uv.workspace]\nmembers = ["libs/*", "./tools/one/"]\nexclude = ["libs/skip*/"]\n',
      'libs/a/pyproject.toml': project('a'),
      'libs/skipped/pyproject.toml': project('skipped'),
      'libs/unmanaged/pyproject.toml': project('unmanaged', {}, '[tool.uv]\nmanaged = false\n'),
      'tools/one/pyproject.toml': project('one'),
      'other/pyproject.toml': project(
        'other',
        { dependencies: ['a', 'legacy'] },
        '[tool.uv.workspace]\nmembers = ["*"]\n[tool.uv.sources]\na = { path = "../libs/a" }\nlegacy = { path = "../legacy" }\n',
      ),
      'other/b/pyproject.toml': project('b'),
      'legacy/setup.py': 'from setuptools import setup\nsetup(name="legacy")\n',
    });
    expect(members(workspace)).toEqual({ other: ['other', 'other/b', 'legacy'], '.': ['libs/a', 'tools/one'] });
  });
});

describe('closures', () => {
  const workspace = workspaceWith({
    'base/pyproject.toml': project('base'),
    'net/pyproject.toml': project('net'),
    'core/pyproject.toml': project(
      'core',
      { dependencies: ['base'] },
      '[project.optional-dependencies]\nnet = ["net"]\n',
    ),
    'tools/pyproject.toml': project('tools', { dependencies: ['core'] }),
    'app/pyproject.toml': project('app', { dependencies: ['core[net]'] }, '[dependency-groups]\ndev = ["tools"]\n'),
    'plain/pyproject.toml': project(
      'plain',
      { dependencies: ['core'] },
      '[build-system]\nrequires = ["tools"]\nbuild-backend = "tools"\n',
    ),
  });
  const { packages } = workspace;

  test('of run time hold what is installed with a package, and extras only where they are asked for', () => {
    expect(runtimeSiblings(packageIn(workspace, 'app'), packages)).toEqual(['base', 'core', 'net']);
    expect(runtimeSiblings(packageIn(workspace, 'plain'), packages)).toEqual(['base', 'core']);
  });

  test('of tests hold groups and what those need', () => {
    expect(testSiblings(packageIn(workspace, 'app'), packages)).toEqual(['base', 'core', 'net', 'tools']);
    expect(testSiblings(packageIn(workspace, 'core'), packages)).toEqual(['base', 'net']);
  });

  test('of the build hold the backend and what it needs', () => {
    expect(buildSiblings(packageIn(workspace, 'plain'), packages)).toEqual(['base', 'core', 'tools']);
    expect(buildSiblings(packageIn(workspace, 'app'), packages)).toEqual([]);
  });

  test('of publishing come before, but for those of a circle, also one through an extra', () => {
    const circular = workspaceWith({
      'a/pyproject.toml': project('a', { dependencies: ['b[more]'] }),
      'b/pyproject.toml': project('b', { dependencies: ['d'] }, '[project.optional-dependencies]\nmore = ["c"]\n'),
      'c/pyproject.toml': project('c', { dependencies: ['a'] }),
      'd/pyproject.toml': project('d', {}, '[dependency-groups]\ndev = ["a"]\n'),
      'top/pyproject.toml': project('top', { dependencies: ['c'] }),
    });
    const before = publishOrder(circular.packages);
    expect(Object.fromEntries(before)).toEqual({
      a: ['b', 'd'],
      b: ['d'],
      c: ['b', 'd'],
      d: [],
      top: ['a', 'b', 'c', 'd'],
    });
    const last = new Map([...before].map(([folder, others]) => [folder, lastOf(others, before)]));
    expect(Object.fromEntries(last)).toEqual({ a: ['b'], b: ['d'], c: ['b'], d: [], top: ['a', 'c'] });
    expect(runtimeCircle('b', circular.packages)).toBeUndefined();
    const circle = runtimeCircle('a', circular.packages)?.map(({ file, line, to }) => `${file}:${line} ${to}`);
    expect(circle).toEqual(['a/pyproject.toml:4 b', 'b/pyproject.toml:6 c', 'c/pyproject.toml:4 a']);
  });
});

describe('uv workspaces', () => {
  test('have their members by glob, and packages taken by path', () => {
    const workspace = workspaceWith({
      'pyproject.toml':
        '[tool.uv.workspace]\nmembers = ["libs/*", "tool"]\nexclude = ["libs/skip"]\n[tool.uv.sources]\nlegacy = { path = "legacy", editable = true }\n',
      'libs/a/pyproject.toml': project('a'),
      'libs/skip/pyproject.toml': project('skip'),
      'tool/pyproject.toml': project('tool'),
      'legacy/setup.py': 'from setuptools import setup\nsetup(name="legacy")\n',
      'inner/pyproject.toml': project(
        'inner',
        {},
        '[tool.uv.workspace]\nmembers = ["x"]\n[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n',
      ),
      'inner/x/pyproject.toml': project('x'),
    });
    expect(workspace.uvWorkspaces.map(({ root, members }) => [root, [...members].sort()])).toEqual([
      ['inner', ['inner', 'inner/x']],
      ['.', ['legacy', 'libs/a', 'tool']],
    ]);
  });
});
