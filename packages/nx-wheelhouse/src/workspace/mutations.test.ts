/** One declaration or import more or less in a workspace: the edges change by exactly that. */
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { removeFolders, workspaceWithImports } from '../../testing/workspace-folder.js';

afterAll(removeFolders);

const DECLARED = ['runtime', 'extra:more', 'group:dev', 'build', 'source'] as const;
/** In a module, in a test, and in a module for type checkers only. */
const IMPORTED = ['module', 'test', 'types'] as const;
const PLACES = [...DECLARED, ...IMPORTED];
type Place = (typeof PLACES)[number];
const FORMATS = ['project', 'poetry', 'setup.cfg', 'setup.py'] as const;
type Format = (typeof FORMATS)[number];

/** That a package declares or imports another at a place. */
interface Declaration {
  readonly from: number;
  readonly to: number;
  readonly place: Place;
}

/** Which places a format has. */
const PLACES_OF: Readonly<Record<Format, readonly Place[]>> = {
  project: PLACES,
  poetry: ['runtime', 'extra:more', 'group:dev', 'build', ...IMPORTED],
  'setup.cfg': ['runtime', 'extra:more', 'build', ...IMPORTED],
  'setup.py': ['runtime', 'extra:more', 'build', ...IMPORTED],
};

const nameOf = (index: number) => `Pack_${index}`;
const moduleOf = (index: number) => `pack_${index}`;
const required = (declarations: readonly Declaration[], place: Place) =>
  declarations.filter((each) => each.place === place).map(({ to }) => nameOf(to));
const list = (names: readonly string[]) => JSON.stringify(names.map((name) => `${name} >= 1`));

/** The manifest of one package, in its format. */
const WRITERS: Readonly<Record<Format, (index: number, own: readonly Declaration[]) => readonly [string, string]>> = {
  project: (index, own) => [
    'pyproject.toml',
    `[project]\nname = "${nameOf(index)}"\nversion = "1"\ndependencies = ${list(required(own, 'runtime'))}\n` +
      `[project.optional-dependencies]\nmore = ${list(required(own, 'extra:more'))}\n` +
      `[dependency-groups]\ndev = [{ include-group = "inner" }]\ninner = ${list(required(own, 'group:dev'))}\n` +
      `[build-system]\nrequires = ${list(required(own, 'build'))}\nbuild-backend = "hatchling.build"\n` +
      `[tool.uv.sources]\n${required(own, 'source')
        .map(
          (name, at) =>
            `${name} = ${at % 2 === 0 ? '{ workspace = true }' : `{ path = "../${name.slice('Pack_'.length)}" }`}\n`,
        )
        .join('')}`,
  ],
  poetry: (index, own) => [
    'pyproject.toml',
    `[tool.poetry]\nname = "${nameOf(index)}"\nversion = "1"\n` +
      `[tool.poetry.dependencies]\n${required(own, 'runtime')
        .map((name) => `${name} = "^1"\n`)
        .join('')}${required(own, 'extra:more')
        .map((name) => `${name} = { version = "*", optional = true }\n`)
        .join('')}[tool.poetry.extras]\nmore = ${JSON.stringify(required(own, 'extra:more'))}\n` +
      `[tool.poetry.group.dev.dependencies]\n${required(own, 'group:dev')
        .map((name) => `${name} = { path = "../${name.slice('Pack_'.length)}" }\n`)
        .join('')}` +
      `[build-system]\nrequires = ${list(required(own, 'build'))}\nbuild-backend = "poetry.core.masonry.api"\n`,
  ],
  'setup.cfg': (index, own) => [
    'setup.cfg',
    `[metadata]\nname = ${nameOf(index)}\nversion = 1\n[options]\ninstall_requires =\n${lines(required(own, 'runtime'))}` +
      `setup_requires =\n${lines(required(own, 'build'))}[options.extras_require]\nmore =\n${lines(required(own, 'extra:more'))}`,
  ],
  'setup.py': (index, own) => [
    'setup.py',
    `from setuptools import setup\nVERSION = "1"\nrequires = [f"{name}>={VERSION}" for name in ${list(required(own, 'runtime')).replaceAll(' >= 1', '')}]\n` +
      `setup(name="${nameOf(index)}", version=VERSION, install_requires=requires, setup_requires=${list(required(own, 'build'))}, ` +
      `extras_require={"more": ${list(required(own, 'extra:more'))}})\n`,
  ],
};

function lines(names: readonly string[]): string {
  return names.map((name) => `    ${name} >= 1\n`).join('');
}

/** The sources of one package, as far as they import. */
function sources(index: number, own: readonly Declaration[]): readonly (readonly [string, string])[] {
  const imports = (place: Place, indent = '') =>
    own
      .filter((each) => each.place === place)
      .map(({ to }) => `${indent}import ${moduleOf(to)}\n`)
      .join('');
  const types = imports('types', '    ');
  return [
    [`${moduleOf(index)}/__init__.py`, imports('module')],
    [`${moduleOf(index)}/types.py`, types && `from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n${types}`],
    ['tests/test_it.py', imports('test')],
  ];
}

/** The edges of the workspace that declares and imports this, as `from kind to`. */
async function edges(formats: readonly Format[], declarations: readonly Declaration[]): Promise<readonly string[]> {
  const files = formats.flatMap((format, index) => {
    const own = declarations.filter(({ from }) => from === index);
    return [WRITERS[format](index, own), ...sources(index, own)].map(([file, text]) => [`libs/${index}/${file}`, text]);
  });
  const workspace = await workspaceWithImports(Object.fromEntries(files));
  const all = [...workspace.packages.values()].flatMap((pkg) =>
    pkg.siblings.map(({ kind, to }) => `${pkg.root} ${kind.replace('group:inner', 'group:dev')} ${to}`),
  );
  return [...new Set(all)].sort();
}

const KINDS: Readonly<Record<Place, string>> = {
  runtime: 'runtime',
  'extra:more': 'extra:more',
  'group:dev': 'group:dev',
  build: 'build',
  source: 'source',
  module: 'import:runtime',
  test: 'import:test',
  types: 'import:test',
};

/** By place the other places which say as much already, so that it makes no edge of its own. */
const SHADOWED: Readonly<Partial<Record<Place, readonly Place[]>>> = {
  source: ['runtime', 'extra:more', 'group:dev', 'build'],
  module: ['runtime'],
  test: ['runtime', 'extra:more', 'group:dev', 'source', 'module'],
  types: ['runtime', 'extra:more', 'group:dev', 'source', 'module'],
};

/** What must be there: each declaration and import that says something new. */
function expected(declarations: readonly Declaration[]): readonly string[] {
  const isShadowed = ({ from, to, place }: Declaration): boolean =>
    declarations.some(
      (other) => other.from === from && other.to === to && SHADOWED[place]?.includes(other.place) && !isShadowed(other),
    );
  const isOfExtra = ({ from, to, place }: Declaration): boolean =>
    place === 'module' &&
    declarations.some((other) => other.from === from && other.to === to && other.place === 'extra:more');
  const all = declarations
    .filter((each) => !isShadowed(each))
    .map((each) => `libs/${each.from} ${isOfExtra(each) ? 'import:extra' : KINDS[each.place]} libs/${each.to}`);
  return [...new Set(all)].sort();
}

const workspaces = fc.array(fc.constantFrom(...FORMATS), { minLength: 2, maxLength: 6 }).chain((formats) => {
  const index = fc.nat(formats.length - 1);
  const declaration = fc
    .record({ from: index, to: index, place: fc.constantFrom(...PLACES) })
    .filter(({ from, to, place }) => from !== to && PLACES_OF[formats[from] as Format].includes(place));
  // Of one name poetry takes one dependency, optional or not.
  const selector = ({ from, to, place }: Declaration) =>
    `${from} ${formats[from] === 'poetry' && place === 'extra:more' ? 'runtime' : place} ${to}`;
  return fc.record({
    formats: fc.constant(formats),
    declarations: fc.uniqueArray(declaration, { minLength: 1, maxLength: 16, selector }),
  });
});

test('a declaration or an import more or less is an edge more or less, and nothing else changes', async () => {
  await fc.assert(
    fc.asyncProperty(workspaces, fc.nat(), async ({ formats, declarations }, at) => {
      const without = declarations.toSpliced(at % declarations.length, 1);
      expect(await edges(formats, declarations)).toEqual(expected(declarations));
      expect(await edges(formats, without)).toEqual(expected(without));
    }),
    { numRuns: 200 },
  );
}, 240_000);
