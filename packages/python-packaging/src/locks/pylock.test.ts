/** pylock.toml as tools write it, and what is installed from it against `packaging`'s own selection. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { folderWith, pinsIn, removeFolders, runIn } from '../../testing/lock-tools.js';
import { askPython } from '../../testing/reference.js';
import { normalizeName } from '../names/name.js';
import { LockIndex } from './closure.js';
import { parsePylock } from './pylock.js';
import { select } from './selection.js';

afterAll(removeFolders);

interface Question {
  readonly file: string;
  readonly extras: readonly string[];
  readonly groups: readonly string[] | null;
}

/** The union over systems and interpreters of what the reference implementation would install. */
const SELECT = `
import itertools, pathlib, tomllib
from packaging.markers import default_environment
from packaging.pylock import Pylock
def answer(question):
    lock = Pylock.from_dict(tomllib.loads(pathlib.Path(question["file"]).read_text()))
    found = set()
    for version, (name, system) in itertools.product(
        ["3.9", "3.10", "3.11", "3.13"], [("linux", "Linux"), ("win32", "Windows"), ("darwin", "Darwin")]
    ):
        environment = {**default_environment(), "python_version": version, "python_full_version": version + ".1",
                       "sys_platform": name, "platform_system": system}
        for package, _ in lock.select(environment=environment, extras=question["extras"], dependency_groups=question["groups"]):
            found.add(f"{package.name}=={package.version}")
    return sorted(found)
`;

const MANIFEST =
  '[project]\nname = "a"\nversion = "1"\nrequires-python = ">=3.9"\ndependencies = ["idna==3.10", "colorama==0.4.6 ; sys_platform == \'win32\'"]\n[project.optional-dependencies]\nmore = ["six==1.16.0"]\n[dependency-groups]\ntest = ["iniconfig==2.0.0"]\n';

describe('pylock.toml of pdm', () => {
  let file: string;
  beforeAll(() => {
    const folder = folderWith({ 'pyproject.toml': MANIFEST, 'pdm.toml': '[lock]\nformat = "pylock"\n' });
    runIn(folder, 'pdm', 'lock', '--quiet', '-G', ':all');
    file = join(folder, 'pylock.toml');
  }, 120_000);

  test.each([
    [[], null],
    [['more'], null],
    [[], ['default', 'test']],
    [[], ['test']],
    [['more'], ['default', 'test']],
  ])('installs for extras %j and groups %j what packaging selects', (extras, groups) => {
    const lock = parsePylock(readFileSync(file, 'utf8'));
    const on = groups?.map(normalizeName) ?? lock.defaultGroups;
    const installed = new LockIndex(lock).installed(select(normalizeName('a'), extras.map(normalizeName), on));
    expect(pinsIn(installed)).toEqual(askPython<Question, string[]>(SELECT, [{ file, extras, groups }])[0]);
  });
});

describe('pylock.toml', () => {
  test('of uv does not say which package needs which', () => {
    const folder = folderWith({ 'pyproject.toml': MANIFEST });
    runIn(folder, 'uv', 'lock', '--quiet');
    runIn(folder, 'uv', 'export', '--quiet', '--format', 'pylock.toml', '--output-file', 'pylock.toml');
    const lock = parsePylock(readFileSync(join(folder, 'pylock.toml'), 'utf8'));
    expect(lock.packages.map(({ name }) => name)).toEqual(['colorama', 'idna']);
    expect(lock.edges.kind).toBe('unknown');
  }, 60_000);

  test('that has edges is walked by them', () => {
    const lock = parsePylock(
      'lock-version = "1.0"\ncreated-by = "x"\n[[packages]]\nname = "a"\nversion = "1"\ndependencies = [{ name = "b" }]\n[[packages]]\nname = "b"\nversion = "2"\n[[packages]]\nname = "c"\nversion = "3"\n',
    );
    const index = new LockIndex(lock);
    const reach = index.reach(index.named(normalizeName('a'))[0]?.dependencies ?? [], { kind: 'everything' });
    expect(lock.edges.kind).toBe('known');
    expect(reach.kind === 'known' && pinsIn(reach.closure)).toEqual(['b==2']);
  });

  test.each([
    ['lock-version = "2.0"\n', 'format version is 2.0'],
    ['lock-version = "1.0"\n[[packages]]\nname = "a"\nmarker = "so"\n', '"so" is no marker'],
  ])('is refused with the reason: %j', (text, reason) => {
    expect(() => parsePylock(text)).toThrow(reason);
  });
});
