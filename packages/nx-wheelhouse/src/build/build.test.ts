/** Real builds: what ends up in dists, that the bytes are always the same, and what happens when a backend misbehaves. */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildPackage, useRealTools } from '../../testing/builds.js';
import { folderWith, project, removeFolders } from '../../testing/workspace-folder.js';
import { readVerifiedDists } from './dist-record.js';
import type { BuildOptions } from './plan.js';

beforeAll(useRealTools);
afterAll(removeFolders);

const build = (root: string, name = 'a', options: BuildOptions = {}) => buildPackage(root, name, options);

const hashes = (root: string, folder: string) =>
  readVerifiedDists(root, 'a', folder, `${folder}/dist`).dists.map(({ filename, sha256 }) => `${filename} ${sha256}`);
const sdistFiles = (root: string, filename: string) =>
  execFileSync('tar', ['-tzf', join(root, 'a/dist', filename)], { encoding: 'utf8' })
    .trim()
    .split('\n');

const SETUP_PY = {
  'a/setup.py':
    'from setuptools import find_packages, setup\nsetup(name="a", version="1.0", packages=find_packages("src"), package_dir={"": "src"})\n',
  'a/README.md': '# a\n',
  'a/src/a/__init__.py': 'X = 1\n',
  'a/src/a/sub/__init__.py': '',
};

/** A package whose backend is a module of its own, so that a test can write it. */
const withBackend = (backend: string) => ({
  'a/pyproject.toml': project(
    'a',
    {},
    '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
  ),
  'a/backend.py': backend,
});

describe('a build', () => {
  test('of a setup.py gives sdist and wheel, and leaves the tree as it was', async () => {
    const root = folderWith(SETUP_PY);
    const { record } = await build(root);
    expect(record.files.map(({ filename }) => filename)).toEqual(['a-1.0.tar.gz', 'a-1.0-py3-none-any.whl']);
    expect(record).toMatchObject({ name: 'a', version: '1.0', tools: { backend: 'setuptools.build_meta:__legacy__' } });
    expect(readdirSync(join(root, 'a')).sort()).toEqual(['README.md', 'dist', 'setup.py', 'src']);
    expect(readdirSync(join(root, 'a/src'))).toEqual(['a']);
  });

  test('of a package at the root takes what is its own', async () => {
    const root = folderWith({
      'pyproject.toml': project(
        'a',
        {},
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n',
      ),
      'src/a/__init__.py': '',
      'libs/b/pyproject.toml': project('b'),
    });
    const { record } = await build(root);
    expect(record.files.map(({ kind }) => kind)).toEqual(['sdist', 'wheel']);
    const files = execFileSync('tar', ['-tzf', join(root, 'dist/a-1.0.tar.gz')], { encoding: 'utf8' });
    expect(files).toContain('a-1.0/src/a/__init__.py');
    expect(files).not.toContain('libs');
  });

  test('gives the same bytes in another folder, with other times and modes', async () => {
    const one = folderWith(SETUP_PY);
    const other = folderWith(SETUP_PY);
    chmodSync(join(other, 'a/src/a/__init__.py'), 0o600);
    utimesSync(join(other, 'a/setup.py'), 1_000_000_000, 1_000_000_000);
    const zone = process.env.TZ;
    await build(one);
    process.env.TZ = 'Asia/Tokyo';
    await build(other);
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
    expect(hashes(other, 'a')).toEqual(hashes(one, 'a'));
  });

  test('takes what git tracks or would track, and nothing that it ignores', async () => {
    const root = folderWith({
      ...SETUP_PY,
      '.gitignore': 'secret.py\nbuild/\n',
      'a/src/a/secret.py': '',
      'a/build/lib/a/old.py': '',
    });
    execFileSync('git', ['init', '--quiet'], { cwd: root });
    await build(root);
    const files = sdistFiles(root, 'a-1.0.tar.gz');
    expect(files).toContain('a-1.0/src/a/__init__.py');
    expect(files.filter((file) => /secret|old/.test(file))).toEqual([]);
  });

  test('takes what a link leads to, also out of the folder', async () => {
    const { 'a/README.md': _, ...files } = SETUP_PY;
    const root = folderWith({ ...files, 'README.md': '# The repository\n', 'a/MANIFEST.in': 'include README.md\n' });
    symlinkSync('../README.md', join(root, 'a/README.md'));
    await build(root);
    const content = execFileSync('tar', ['-xzOf', join(root, 'a/dist/a-1.0.tar.gz'), 'a-1.0/README.md'], {
      encoding: 'utf8',
    });
    expect(content).toBe('# The repository\n');
  });

  test('makes the version from git as the tree does, also below the top of the repository', async () => {
    const root = folderWith({
      'unrelated.txt': 'one\n',
      '.gitignore': 'dist\n.wheelhouse\n',
      'workspace/README.md': '# The repository\n',
      'workspace/a/pyproject.toml':
        '[build-system]\nrequires = ["setuptools", "setuptools-scm>=8"]\nbuild-backend = "setuptools.build_meta"\n' +
        '[project]\nname = "a"\ndynamic = ["version"]\n[tool.setuptools_scm]\nroot = "../.."\n',
      'workspace/a/a.py': '',
      'workspace/a/kept.txt': '',
    });
    symlinkSync('../README.md', join(root, 'workspace/a/README.md'));
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@index.example', ...args], { cwd: root });
    git('init', '--quiet');
    git('add', '--all');
    git('commit', '--quiet', '--message', 'One');
    git('tag', 'v1.5.0');
    const version = async () => (await build(join(root, 'workspace'))).record.version;
    expect(await version()).toBe('1.5.0');
    expect(sdistFiles(join(root, 'workspace'), 'a-1.5.0.tar.gz')).toContain('a-1.5.0/kept.txt');
    writeFileSync(join(root, 'unrelated.txt'), 'two\n');
    expect(await version()).toMatch(/^1\.5\.1\.dev0\+/);
    git('commit', '--quiet', '--all', '--message', 'Two');
    expect(await version()).toMatch(/^1\.5\.1\.dev1\+g[0-9a-f]+$/);
    expect(String(git('status', '--porcelain'))).toBe('');
  });

  test('keeps only the wheel, or only the sdist, when asked to', async () => {
    const root = folderWith(SETUP_PY);
    await build(root, 'a', { format: 'wheel' });
    expect(readdirSync(join(root, 'a/dist'))).toEqual(['a-1.0-py3-none-any.whl']);
    await build(root, 'a', { format: 'sdist' });
    expect(readdirSync(join(root, 'a/dist'))).toEqual(['a-1.0.tar.gz']);
  });

  test('clears what was in the folder before', async () => {
    const root = folderWith({ ...SETUP_PY, 'a/dist/a-0.9.tar.gz': 'old', 'a/dist/notes.txt': 'mine' });
    await build(root);
    expect(readdirSync(join(root, 'a/dist')).sort()).toEqual(['a-1.0-py3-none-any.whl', 'a-1.0.tar.gz']);
  });

  test('has the requirements that a backend asks for only when it is called', async () => {
    const root = folderWith({
      'a/pyproject.toml': project(
        'a',
        {},
        '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "backend"\nbackend-path = ["."]\n',
      ),
      'a/backend.py':
        'from setuptools.build_meta import build_sdist, build_wheel as build\n\ndef get_requires_for_build_wheel(config_settings=None):\n    return ["idna==3.10"]\n\ndef build_wheel(directory, config_settings=None, metadata_directory=None):\n    import idna\n    return build(directory)\n',
      'a/a/__init__.py': '',
      'a/MANIFEST.in': 'include backend.py\n',
      'a/setup.cfg': '[options]\npackages = a\n',
    });
    const { record } = await build(root);
    expect(record.tools.buildRequirements).toContain('idna==3.10');
  });
});

describe('a backend that', () => {
  const fails = async (backend: string) => {
    const root = folderWith(withBackend(backend));
    const failure = await build(root).then(
      () => undefined,
      (error: Error) => error.message,
    );
    expect(existsSync(join(root, 'a/dist'))).toBe(false);
    return failure;
  };

  test('raises is quoted, with the project', async () => {
    const failure = await fails(
      'def build_sdist(*args):\n    print("before")\n    raise ValueError("no good: \\udcff")\n',
    );
    expect(failure).toContain('backend failed in build_sdist: ValueError: no good');
    expect(failure).toContain('project a, a/backend.py:3');
    expect(failure).toContain('before');
  });

  test('no interpreter is there for is named with its project', async () => {
    const root = folderWith({ 'a/pyproject.toml': project('a', { 'requires-python': '>=4' }), 'a/a.py': '' });
    await expect(build(root)).rejects.toThrow(/No Python >=4 was found[\s\S]*project a, a\/pyproject\.toml/);
  });

  test('raises what cannot be told is told so', async () => {
    const mute = 'class Mute(Exception):\n    def __str__(self):\n        raise ValueError\n';
    expect(await fails(`${mute}def build_sdist(*args):\n    raise Mute\n`)).toContain(
      'failed in build_sdist: Mute: its message cannot be had (ValueError)',
    );
  });

  test('runs a setup.py that is wrong names its line, in words without our own files', async () => {
    const failure = async (setup: string) => {
      const { 'a/setup.py': _, ...files } = SETUP_PY;
      return build(folderWith({ ...files, 'a/setup.py': setup })).then(String, String);
    };
    const missing = await failure(
      'import os\nfrom setuptools import setup\nsetup(name="a", version=os.environ["NO_SUCH"])\n',
    );
    expect(missing).toContain("KeyError: 'NO_SUCH'");
    expect(missing).toContain('project a, a/setup.py:3');
    expect(missing).not.toMatch(/build_host|site-packages|nx-wheelhouse-build/);
    expect(await failure('from setuptools import setup\nsetup(name="a"\n  version="1")\n')).toContain('a/setup.py:2');
  });

  test('has no setup.py, and a manifest that setuptools refuses, names the manifest', async () => {
    const manifest = `[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n[project]\nname = "a"\nversion = "1"\nkeywords = "one"\n`;
    const failure = await build(folderWith({ 'a/pyproject.toml': manifest, 'a/a.py': '' })).then(String, String);
    expect(failure).toContain('project a, a/pyproject.toml:');
    expect(failure).not.toContain('setup.py');
  });

  test('misses for the wheel what the sdist lacks is told how to take it in, and builds from the sources', async () => {
    const setup =
      'from setuptools import setup\nsetup(name="a", version=open("number.txt").read().strip(), py_modules=[])\n';
    const root = folderWith({ 'a/setup.py': setup, 'a/number.txt': '1.0\n' });
    const failure = await build(root).then(String, String);
    expect(failure).toMatch(/failed in get_requires_for_build_wheel: FileNotFoundError.*'(a\/)?number\.txt'/);
    expect(failure).toMatch(/Fix: .*unpacked sdist.*`direct`/);
    expect((await build(root, 'a', { direct: true })).record.files).toHaveLength(2);
  });

  test('ends its process is noticed', async () => {
    expect(await fails('import os\ndef build_sdist(*args):\n    os._exit(3)\n')).toContain(
      'ended without an answer (exit code 3',
    );
    expect(await fails('import os\ndef build_sdist(*args):\n    os.kill(os.getpid(), 9)\n')).toContain('signal 9');
  });

  test('exits as a program would is noticed', async () => {
    expect(await fails('import sys\ndef build_sdist(*args):\n    sys.exit("enough")\n')).toContain(
      'SystemExit: enough',
    );
  });

  test('names a file that it has not made is told so', async () => {
    expect(await fails('def build_sdist(*args):\n    return "a-1.0.tar.gz"\n')).toContain(
      'said it made the sdist "a-1.0.tar.gz", but there is none',
    );
  });

  test('prints, to whatever it likes, does not break the protocol', async () => {
    const noisy = `
import os, sys
print("at import")
from pathlib import Path
import tarfile

def build_sdist(directory, config_settings=None):
    os.write(1, b'{"id": 1, "ok": true}\\n')
    sys.stderr.write("to stderr\\n")
    with tarfile.open(os.path.join(directory, "a-1.0.tar.gz"), "w:gz") as archive:
        for name in ("pyproject.toml", "backend.py", "PKG-INFO"):
            archive.add(name, "a-1.0/" + name)
    return "a-1.0.tar.gz"
`;
    const metadata = 'Metadata-Version: 2.4\nName: a\nVersion: 1.0\n';
    const root = folderWith({ ...withBackend(noisy), 'a/PKG-INFO': metadata });
    const { record, log } = await build(root, 'a', { format: 'sdist' });
    expect(record.files).toHaveLength(1);
    expect(log).toContain('at import');
    expect(log).toContain('to stderr');
  });
});

describe('a dist record', () => {
  test('refuses a file that is not the one that was built, and one that is gone', async () => {
    const root = folderWith(SETUP_PY);
    await build(root);
    const wheel = join(root, 'a/dist/a-1.0-py3-none-any.whl');
    writeFileSync(wheel, Buffer.concat([readFileSync(wheel), Buffer.from('x')]));
    expect(() => hashes(root, 'a')).toThrow('not the one that was built');
    execFileSync('rm', [wheel]);
    expect(() => hashes(root, 'a')).toThrow('A built file is missing');
  });
});
