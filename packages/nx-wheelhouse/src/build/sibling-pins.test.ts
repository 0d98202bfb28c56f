/** Requirements on packages of the workspace, as they are written into dists. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatRequirement, parseRequirement } from '@nx-wheelhouse/python-packaging';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildPackage, useRealTools } from '../../testing/builds.js';
import { toolPrograms } from '../../testing/tools.js';
import { folderWith, project, removeFolders, workspaceWith } from '../../testing/workspace-folder.js';
import { withPins } from './portable-manifest.js';
import { type Pins, pinned, planPins } from './sibling-pins.js';

beforeAll(useRealTools);
afterAll(removeFolders);

const pins = (mode: Pins['mode'], version = '1.2.3'): Pins => ({ mode, versions: new Map([['b', version]]) as never });
const written = (text: string, how: Pins) => formatRequirement(pinned(parseRequirement(text), how));

describe('a requirement on a sibling', () => {
  test.each([
    ['as-declared', 'b>=1', '1.2.3', 'b>=1'],
    ['exact', 'b', '1.2.3', 'b==1.2.3'],
    ['exact', 'b>=1,<2', '1.2.3+local', 'b==1.2.3+local'],
    ['compatible', 'b', '1.2.3', 'b~=1.2.3'],
    ['compatible', 'b', '2', 'b~=2.0'],
    ['compatible', 'b', '1!2rc1', 'b~=1!2.0rc1'],
    ['compatible', 'b', '1.2+local', 'b~=1.2'],
    ['compatible', 'b>=1,<2,!=1.2.4', '1.2.3', 'b~=1.2.3,!=1.2.4'],
    ['compatible', 'b<1.2.9,<1.3,<=1.3', '1.2.3', 'b~=1.2.3,<1.2.9'],
    ['compatible', 'b<2.0,<1.9', '1.2', 'b~=1.2,<1.9'],
    ['minimum', 'b>=1,<3,!=1.1', '1.2.3', 'b>=1.2.3,<3,!=1.1'],
    ['minimum', 'B[x] ; python_version < "3.9"', '1.2.3', 'B[x]>=1.2.3; python_version < "3.9"'],
    ['exact', 'other>=1', '1.2.3', 'other>=1'],
    ['exact', 'b @ file:../b', '1.2.3', 'b==1.2.3'],
  ] as const)('%s: %s with %s is %s', (mode, declared, version, expected) => {
    expect(parseRequirement(written(declared, pins(mode, version)))).toEqual(parseRequirement(expected));
  });

  test('that excludes the sibling’s version is refused, with its line', () => {
    const workspace = workspaceWith({
      'a/pyproject.toml': project('a', { dependencies: ['b<1'] }),
      'b/pyproject.toml': project('b'),
    });
    const a = workspace.packages.get('a');
    expect(() => a && planPins(a, workspace, 'exact')).toThrow(
      /"b<1" excludes the sibling's own version 1\.0[\s\S]*a\/pyproject\.toml:4/,
    );
    expect(() => a && planPins(a, workspace, 'tight')).toThrow('"tight" is no way to pin siblings');
  });

  test('is narrowed where it stands in the manifest, and nothing else is touched', () => {
    const text = project(
      'a',
      { dependencies: ['b', 'c>=1'] },
      '[project.optional-dependencies]\nx = ["b[y]"] # kept\n',
    );
    expect(withPins(text, pins('exact'))).toBe(text.replace('"b"', '"b==1.2.3"').replace('"b[y]"', '"b[y]==1.2.3"'));
  });
});

const READ = `
import base64, glob, hashlib, json, sys, tarfile, zipfile
[wheel] = glob.glob(sys.argv[1] + "/*.whl")
with zipfile.ZipFile(wheel) as archive:
    assert archive.testzip() is None
    folder = [name for name in archive.namelist() if name.endswith("/METADATA")][0][: -len("METADATA")]
    for line in archive.read(folder + "RECORD").decode().splitlines():
        path, digest, size = line.rsplit(",", 2)
        if not path.endswith("RECORD"):
            content = archive.read(path)
            expected = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
            assert (digest, int(size)) == ("sha256=" + expected, len(content)), path
    metadata = [archive.read(folder + "METADATA").decode()]
[sdist] = glob.glob(sys.argv[1] + "/*.tar.gz")
with tarfile.open(sdist) as archive:
    metadata += [archive.extractfile(m).read().decode() for m in archive.getmembers() if m.name.endswith("/PKG-INFO")]
print(json.dumps([[line for line in text.split("\\n\\n")[0].split("\\n") if line.startswith("Requires-Dist")] for text in metadata]))
`;

describe('the dists of a package', () => {
  const requirements = (root: string) =>
    JSON.parse(
      execFileSync(join(toolPrograms, 'python'), ['-c', READ, join(root, 'a/dist')], { encoding: 'utf8' }),
    ) as string[][];
  const sibling = { 'b/pyproject.toml': project('b', {}, '[build-system]\nrequires = ["setuptools"]\n') };

  test('with a static manifest pin the sibling in METADATA, PKG-INFO and the sdist’s manifest', async () => {
    const root = folderWith({
      ...sibling,
      'a/pyproject.toml': project(
        'a',
        { dependencies: ['b'] },
        '[project.optional-dependencies]\nx = ["b[y]>=1"]\n[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n',
      ),
      'a/a.py': '',
    });
    await buildPackage(root, 'a', { siblingPins: 'compatible' });
    for (const fields of requirements(root)) {
      expect(fields.sort()).toEqual(['Requires-Dist: b[y]~=1.0; extra == "x"', 'Requires-Dist: b~=1.0']);
    }
    const manifest = execFileSync('tar', ['-xzOf', join(root, 'a/dist/a-1.0.tar.gz'), 'a-1.0/pyproject.toml'], {
      encoding: 'utf8',
    });
    expect(manifest).toContain('dependencies = ["b~=1.0"]');
  });

  const legacy = 'name = "a"\nversion = "1.0"\ndescription = ""\nauthors = []\n';
  const inBothFiles = (text: string) => ({ 'a/pyproject.toml': text, 'a/a.py': '"""a"""\n' });
  test.each<[string, Record<string, string>, string, string, readonly string[]]>([
    [
      'of poetry',
      inBothFiles(
        `[build-system]\nrequires = ["poetry-core"]\nbuild-backend = "poetry.core.masonry.api"\n[tool.poetry]\n${legacy}[tool.poetry.dependencies]\nb = { path = "../b", extras = ["y"], markers = "python_version > '3.8'" }\n`,
      ),
      'pyproject.toml',
      'version = "~=1.0"',
      ['Requires-Dist: b[y]~=1.0; python_version > "3.8"'],
    ],
    [
      'of flit',
      inBothFiles(
        '[build-system]\nrequires = ["flit_core<4"]\nbuild-backend = "flit_core.buildapi"\n[project]\nname = "a"\nversion = "1.0"\ndescription = "a"\ndependencies = ["b[y]; python_version > \'3.8\'"]\n',
      ),
      'pyproject.toml',
      'b[y]~=1.0; python_version',
      ['Requires-Dist: b[y]~=1.0; python_version > "3.8"'],
    ],
    [
      'of setuptools, in setup.cfg',
      {
        'a/setup.cfg':
          '[metadata]\nname = a\nversion = 1.0\n[options]\npy_modules = a\ninstall_requires =\n    c\n    b>=0.5 # why\n[options.extras_require]\nx =\n    b[y]; python_version > "3.8"\n',
        'a/setup.py': 'from setuptools import setup\nsetup()\n',
        'a/a.py': '',
      },
      'setup.cfg',
      'b[y]~=1.0; python_version > "3.8"',
      [
        'Requires-Dist: b[y]~=1.0; python_version > "3.8" and extra == "x"',
        'Requires-Dist: b~=1.0',
        'Requires-Dist: c',
      ],
    ],
  ])('%s pin it where it stands, also in the sdist', async (_, files, manifest, pinnedText, expected) => {
    const root = folderWith({ ...sibling, ...files });
    await buildPackage(root, 'a', { siblingPins: 'compatible' });
    for (const fields of requirements(root)) {
      expect(
        fields
          .map((field) =>
            field.replace(
              /^(Requires-Dist: )(.*)$/,
              (_all, name, text) => name + formatRequirement(parseRequirement(text)),
            ),
          )
          .sort(),
      ).toEqual(expected);
    }
    const text = execFileSync('tar', ['-xzOf', join(root, 'a/dist/a-1.0.tar.gz'), `a-1.0/${manifest}`], {
      encoding: 'utf8',
    });
    expect(text).toContain(pinnedText);
    for (const [path, before] of Object.entries(files)) expect(readFileSync(join(root, path), 'utf8')).toBe(before);
  });

  test('with a setup.py pin it in the metadata, and RECORD is right', async () => {
    const root = folderWith({
      ...sibling,
      'a/setup.py':
        'from setuptools import setup\nrequirement = "b" + ">=1"\nsetup(name="a", version="1.0", py_modules=["a"], install_requires=["b>=0.5", "c"])\n',
      'a/a.py': '',
    });
    await buildPackage(root, 'a', { siblingPins: 'exact' });
    for (const fields of requirements(root)) expect(fields).toEqual(['Requires-Dist: b==1.0', 'Requires-Dist: c']);
  });
});
