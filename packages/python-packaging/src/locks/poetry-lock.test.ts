/** poetry.lock as poetry itself writes it, and the closures read from it against what `poetry export` selects. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  folderWith,
  manifestIn,
  pinsOf,
  pinsReached,
  removeFolders,
  runIn,
  startOf,
} from '../../testing/lock-tools.js';
import { LockIndex } from './closure.js';
import { parsePoetryLock } from './poetry-lock.js';

afterAll(removeFolders);

/** PyPI by its simple pages, which every mirror has, rather than by the JSON that poetry asks for by itself. */
function simpleIndex(): string {
  const ask = 'from pip._internal.models.index import PyPI; print(PyPI.simple_url)';
  const url = runIn('.', 'python', '-c', ask).trim();
  return `[[tool.poetry.source]]\nname = "simple"\nurl = "${url}/"\n`;
}

const HEAD = '[tool.poetry]\nname = "a"\nversion = "1"\ndescription = ""\nauthors = []\npackage-mode = true\n';

const PROJECTS: Record<string, Record<string, string>> = {
  'extras and groups of poetry 1': {
    'pyproject.toml': `${HEAD}[tool.poetry.dependencies]\npython = "^3.9"\nrequests = { version = "^2.31", extras = ["socks"] }\nsix = { version = "*", optional = true }\ncolorama = { version = "*", platform = "win32" }\n[tool.poetry.extras]\nmore = ["six"]\n[tool.poetry.group.test.dependencies]\npytest = "^8"\n`,
  },
  'a [project] table, and versions by environment': {
    'pyproject.toml':
      '[project]\nname = "a"\nversion = "1"\nrequires-python = ">=3.9,<4"\ndependencies = ["idna<3 ; python_version < \'3.11\'", "idna>=3.7 ; python_version >= \'3.11\'", "click"]\n[project.optional-dependencies]\nnet = ["httpx[http2]"]\n[dependency-groups]\nlint = ["pyflakes"]\n',
  },
  'a sibling in a folder': {
    'pyproject.toml': `${HEAD}[tool.poetry.dependencies]\npython = "^3.9"\nb = { path = "b", develop = true, extras = ["net"] }\n`,
    'b/pyproject.toml': `${HEAD.replace('"a"', '"b"')}[tool.poetry.dependencies]\npython = "^3.9"\nidna = "^3"\nh11 = { version = "*", optional = true }\n[tool.poetry.extras]\nnet = ["h11"]\n`,
    'b/b.py': '',
  },
};

describe.each(Object.entries(PROJECTS))('poetry.lock with %s', (_title, files) => {
  test('gives the closures of run, each extra and each group that poetry export gives', () => {
    const folder = folderWith({ ...files, 'pyproject.toml': files['pyproject.toml'] + simpleIndex() });
    runIn(folder, 'poetry', 'lock', '--quiet', '--no-interaction');
    const index = new LockIndex(parsePoetryLock(readFileSync(join(folder, 'poetry.lock'), 'utf8')));
    const manifest = manifestIn(folder);
    const exported = (...args: string[]) =>
      pinsOf(runIn(folder, 'poetry', 'export', '--without-hashes', '--only', 'main', ...args));
    expect(pinsReached(index, startOf(manifest))).toEqual(exported());
    for (const extra of manifest.extras.kind === 'static' ? manifest.extras.value.keys() : [])
      expect(pinsReached(index, startOf(manifest, [extra])), extra).toEqual(exported('--extras', extra));
    for (const group of manifest.groups.keys())
      expect(pinsReached(index, startOf(manifest, [], [group])), group).toEqual(
        pinsOf(runIn(folder, 'poetry', 'export', '--without-hashes', '--with', group)),
      );
  }, 120_000);
});

describe('poetry.lock', () => {
  test('of format 1.1 keeps its hashes apart', () => {
    const lock = parsePoetryLock(
      '[[package]]\nname = "six"\nversion = "1.16.0"\ndescription = ""\ncategory = "main"\noptional = false\npython-versions = "*"\n[metadata]\nlock-version = "1.1"\npython-versions = "*"\ncontent-hash = "0"\n[metadata.files]\nsix = [{ file = "six.whl", hash = "sha256:1" }]\n',
    );
    expect(lock.packages).toMatchObject([{ name: 'six', version: '1.16.0', hashes: ['sha256:1'] }]);
  });

  test.each([
    ['[metadata]\nlock-version = "3.0"\n', 'format version is 3.0'],
    ['', 'format version is not stated'],
    ['[[package]]\nname = "a"\n[package.dependencies]\nb = 1\n[metadata]\nlock-version = "2.1"\n', '"b" is neither'],
  ])('is refused with the reason: %j', (text, reason) => {
    expect(() => parsePoetryLock(text)).toThrow(reason);
  });
});
