/** The same sources give the same bytes, whoever builds them, where and when. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { useRealTools } from '../../testing/builds.js';
import { folderWith, project, removeFolders } from '../../testing/workspace-folder.js';

beforeAll(useRealTools);
afterAll(removeFolders);

const system = (requires: string, backend: string, more = '') =>
  `[build-system]\nrequires = [${requires}]\nbuild-backend = "${backend}"\n${more}`;
const SOURCES = {
  'a/README.md': '# a\n',
  'a/LICENSE': 'MIT\n',
  'a/src/a/__init__.py': '"""The package a."""\n__version__ = "1.0"\n',
  'a/src/a/data/one.txt': 'one\n',
  'a/src/a/data/two.txt': 'two\n',
  'a/src/a/script.sh': '#!/bin/sh\n',
};
const described = { readme: 'README.md', description: 'The package a' };
const fromGit = (name: string, requires: string, backend: string, more: string): [string, Record<string, string>] => [
  name,
  { 'a/pyproject.toml': `[project]\nname = "a"\ndynamic = ["version"]\n${system(requires, backend, more)}` },
];

const BACKENDS: [string, Record<string, string>][] = [
  ['hatchling', { 'a/pyproject.toml': project('a', described, system('"hatchling"', 'hatchling.build')) }],
  ['setuptools', { 'a/pyproject.toml': project('a', described, system('"setuptools"', 'setuptools.build_meta')) }],
  [
    'setuptools, setup.py',
    {
      'a/setup.py':
        'from setuptools import find_packages, setup\nsetup(name="a", version="1.0", packages=find_packages("src"), package_dir={"": "src"}, package_data={"a": ["data/*", "*.sh"]})\n',
    },
  ],
  [
    'setuptools, setup.cfg and MANIFEST.in',
    {
      'a/setup.cfg':
        '[metadata]\nname = a\nversion = attr: a.__version__\nlicense_files = LICENSE\n[options]\npackage_dir =\n    = src\npackages = find:\ninclude_package_data = true\ninstall_requires =\n    c\n    b\n[options.packages.find]\nwhere = src\n[options.extras_require]\ny = z\nx = y\n[options.entry_points]\nconsole_scripts =\n    a = a:main\n    b = a:main\n',
      'a/setup.py': 'from setuptools import setup\nsetup()\n',
      'a/MANIFEST.in': 'graft src\nglobal-exclude *.pyc\n',
    },
  ],
  ['flit', { 'a/pyproject.toml': project('a', described, system('"flit_core"', 'flit_core.buildapi')) }],
  ['poetry-core', { 'a/pyproject.toml': project('a', described, system('"poetry-core"', 'poetry.core.masonry.api')) }],
  [
    'poetry-core, its own table',
    {
      'a/pyproject.toml': `${system('"poetry-core"', 'poetry.core.masonry.api')}[tool.poetry]\nname = "a"\nversion = "1.0"\ndescription = "a"\nauthors = []\nreadme = "README.md"\npackages = [{ include = "a", from = "src" }]\n[tool.poetry.dependencies]\npython = ">=3.8"\nb = { version = "^1", optional = true }\n[tool.poetry.extras]\ny = ["b"]\nx = ["b"]\n`,
    },
  ],
  ['pdm-backend', { 'a/pyproject.toml': project('a', described, system('"pdm-backend"', 'pdm.backend')) }],
  ['uv_build', { 'a/pyproject.toml': project('a', described, system('"uv_build"', 'uv_build')) }],
  fromGit(
    'hatch-vcs',
    '"hatchling", "hatch-vcs"',
    'hatchling.build',
    '[tool.hatch.version]\nsource = "vcs"\nraw-options = { root = ".." }\n[tool.hatch.build.hooks.vcs]\nversion-file = "src/a/_version.py"\n',
  ),
  fromGit(
    'setuptools-scm',
    '"setuptools", "setuptools-scm"',
    'setuptools.build_meta',
    '[tool.setuptools_scm]\nroot = ".."\nversion_file = "src/a/_version.py"\n',
  ),
];

/** Somebody else, as far as this machine has one that can run what a build runs. */
const NOBODY = 65534;
const SYSTEM_PYTHON = '/usr/bin/python3';
const canBeNobody =
  process.getuid?.() === 0 &&
  existsSync(SYSTEM_PYTHON) &&
  spawnSync(SYSTEM_PYTHON, [join(__dirname, '../../python/build_host.py')], { uid: NOBODY, input: '' }).status === 0;

/** One place and person to build at. */
interface World {
  readonly umask: number;
  readonly environment: NodeJS.ProcessEnv;
  readonly order: (paths: string[]) => string[];
  /** seconds since 1970, of all files */
  readonly time: number;
  readonly isNobody: boolean;
  /** whether its file system has executable bits; else all files have them, as on a share or a Windows drive in Linux */
  readonly hasModes: boolean;
}

const COMMON = canBeNobody ? { UV_PYTHON: SYSTEM_PYTHON } : {};
const HERE: World = {
  umask: 0o022,
  environment: { ...COMMON, TZ: 'UTC', LC_ALL: 'C.UTF-8', USER: 'root', LOGNAME: 'root' },
  order: (paths) => paths.sort(),
  time: 1_000_000_000,
  isNobody: false,
  hasModes: true,
};
const ELSEWHERE = (): World => ({
  umask: 0o077,
  environment: {
    ...COMMON,
    TZ: 'Asia/Kathmandu',
    LC_ALL: 'tr_TR.UTF-8',
    LANG: 'tr_TR.UTF-8',
    USER: 'someone',
    LOGNAME: 'someone',
    HOME: folderWith({}),
    // Cold: another tool cache, and another one of uv.
    NX_WHEELHOUSE_CACHE_DIRECTORY: folderWith({}),
    UV_CACHE_DIR: folderWith({}),
  },
  order: (paths) => paths.sort().reverse(),
  time: 1_700_000_001,
  isNobody: canBeNobody,
  hasModes: false,
});

/** @returns `name sha256` of the dists of a package with these files */
async function distsIn(world: World, files: Readonly<Record<string, string>>, depth: string): Promise<string[]> {
  const before = { ...process.env };
  const umask = process.umask(world.umask);
  Object.assign(process.env, world.environment);
  try {
    const paths = world.order(Object.keys(files));
    const root = folderWith(Object.fromEntries(paths.map((path) => [join(depth, path), files[path] ?? ''])));
    const top = join(root, depth);
    chmodSync(join(top, 'a/src/a/script.sh'), 0o777 & ~world.umask);
    asCommitted(top);
    if (!world.hasModes) {
      execFileSync('git', ['config', 'core.fileMode', 'false'], { cwd: top });
      for (const path of paths) chmodSync(join(top, path), 0o777);
    }
    for (const path of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
      if (!path.includes('.git/')) utimesSync(join(root, path), world.time, world.time);
    }
    if (world.isNobody) {
      const own = [
        root,
        world.environment.HOME,
        world.environment.NX_WHEELHOUSE_CACHE_DIRECTORY,
        world.environment.UV_CACHE_DIR,
      ];
      for (const folder of own.filter((one) => one !== undefined)) giveAway(folder);
      process.seteuid?.(NOBODY);
    }
    vi.resetModules();
    const { buildPackage } = await import('../../testing/builds.js');
    const { record } = await buildPackage(top, 'a');
    return record.files.map(({ filename, sha256 }) => `${filename} ${sha256}`);
  } finally {
    if (world.isNobody) process.seteuid?.(0);
    process.umask(umask);
    // Not by another object in its place: the folder for temporary files is looked up in the environment itself.
    for (const name of Object.keys(process.env)) if (!Object.hasOwn(before, name)) delete process.env[name];
    Object.assign(process.env, before);
  }
}

function giveAway(folder: string): void {
  chownSync(folder, NOBODY, NOBODY);
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    chownSync(join(folder, path), NOBODY, NOBODY);
}

/** One commit, the same everywhere: what is made from its hash is no difference of places. */
function asCommitted(root: string): void {
  const date = '2024-01-02T03:04:05Z';
  const env = { ...process.env, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@index.example', ...args], { cwd: root, env });
  git('init', '--quiet');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'Sources');
  git('tag', 'v1.0');
}

test.each(BACKENDS)(
  '%s: other folder, umask, time zone, locale, user, times, order of files, executable bits, cold caches',
  async (_, manifest) => {
    const files = { '.gitignore': 'dist\n.wheelhouse\n_version.py\n', ...SOURCES, ...manifest };
    const here = await distsIn(HERE, files, '.');
    expect(here).toHaveLength(2);
    expect(await distsIn(ELSEWHERE(), files, 'far away/Ünïcode/of here')).toEqual(here);
    expect(await distsIn(HERE, files, 'again')).toEqual(here);
  },
);

test.each(BACKENDS)(
  '%s: temporary files inside of a repository, whose ignore files are no part of the package',
  async (_, manifest) => {
    const files = { ...SOURCES, ...manifest };
    const here = await distsIn(HERE, files, '.');
    const around = folderWith({ '.gitignore': '*.txt\n__init__.py\n', 'temporary/x': '' });
    execFileSync('git', ['init', '--quiet'], { cwd: around });
    const world = { ...HERE, environment: { ...HERE.environment, TMPDIR: join(around, 'temporary') } };
    expect(await distsIn(world, files, '.')).toEqual(here);
  },
);

test('code that writes down where it was called is the same each time: a run that is the only one has always the same folders', async () => {
  const script =
    'import os\nfrom setuptools import setup\nopen("src/a/where.py", "w").write(repr(os.getcwd()))\nsetup(name="a", version="1.0", packages=["a"], package_dir={"": "src"})\n';
  const distsBelow = (TMPDIR: string) =>
    distsIn({ ...HERE, environment: { ...HERE.environment, TMPDIR } }, { ...SOURCES, 'a/setup.py': script }, '.');
  const temporary = folderWith({});
  const here = await distsBelow(temporary);
  expect(await distsBelow(temporary)).toEqual(here);
  expect(await distsBelow(folderWith({}))).not.toEqual(here);
});
