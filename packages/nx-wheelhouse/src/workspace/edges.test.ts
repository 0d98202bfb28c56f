/** What depends on what in a workspace, and why. */
import { afterAll, describe, expect, test } from 'vitest';
import { edgesOf, packageIn, project, removeFolders, workspaceWith } from '../../testing/workspace-folder.js';

afterAll(removeFolders);

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
    expect(edgesOf(workspace)).toEqual(['b runtime a:4', 'b extra:full a:6', 'b group:dev a:9', 'b build a:12']);
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
    expect(edgesOf(workspace)).toEqual(['b runtime one:2', 'c runtime one:4']);
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
    expect(edgesOf(workspace)).toEqual([
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
    expect(edgesOf(workspace)).toEqual(['libs/b runtime libs/a:4', 'libs/b runtime libs/a:4']);
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
    expect(edgesOf(workspace)).toEqual(['b runtime a:4']);
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
    expect(edgesOf(workspace)).toEqual([
      '. group:dev libs/a:7',
      '. group:dev apps/one:8',
      'apps/two group:dev libs/a:6',
    ]);
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

  test('are none for names in a plain requirements file: they repeat the manifest, or are releases that a lock holds', () => {
    const script = (name: string, more = '') =>
      `from setuptools import setup\nsetup(name="${name}", version="1"${more})\n`;
    const workspace = workspaceWith({
      'a/setup.py': script('a'),
      'b/setup.py': script('b', ', install_requires=["a"]'),
      'locked/setup.py': script('locked', ', install_requires=["b"]'),
      'locked/requirements.txt': 'a==0.9\n    # via b\nb==0.9\n    # via locked (setup.py)\n',
      'reading/setup.py': script('reading', ', install_requires=open("requirements.txt").read().split()'),
      'reading/requirements.txt': 'a==0.9\n',
      'tested/setup.py': script('tested'),
      'tested/requirements-test.txt': 'a==0.9\n',
    });
    expect(edgesOf(workspace)).toEqual([
      'b runtime a:2',
      'locked runtime b:2',
      'reading runtime a:1',
      'tested group:test a:1',
    ]);
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
    expect(edgesOf(workspace)).toEqual([]);
  });

  test('lead to the sibling that git has in the same place, unless a commit or a version of it is meant', () => {
    const lib = 'libs/a';
    const git = (more = '') => `{ git = "ssh://git@index.example/us/repo.git", subdirectory = "${lib}"${more} }`;
    const uv = (source: string) => project('uv', { dependencies: ['a'] }, `[tool.uv.sources]\na = ${source}\n`);
    const direct = (...urls: string[]) =>
      urls.map((url) => `a @ git+https://index.example/us/repo${url}`) as readonly string[];
    const workspace = workspaceWith({
      'libs/a/pyproject.toml': project('a'),
      'uv/branch/pyproject.toml': uv(git(', branch = "main"')),
      'uv/commit/pyproject.toml': uv(git(', rev = "7c94c1149875"')),
      'uv/elsewhere/pyproject.toml': uv(git().replace('libs', 'other')),
      'uv/undeclared/pyproject.toml': project('undeclared', {}, `[tool.uv.sources]\na = ${git()}\n`),
      'poetry/pyproject.toml': `[tool.poetry]\nname = "poetry"\nversion = "1"\n[tool.poetry.dependencies]\na = ${git()}\n`,
      'direct/pyproject.toml': project(
        'direct',
        {
          dependencies: direct(
            '#subdirectory=libs/a',
            '@main#egg=a&subdirectory=repo/libs/a/',
            '@v1.0#subdirectory=libs/a',
            '#subdirectory=a',
          ),
        },
        `[build-system]\nrequires = ${JSON.stringify(direct(`#subdirectory=${lib}`))}\nbuild-backend = "a"\n`,
      ),
      'pip/pyproject.toml': project('pip'),
      'pip/requirements-dev.txt': `-e git+https://index.example/us/repo@main#egg=a&subdirectory=${lib}\n`,
    });
    expect(edgesOf(workspace)).toEqual([
      'direct runtime libs/a:4',
      'direct runtime libs/a:4',
      'pip group:dev libs/a:1',
      'poetry runtime libs/a:5',
      'uv/branch runtime libs/a:4',
      'uv/undeclared source libs/a:6',
    ]);
  });

  test('take the sources that the root of the uv workspace states', () => {
    const workspace = workspaceWith({
      'pyproject.toml': '[tool.uv.workspace]\nmembers = ["*"]\n[tool.uv.sources]\na = { index = "elsewhere" }\n',
      'a/pyproject.toml': project('a'),
      'b/pyproject.toml': project('b', { dependencies: ['a'] }),
    });
    expect(edgesOf(workspace)).toEqual([]);
  });

  test('take a source for one extra or group in that list only; elsewhere the name counts', () => {
    const workspace = workspaceWith({
      'a/pyproject.toml': project('a'),
      'other/pyproject.toml': project('other'),
      'b/pyproject.toml': project(
        'b',
        { dependencies: ['a'] },
        '[project.optional-dependencies]\nCPU = ["a"]\ngpu = ["a"]\n[dependency-groups]\nold = ["a"]\nnew = ["a"]\n' +
          '[build-system]\nrequires = ["a"]\n[tool.uv.sources]\n' +
          'a = [{ index = "elsewhere", extra = "cpu" }, { path = "../other", group = "old" }]\n',
      ),
    });
    expect(edgesOf(workspace)).toEqual([
      'b runtime a:4',
      'b extra:gpu a:7',
      'b group:old other:9',
      'b group:new a:10',
      'b build a:12',
    ]);
  });

  test('lead to every source that is for some environment', () => {
    const workspace = workspaceWith({
      'one/pyproject.toml': project('a'),
      'two/pyproject.toml': project('a'),
      'b/pyproject.toml': project(
        'b',
        { dependencies: ['a'] },
        `[tool.uv.sources]\na = [{ path = "../one", marker = "os_name == 'nt'" }, { path = "../two", marker = "os_name != 'nt'" }]\n`,
      ),
    });
    expect(edgesOf(workspace)).toEqual(['b runtime one:4', 'b runtime two:4']);
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
    expect(edgesOf(workspace)).toEqual([
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
    expect(edgesOf(workspace)).toEqual(['sdk runtime api/v2:4', 'tool runtime api/v1:4', 'tool runtime api/v2:4']);
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
    expect(edgesOf(workspace)).toEqual(['five runtime libs/moved:4', 'one runtime libs/moved:4']);
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
    expect(edgesOf(workspace)).toEqual(['b runtime a:undefined', 'b extra:more a:undefined']);
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
    expect(edgesOf(workspace)).toEqual(['b source a:6']);
  });
});
