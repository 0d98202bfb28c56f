/** With which versions the tests of a package outside any uv workspace run. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toolPrograms } from '../../testing/tools.js';
import { folderWith, project, removeFolders, workspaceIn, workspaceWith } from '../../testing/workspace-folder.js';
import type { Package } from '../workspace/workspace.js';
import { packageEnvironment } from './package-environment.js';

/** Two versions of a distribution that no index has. */
const NAME = 'nx-wheelhouse-locked';
const WHEELS = `
import sys, zipfile
for version in ("1.0", "2.0"):
    with zipfile.ZipFile(f"{sys.argv[1]}/nx_wheelhouse_locked-{version}-py3-none-any.whl", "w") as wheel:
        info = f"nx_wheelhouse_locked-{version}.dist-info"
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\\nName: nx-wheelhouse-locked\\nVersion: {version}\\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(f"{info}/RECORD", f"{info}/METADATA,,\\n{info}/WHEEL,,\\n{info}/RECORD,,\\n")
`;
const found = process.env.UV_FIND_LINKS;
let hash: string;

beforeAll(() => {
  const wheels = join(folderWith({}), 'wheels');
  mkdirSync(wheels);
  spawnSync(join(toolPrograms, 'python'), ['-c', WHEELS, wheels]);
  hash = createHash('sha256')
    .update(readFileSync(join(wheels, 'nx_wheelhouse_locked-1.0-py3-none-any.whl')))
    .digest('hex');
  process.env.UV_FIND_LINKS = wheels;
});

afterAll(() => {
  if (found === undefined) delete process.env.UV_FIND_LINKS;
  else process.env.UV_FIND_LINKS = found;
  removeFolders();
});

const BUILD =
  '[build-system]\nrequires = ["setuptools>=64"]\nbuild-backend = "setuptools.build_meta"\n[tool.setuptools]\npackages = []\n';

/** The version that the tests of a package with this lock run with, and the notice. */
async function testedWith(file: string, lock: string, requirement = NAME) {
  const workspace = workspaceWith({
    'a/pyproject.toml': project('a', { dependencies: [requirement] }, BUILD),
    ...(file === '' ? {} : { [`a/${file}`]: lock }),
  });
  const { python, notice } = await packageEnvironment(workspace, workspace.packages.get('a') as Package);
  const asked = spawnSync(python, ['-c', `import importlib.metadata as m; print(m.version("${NAME}"))`], {
    encoding: 'utf8',
  });
  return { version: asked.stdout.trim(), notice };
}

const poetry = (digest: string) =>
  `[[package]]\nname = "${NAME}"\nversion = "1.0"\nfiles = [{ file = "x.whl", hash = "sha256:${digest}" }]\n[metadata]\nlock-version = "2.1"\n`;

test.each<[string, () => string]>([
  ['poetry.lock', () => poetry(hash)],
  [
    'pdm.lock',
    () =>
      `[[package]]\nname = "${NAME}"\nversion = "1.0"\nfiles = [{ file = "x.whl", hash = "sha256:${hash}" }]\n[metadata]\nlock_version = "4.5.0"\ngroups = ["default"]\n`,
  ],
  [
    'pylock.toml',
    () =>
      `lock-version = "1.0"\n[[packages]]\nname = "${NAME}"\nversion = "1.0"\nwheels = [{ name = "x.whl", url = "https://index.example/x.whl", hashes = { sha256 = "${hash}" } }]\n`,
  ],
  ['requirements.txt', () => `${NAME}==1.0 --hash=sha256:${hash}\n`],
])(
  'that of %s, not the newest',
  async (file, lock) => {
    expect(await testedWith(file, lock())).toEqual({ version: '1.0', notice: '' });
  },
  120_000,
);

describe('a direct reference of the lock', () => {
  let repository: string;
  let commit: string;
  const git = (...args: string[]) => {
    const author = ['-c', 'user.name=Test', '-c', 'user.email=test@index.example'];
    const { status, stdout } = spawnSync('git', [...author, ...args], { cwd: repository, encoding: 'utf8' });
    expect(status).toBe(0);
    return stdout.trim();
  };
  const release = (version: string) => {
    writeFileSync(
      join(repository, 'pkg/pyproject.toml'),
      `[project]\nname = "${NAME}"\nversion = "${version}"\n[project.optional-dependencies]\nx = ["iniconfig"]\n${BUILD}`,
    );
    git('add', '.');
    git('commit', '--quiet', '--message', version);
    return git('rev-parse', 'HEAD');
  };
  beforeAll(() => {
    repository = folderWith({ 'pkg/README.md': '' });
    git('init', '--quiet');
    commit = release('5.0');
    release('6.0');
  });

  const wheel = () => `file://${process.env.UV_FIND_LINKS}/nx_wheelhouse_locked-1.0-py3-none-any.whl`;
  const branch = () => `${NAME} @ git+file://${repository}#subdirectory=pkg`;
  const packageEntry = `[[package]]\nname = "${NAME}"\nversion = "5.0"\n`;
  const fromGit = {
    'poetry.lock': () =>
      `${packageEntry}files = []\n[package.source]\ntype = "git"\nurl = "file://${repository}"\nresolved_reference = "${commit}"\nsubdirectory = "pkg"\n[metadata]\nlock-version = "2.1"\n`,
    'pdm.lock': () =>
      `${packageEntry}git = "file://${repository}"\nrevision = "${commit}"\nsubdirectory = "pkg"\n[metadata]\nlock_version = "4.5.0"\ngroups = ["default"]\n`,
    'pylock.toml': () =>
      `lock-version = "1.0"\n[[packages]]\nname = "${NAME}"\nvcs = { type = "git", url = "file://${repository}", commit-id = "${commit}", subdirectory = "pkg" }\n`,
    'requirements.txt': () => `${NAME} @ git+file://${repository}@${commit}#subdirectory=pkg\n`,
  };

  test.each(Object.entries(fromGit))(
    'to a commit in %s counts, for a name and for a branch that has moved on',
    async (file, lock) => {
      expect(await testedWith(file, lock())).toEqual({ version: '5.0', notice: '' });
      expect(await testedWith(file, lock(), `${branch()}`)).toEqual({ version: '5.0', notice: '' });
    },
    240_000,
  );

  test('to an archive counts', async () => {
    expect(await testedWith('requirements.txt', `${NAME} @ ${wheel()}\n`)).toEqual({ version: '1.0', notice: '' });
  }, 120_000);

  test('leaves the extras that are asked for', async () => {
    const workspace = workspaceWith({
      'a/pyproject.toml': project('a', { dependencies: [`${NAME}[x]`] }, BUILD),
      'a/poetry.lock': fromGit['poetry.lock'](),
    });
    const { python } = await packageEnvironment(workspace, workspace.packages.get('a') as Package);
    expect(spawnSync(python, ['-c', 'import iniconfig']).status).toBe(0);
  }, 120_000);
});

describe('a sibling is that of the tree, editable', () => {
  const BRANCH = '#subdirectory=libs/sibling';
  const ofBranch = (root: string) => `sibling @ git+file://${root}${BRANCH}`;
  const uvSource = (root: string) =>
    `[tool.uv.sources]\nsibling = { git = "file://${root}", subdirectory = "libs/sibling" }\n`;

  test.each<[string, (root: string) => string]>([
    ['from git by a direct reference', (root) => project('a', { dependencies: [ofBranch(root)] }, BUILD)],
    ['from git by a source of uv', (root) => project('a', { dependencies: ['sibling'] }, uvSource(root) + BUILD)],
    [
      'from git in a group',
      (root) => project('a', {}, `[dependency-groups]\ndev = ["${ofBranch(root)}", "iniconfig"]\n${BUILD}`),
    ],
    [
      'by its path in an environment of hatch',
      () =>
        project(
          'a',
          {},
          `[tool.hatch.envs.test]\ndependencies = ["sibling @ {root:uri}/../sibling", "iniconfig"]\n${BUILD}`,
        ),
    ],
  ])(
    'also where it is taken from elsewhere: %s',
    async (_, manifest) => {
      const root = folderWith({
        'libs/sibling/pyproject.toml': project('sibling', {}, BUILD),
        'libs/a/.keep': '',
      });
      const git = (...args: string[]) =>
        spawnSync('git', ['-c', 'user.name=T', '-c', 'user.email=t@index.example', ...args], { cwd: root });
      git('init', '--quiet');
      git('add', '.');
      expect(git('commit', '--quiet', '--message', 'all').status).toBe(0);
      writeFileSync(join(root, 'libs/a/pyproject.toml'), manifest(root));
      const workspace = workspaceIn(root);
      const { python } = await packageEnvironment(workspace, workspace.packages.get('libs/a') as Package);
      const where = 'import importlib.metadata as m; print(m.distribution("sibling").read_text("direct_url.json"))';
      const asked = spawnSync(python, ['-c', where], { encoding: 'utf8' });
      expect(JSON.parse(asked.stdout)).toMatchObject({
        url: `file://${root}/libs/sibling`,
        dir_info: { editable: true },
      });
      if (manifest(root).includes('iniconfig')) expect(spawnSync(python, ['-c', 'import iniconfig']).status).toBe(0);
    },
    240_000,
  );
});

test('the newest where nothing is locked', async () => {
  expect(await testedWith('', '')).toEqual({ version: '2.0', notice: '' });
}, 120_000);

test('a file of another hash than the lock has is refused', async () => {
  await expect(testedWith('poetry.lock', poetry('0'.repeat(64)))).rejects.toThrow(/could not be made/);
}, 120_000);

test('a lock that is older than the manifest is not followed, and that is said', async () => {
  const { version, notice } = await testedWith('poetry.lock', poetry(hash), `${NAME}>=2`);
  expect(version).toBe('2.0');
  expect(notice).toContain('not with the versions of a/poetry.lock');
  expect(notice).toContain('a/pyproject.toml:4');
}, 120_000);

test('a backend that cannot install in place is told apart from requirements that are not there', async () => {
  const backend = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n';
  const workspace = workspaceWith({ 'a/pyproject.toml': project('a', {}, backend), 'a/backend.py': '' });
  const environment = packageEnvironment(workspace, workspace.packages.get('a') as Package);
  await expect(environment).rejects.toMatchObject({ fix: expect.stringContaining('PEP 660') });
});
