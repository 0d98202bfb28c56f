/** `nx release`: versions, requirements between siblings, the lock, changelogs, tags and the index, from one command. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aPackage } from './harness/packages.js';
import { aWorkspace, type Workspace } from './harness/workspace.js';

describe('a release of packages that depend on one another', () => {
  let workspace: Workspace;
  beforeAll(async () => {
    workspace = await aWorkspace({
      files: {
        'pyproject.toml':
          '[tool.uv.workspace]\nmembers = ["libs/*"]\nexclude = ["libs/gamma"]\n\n[tool.uv.sources]\nalpha = { workspace = true }\n',
        ...aPackage('libs/alpha', 'alpha', { version: '1.0' }),
        ...aPackage('libs/beta', 'beta', { version: '1.0.0', dependencies: ['alpha >= 1.0, < 1.1'] }),
        ...aPackage('libs/gamma', 'gamma', {
          version: '1.0.0',
          backend: 'setup.py',
          dependencies: ['beta==1.0.0', 'alpha'],
        }),
        // The version comes from the tags.
        'libs/delta/pyproject.toml':
          '[build-system]\nrequires = ["hatchling", "hatch-vcs"]\nbuild-backend = "hatchling.build"\n\n[project]\nname = "delta"\ndynamic = ["version"]\n\n[tool.hatch.version]\nsource = "vcs"\nraw-options = { root = "../.." }\n',
        'libs/delta/src/delta/__init__.py': '',
      },
      nxJson: {
        release: {
          projects: ['tag:python-package'],
          changelog: { workspaceChangelog: { createRelease: false }, projectChangelogs: true },
        },
      },
    });
    await workspace.run('uv', 'lock');
    await workspace.commit('feat: four packages');
  });
  afterAll(() => workspace?.dispose());

  const manifests = () =>
    ['libs/alpha/pyproject.toml', 'libs/beta/pyproject.toml', 'libs/gamma/setup.py', 'uv.lock'].map((path) =>
      workspace.read(path),
    );
  const isUnchanged = async () => (await workspace.git('status', '--porcelain')) === '';

  test('a dry run says what it would do and writes nothing', async () => {
    const output = await workspace.nx('release 1.1.0rc1 --dry-run --first-release --yes');
    expect(output).toContain('New version 1.1.0rc1 written to manifest: libs/alpha/pyproject.toml');
    expect(output).toContain('alpha>=1.1.0rc1,<1.2');
    expect(await isUnchanged()).toBe(true);
    expect(workspace.has('.wheelhouse/index')).toBe(false);
  });

  test('versioning writes the versions, what siblings require of them, and the lock', async () => {
    const [alpha = '', beta = '', gamma = ''] = manifests();
    await workspace.nx('release version preminor --preid=b --git-tag=false --git-commit=false --first-release');
    expect(manifests().slice(0, 3)).toEqual([
      alpha.replace('"1.0"', '"1.1.0b0"'),
      beta.replace('"1.0.0"', '"1.1.0b0"').replace('>= 1.0, < 1.1', '>= 1.1.0b0, < 1.2'),
      gamma.replace('version="1.0.0"', 'version="1.1.0b0"').replace('beta==1.0.0', 'beta==1.1.0b0'),
    ]);
    await workspace.run('uv', 'lock', '--check');
    await workspace.git('checkout', '--', '.');
  });

  test('one command versions, commits, tags, builds and publishes', async () => {
    const output = await workspace.nx('release minor --first-release --yes');
    expect(output).toContain('Nothing to write for 1.1.0');
    expect(await isUnchanged()).toBe(true);
    expect(await workspace.git('tag')).toBe('v1.1.0\n');
    expect(workspace.read('CHANGELOG.md')).toContain('## 1.1.0');
    for (const name of ['alpha', 'beta', 'gamma', 'delta']) {
      expect(workspace.read(`.wheelhouse/index/simple/${name}/index.html`)).toContain(`${name}-1.1.0.tar.gz`);
    }
    expect(workspace.read('uv.lock')).toContain('version = "1.1.0"');
  });

  test("publishing takes Nx's options, and what is there already is no failure", async () => {
    const output = await workspace.nx('release publish --registry=local --tag=latest --otp=123456');
    expect(output).toContain('alpha');
    const { status, output: refused } = await workspace.tryNx('release publish --registry=nowhere');
    expect(status).not.toBe(0);
    expect(refused).toContain('There is no repository called "nowhere".');
  });

  test('the index tells the current version', async () => {
    workspace.write(
      'nx.json',
      workspace
        .read('nx.json')
        .replace('"projects"', '"version": { "currentVersionResolver": "registry" }, "projects"'),
    );
    const output = await workspace.nx('release version patch --dry-run');
    expect(output).toContain('Resolved the current version as 1.1.0 from the remote registry: repository local');
    expect(output).toContain('New version 1.1.1 written to manifest: libs/beta/pyproject.toml');
    await workspace.git('checkout', '--', 'nx.json');
  });

  test('a mistake stops the release before anything is written', async () => {
    const { status, output } = await workspace.tryNx('release version prerelease');
    expect(status).not.toBe(0);
    expect(output).toContain('"1.1.1-0" is no version that a Python package can have (PEP 440).');
    expect(await isUnchanged()).toBe(true);
  });
});
