/** What must get into no dist: secrets, and what lies in the tree without being part of it. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildPackage, useRealTools } from '../../testing/builds.js';
import { toolPrograms } from '../../testing/tools.js';
import { folderWith, project, removeFolders } from '../../testing/workspace-folder.js';

beforeAll(useRealTools);
afterAll(removeFolders);

const NEVER = [
  '.env',
  '.env.local',
  '.pypirc',
  '.netrc',
  'id_rsa',
  'node_modules/x/index.js',
  '.venv/lib/y.py',
  'build/lib/a/old.py',
];
const IGNORED = '.env*\n.pypirc\n.netrc\nid_rsa\nnode_modules/\n.venv/\nbuild/\ndist/\n.wheelhouse/\n';

/** Each takes in everything that it sees. */
const GREEDY: [string, Record<string, string>][] = [
  [
    'setuptools',
    {
      'a/setup.py':
        'from setuptools import setup\nsetup(name="a", version="1.0", packages=["a"], include_package_data=True)\n',
      'a/MANIFEST.in': 'graft .\n',
    },
  ],
  [
    'hatchling',
    {
      'a/pyproject.toml': project(
        'a',
        {},
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[tool.hatch.build]\nignore-vcs = true\n[tool.hatch.build.targets.wheel]\npackages = ["a"]\n',
      ),
    },
  ],
  [
    'pdm-backend',
    {
      'a/pyproject.toml': project(
        'a',
        {},
        '[build-system]\nrequires = ["pdm-backend"]\nbuild-backend = "pdm.backend"\n[tool.pdm.build]\nincludes = ["**/*", "**/.*"]\n',
      ),
    },
  ],
  [
    'flit',
    {
      'a/pyproject.toml': project(
        'a',
        { description: 'a' },
        '[build-system]\nrequires = ["flit_core<4"]\nbuild-backend = "flit_core.buildapi"\n[tool.flit.sdist]\ninclude = ["**/*", "**/.*"]\n',
      ),
    },
  ],
  [
    'poetry-core',
    {
      'a/pyproject.toml': project(
        'a',
        {},
        '[build-system]\nrequires = ["poetry-core"]\nbuild-backend = "poetry.core.masonry.api"\n[tool.poetry]\ninclude = [{ path = "**/*", format = ["sdist", "wheel"] }, { path = "**/.*", format = ["sdist", "wheel"] }]\npackages = [{ include = "a" }]\n',
      ),
    },
  ],
  [
    'uv_build',
    {
      'a/pyproject.toml': project(
        'a',
        {},
        '[build-system]\nrequires = ["uv_build>=0.9,<1"]\nbuild-backend = "uv_build"\n[tool.uv.build-backend]\nmodule-root = ""\nsource-include = ["**"]\ndefault-excludes = false\n',
      ),
    },
  ],
];

function treeWith(files: Readonly<Record<string, string>>): string {
  const secrets = [...NEVER, ...NEVER.map((path) => `a/${path}`)].map((path) => [`a/${path}`, 'secret = 1\n']);
  return folderWith({ ...files, 'a/a/__init__.py': '', ...Object.fromEntries(secrets) });
}

function filesOf(root: string, names: readonly string[]): string[] {
  const script =
    'import sys, tarfile, zipfile\nfor p in sys.argv[1:]:\n    a = zipfile.ZipFile(p) if p.endswith(".whl") else tarfile.open(p)\n    print("\\n".join(a.namelist() if p.endswith(".whl") else a.getnames()))\n';
  const paths = names.map((name) => join(root, 'a/dist', name));
  return execFileSync(join(toolPrograms, 'python'), ['-c', script, ...paths], { encoding: 'utf8' }).split('\n');
}

describe.each(GREEDY)('a dist of %s holds no secrets and nothing ignored', (_, manifest) => {
  test.each([
    ['where git ignores them', true],
    ['without git', false],
  ])('%s', async (_where, withGit) => {
    const root = treeWith({ ...manifest, ...(withGit ? { '.gitignore': IGNORED } : {}) });
    if (withGit) execFileSync('git', ['init', '--quiet'], { cwd: root });
    const { record } = await buildPackage(root, 'a');
    const files = filesOf(
      root,
      record.files.map(({ filename }) => filename),
    );
    expect(files.filter((file) => file.endsWith('a/__init__.py')).length).toBeGreaterThanOrEqual(2);
    expect(files.filter((file) => NEVER.some((path) => file.endsWith(`/${path}`) || file === path))).toEqual([]);
  });
});

test('a private key of any name is refused in a wheel, unless it is said to be none', async () => {
  const key = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n-----BEGIN RSA PRIVATE KEY-----\nAA==\n';
  const manifest = (settings: string) =>
    project('a', {}, `[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n${settings}`);
  const files = { 'a/a/__init__.py': '# -----BEGIN PRIVATE KEY-----\n', 'a/a/server.pem': key };
  await expect(buildPackage(folderWith({ ...files, 'a/pyproject.toml': manifest('') }), 'a')).rejects.toThrow(
    'a/server.pem is a private key',
  );
  const meant = manifest('[tool.nx-wheelhouse]\nnot-secret = ["a/server.pem"]\n');
  const { record } = await buildPackage(folderWith({ ...files, 'a/pyproject.toml': meant }), 'a');
  expect(record.files).toHaveLength(2);
});

test('a secret that git would take in is refused by name', async () => {
  const root = treeWith(GREEDY[0]?.[1] ?? {});
  execFileSync('git', ['init', '--quiet'], { cwd: root });
  await expect(buildPackage(root, 'a')).rejects.toThrow(
    /a\/\.env holds secrets by its name[\s\S]*id_rsa[\s\S]*node_modules/,
  );
  expect(existsSync(join(root, 'a/dist'))).toBe(false);
});

test('a private key of any name that lies beside the sources and is in no repository is refused in the sdist too', async () => {
  const key = '-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n';
  const manifest = project('a', {}, '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n');
  const root = folderWith({
    'a/pyproject.toml': manifest,
    'a/a/__init__.py': '',
    'a/deploy.pem': key,
    'a/tests/server.key': key,
  });
  const failure = () => buildPackage(root, 'a').then(String, String);
  expect(await failure()).toMatch(/a-1\.0\.tar\.gz: deploy\.pem is a private key/);
  expect(await failure()).not.toContain('server.key');
  execFileSync('git', ['init', '--quiet'], { cwd: root });
  expect(await failure()).toMatch(/deploy\.pem is a private key/);
  execFileSync('git', ['add', 'a/deploy.pem'], { cwd: root });
  expect((await buildPackage(root, 'a')).record.files).toHaveLength(2);
});
