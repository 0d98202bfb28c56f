/** pdm.lock as pdm itself writes it, and the closures read from it against what `pdm export` selects. */
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
import { parsePdmLock } from './pdm-lock.js';

afterAll(removeFolders);

const PROJECTS: Record<string, Record<string, string>> = {
  'extras and groups': {
    'pyproject.toml':
      '[project]\nname = "a"\nversion = "1"\nrequires-python = ">=3.9"\ndependencies = ["requests[socks]==2.31.0", "colorama ; sys_platform == \'win32\'"]\n[project.optional-dependencies]\nmore = ["six"]\n[dependency-groups]\ntest = ["pytest"]\n[tool.pdm.dev-dependencies]\nold = ["click"]\n',
  },
  'a sibling in a folder': {
    'pyproject.toml': `[project]\nname = "a"\nversion = "1"\nrequires-python = ">=3.9"\ndependencies = []\n[tool.pdm.dev-dependencies]\ndev = ["-e file:///\${PROJECT_ROOT}/b#egg=b"]\n`,
    'b/pyproject.toml':
      '[project]\nname = "b"\nversion = "1"\nrequires-python = ">=3.9"\ndependencies = ["idna>=3"]\n[build-system]\nrequires = ["pdm-backend"]\nbuild-backend = "pdm.backend"\n',
    'b/b.py': '',
  },
};

describe.each(Object.entries(PROJECTS))('pdm.lock with %s', (_title, files) => {
  test('gives the closures of run, each extra and each group that pdm export gives', () => {
    const folder = folderWith(files);
    runIn(folder, 'pdm', 'lock', '--quiet', '-G', ':all');
    const index = new LockIndex(parsePdmLock(readFileSync(join(folder, 'pdm.lock'), 'utf8')));
    const manifest = manifestIn(folder);
    const exported = (...args: string[]) =>
      pinsOf(runIn(folder, 'pdm', 'export', '--quiet', '-f', 'requirements', '--without-hashes', '--prod', ...args));
    expect(pinsReached(index, startOf(manifest))).toEqual(exported());
    for (const extra of manifest.extras.kind === 'static' ? manifest.extras.value.keys() : [])
      expect(pinsReached(index, startOf(manifest, [extra])), extra).toEqual(exported('-G', extra));
    for (const group of manifest.groups.keys())
      expect(pinsReached(index, startOf(manifest, [], [group])), group).toEqual(
        pinsOf(
          runIn(folder, 'pdm', 'export', '--quiet', '-f', 'requirements', '--without-hashes', '--dev', '-G', group),
        ),
      );
  }, 120_000);
});

describe('pdm.lock', () => {
  test.each([
    ['[metadata]\nlock_version = "5.0"\n', 'format version is 5.0'],
    ['[[package]]\nname = "a"\ndependencies = ["=="]\n[metadata]\nlock_version = "4.5.0"\n', '"==" is no requirement'],
  ])('is refused with the reason: %j', (text, reason) => {
    expect(() => parsePdmLock(text)).toThrow(reason);
  });
});
