/** Mappings to conda agree with what py-rattler and `packaging` make of them. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { askPython } from '../../testing/reference.js';
import { parseWheelFilename } from '../dists/filenames.js';
import { normalizeName } from '../names/name.js';
import { parseSpecifierSet } from '../versions/specifiers.js';
import { condaDependencies, type DependencyRules } from './dependencies.js';
import type { CondaTarget } from './environments.js';
import { isMatchSpec } from './match-spec.js';
import { importableModules } from './modules.js';
import { condaForgeName } from './names.js';
import { NotForConda } from './not-for-conda.js';
import { condaTargets } from './targets.js';
import { condaVersionSpec } from './version-specs.js';

const RULES: DependencyRules = { nameOf: condaForgeName, replacements: new Map() };
const NOARCH: CondaTarget = { kind: 'noarch', platforms: 'all' };

function depends(requiresDist: readonly string[], target = NOARCH, rules = RULES, requiresPython?: string) {
  return condaDependencies({ requiresDist, requiresPython }, target, rules);
}

describe('version specifiers', () => {
  test.each([
    ['~=2.30.1', '>=2.30.1,2.30.*'],
    ['~=2.30', '>=2.30,2.*'],
    ['~=1!2.3', '>=1!2.3,1!2.*'],
    ['~=1.4.5a4', '>=1.4.5a4,1.4.*'],
    ['<2', '<2a0'],
    ['<2.0', '<2a0'],
    ['<1!2.10', '<1!2.10a0'],
    ['<2.0rc1', '<2.0rc1'],
    ['==1.*', '1.*'],
    ['!=1.5.*', '!=1.5.*'],
    ['===4.9', '==4.9'],
    ['==1.0+local', '==1.0+local'],
    ['>=1,==1.*,!=1.5', '>=1,1.*,!=1.5'],
    ['', ''],
  ])('%s becomes %s', (specifiers, expected) => {
    expect(condaVersionSpec(parseSpecifierSet(specifiers))).toBe(expected);
  });

  test('take the versions that they take with `packaging`', () => {
    const release = fc.constantFrom('0', '1', '1.0', '1.1', '1.1.0', '1.10', '1.2.3', '2', '2.0', '2.30.1', '1!1.1');
    const shortRelease = fc.constantFrom('1.1', '1.10', '1.2.3', '2.30.1', '1!1.1');
    const version = fc.oneof(
      release,
      fc.tuple(shortRelease, fc.constantFrom('a1', 'rc2')).map((parts) => parts.join('')),
    );
    const clause = fc.oneof(
      // `>` is left out: conda takes a post-release of V for one above V.
      fc.tuple(fc.constantFrom('==', '!=', '>=', '<=', '<'), version).map((parts) => parts.join('')),
      fc.tuple(fc.constantFrom('==', '!='), release).map((parts) => `${parts.join('')}.*`),
      version.filter((text) => text.includes('.')).map((text) => `~=${text}`),
    );
    const set = fc.array(clause, { maxLength: 3 }).map((clauses) => clauses.join(','));
    const candidate = fc
      .tuple(release, fc.constantFrom('', '', 'a1', 'b1', 'rc2', '.post1'))
      .map((parts) => parts.join(''));
    // conda tells pre-releases of 1.1 from those of 1.1.0, so two of them are compared only where both are written alike.
    const comparable = ([specifiers, text]: readonly [string, string]) =>
      !(/[abc]\d/.test(specifiers) && /\.0[abr]|^2[abr]|^1[abr]/.test(text));
    const cases = fc.sample(fc.tuple(set, candidate).filter(comparable), 20_000).map(([specifiers, text]) => {
      const spec = condaVersionSpec(parseSpecifierSet(specifiers));
      return [specifiers, spec === '' ? 'a' : `a ${spec}`, text] as const;
    });
    const source = `
from packaging.specifiers import SpecifierSet
from rattler import MatchSpec, PackageRecord
from rattler.package.build_string import BuildString
def answer(case):
    specifiers, spec, version = case
    record = PackageRecord(name='a', version=version, build=BuildString('0'), build_number=0, subdir='noarch')
    return [SpecifierSet(specifiers).contains(version, prereleases=True), MatchSpec(spec, strict=True).matches(record)]`;
    const answers = askPython<(typeof cases)[number], [boolean, boolean]>(source, cases);
    const different = answers.flatMap(([theirs, ours], index) =>
      theirs === ours ? [] : [[...(cases[index] ?? []), theirs]],
    );
    expect(different).toEqual([]);
    expect(answers.filter(([taken]) => taken).length).toBeGreaterThan(2_000);
  });
});

describe('match specifications', () => {
  test('are taken only in forms that py-rattler takes strictly', () => {
    const version = fc.constantFrom(
      '1',
      '1.0',
      '1!2.0',
      '1.0+local',
      '2.0a1',
      '1.0_3',
      '',
      '.',
      '1..2',
      '1.0-1',
      'x',
      '1.*',
    );
    const clause = fc
      .tuple(fc.constantFrom('', '==', '>=', '<', '!=', '~=', '=', '=>'), version, fc.constantFrom('', '', '.*', '*'))
      .map((parts) => parts.join(''));
    const versions = fc.array(fc.tuple(clause, fc.constantFrom(',', '|', ', ')), { maxLength: 3 }).map((parts) =>
      parts
        .map(([text, separator]) => text + separator)
        .join('')
        .replace(/[,| ]+$/, ''),
    );
    const name = fc.constantFrom('a', 'a.b', 'a_b', '_a', '__unix', 'a b', '-a', 'python', 'a[x]');
    const spec = fc
      .tuple(name, versions, fc.constantFrom('', '', ' *_cp311', ' py_0', ' a-b'))
      .map(([first, second, third]) => {
        return `${first}${second === '' ? '' : ` ${second}`}${third}`;
      });
    const taken = fc.sample(spec, 20_000).filter(isMatchSpec);
    expect(taken.length).toBeGreaterThan(500);
    const source = `
from rattler import MatchSpec
def answer(spec):
    try:
        MatchSpec(spec, strict=True)
    except Exception as error:
        return str(error)`;
    const answers = askPython<string, string | null>(source, taken);
    expect(taken.filter((_, index) => answers[index] !== null)).toEqual([]);
  });
});

describe('names', () => {
  test.each([
    ['Torch', 'pytorch'],
    ['build', 'python-build'],
    ['ruamel.yaml', 'ruamel.yaml'],
    ['ruamel_yaml', 'ruamel.yaml'],
    ['My_Pkg.Demo', 'my-pkg-demo'],
    ['typing_extensions', 'typing_extensions'],
  ])('%s is %s', (name, expected) => {
    expect(condaForgeName(normalizeName(name))).toBe(expected);
  });
});

describe('dependencies', () => {
  test('are sorted behind Python, each once, those of extras left out', () => {
    const requires = ['Requests>=2', 'click', 'pytest; extra == "test"', 'requests >=2', 'torch<2'];
    expect(depends(requires, NOARCH, RULES, '>=3.9')).toEqual({
      depends: ['python >=3.9', 'click', 'pytorch <2a0', 'requests >=2'],
      problems: [],
    });
  });

  test('name Python also where the package says nothing of it', () => {
    expect(depends([]).depends).toEqual(['python']);
  });

  test.each([
    ['a @ https://index.example/a-1.0-py3-none-any.whl', 'url'],
    ['requests[socks]>=2', 'extras'],
    ['tomli>=1; python_version < "3.11"', 'marker'],
    ['colorama; sys_platform == "win32"', 'marker'],
  ] as const)('%s is a problem, not dropped', (requirement, kind) => {
    const { problems } = depends([requirement]);
    expect(problems.map((problem) => problem.kind)).toEqual([kind]);
    expect(problems[0]?.requirement.startsWith(requirement.slice(0, 8))).toBe(true);
  });

  test('are replaced by name and by name with extras, the latter first', () => {
    const replacements = new Map([
      ['requests[socks]', ['requests >=2', 'pysocks']],
      ['colorama', []],
      ['requests', ['never']],
    ]);
    const requires = ['requests[Socks]>=2', 'colorama; sys_platform == "win32"'];
    expect(depends(requires, NOARCH, { ...RULES, replacements })).toEqual({
      depends: ['python', 'pysocks', 'requests >=2'],
      problems: [],
    });
  });

  test('behind a marker that holds in all environments or in none need no decision', () => {
    const requires = [
      'a; python_version >= "3.7"',
      'b; python_version < "3.8"',
      'c; platform_python_implementation == "PyPy"',
      'd; os_name == "posix" or os_name == "nt"',
    ];
    expect(depends(requires, NOARCH, RULES, '>=3.9')).toEqual({ depends: ['python >=3.9', 'a', 'd'], problems: [] });
  });

  test('behind platform markers go into the variant for their platforms', () => {
    const requires = ['colorama; sys_platform == "win32"', 'pexpect; os_name == "posix"'];
    expect(depends(requires, { kind: 'noarch', platforms: 'win' }).depends).toEqual(['python', '__win', 'colorama']);
    expect(depends(requires, { kind: 'noarch', platforms: 'unix' }).depends).toEqual(['python', '__unix', 'pexpect']);
  });
});

describe('targets', () => {
  const targets = (tags: string) => condaTargets(parseWheelFilename(`a-1.0-${tags}.whl`));

  test('of pure wheels are noarch', () => {
    expect(targets('py2.py3-none-any')).toEqual([NOARCH]);
  });

  test.each([
    [
      'cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64',
      'linux-64',
      ['python >=3.11,<3.12.0a0', 'python_abi 3.11.* *_cp311', '__glibc >=2.17'],
    ],
    ['cp311-cp311-linux_aarch64', 'linux-aarch64', ['python >=3.11,<3.12.0a0', 'python_abi 3.11.* *_cp311']],
    [
      'cp39-abi3-macosx_11_0_arm64',
      'osx-arm64',
      ['python', 'cpython >=3.9', '_python_abi3_support 1.*', '__osx >=11.0'],
    ],
    ['py3-none-win_amd64', 'win-64', ['python']],
  ])('of %s is %s', (tags, subdir, expected) => {
    const [target] = targets(tags);
    expect(target).toMatchObject({ kind: 'platform', subdir });
    expect(depends([], target).depends).toEqual(expected);
  });

  test('of a universal macOS wheel are both architectures', () => {
    expect(targets('cp312-cp312-macosx_10_13_universal2')).toMatchObject([
      { subdir: 'osx-arm64' },
      { subdir: 'osx-64' },
    ]);
  });

  test.each([
    'cp311-cp311-musllinux_1_2_x86_64',
    'pp310-pypy310_pp73-manylinux2014_x86_64',
    'cp313-cp313t-linux_x86_64',
    'cp311-cp311-any',
  ])('of %s are refused', (tags) => expect(() => targets(tags)).toThrow(NotForConda));
});

test('importable modules are the topmost ones, of namespaces the packages in them', () => {
  const files = [
    'alpha/__init__.py',
    'alpha/sub/__init__.py',
    'acme/util/__init__.py',
    'acme/util/deep/x.py',
    'single.py',
    '_private.py',
    'fast.cpython-311-x86_64-linux-gnu.so',
    'a-1.0.data/purelib/extra.py',
    'a-1.0.data/scripts/run.py',
    'a-1.0.dist-info/METADATA',
    'not-a-module.py',
  ];
  expect(importableModules(files)).toEqual(['acme.util', 'alpha', 'extra', 'fast', 'single']);
  expect(importableModules(['_private.py'])).toEqual(['_private']);
});
