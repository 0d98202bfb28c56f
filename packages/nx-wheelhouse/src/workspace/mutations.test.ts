/** One declaration more or less in a workspace: the edges change by exactly that. */
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { removeFolders, workspaceWith } from '../../testing/workspace-folder.js';

afterAll(removeFolders);

const PLACES = ['runtime', 'extra:more', 'group:dev', 'build', 'source'] as const;
type Place = (typeof PLACES)[number];
const FORMATS = ['project', 'poetry', 'setup.cfg', 'setup.py'] as const;
type Format = (typeof FORMATS)[number];

/** That a package declares another at a place. */
interface Declaration {
  readonly from: number;
  readonly to: number;
  readonly place: Place;
}

/** Which places a format has. */
const PLACES_OF: Readonly<Record<Format, readonly Place[]>> = {
  project: PLACES,
  poetry: ['runtime', 'group:dev', 'build'],
  'setup.cfg': ['runtime', 'extra:more', 'build'],
  'setup.py': ['runtime', 'extra:more', 'build'],
};

const nameOf = (index: number) => `Pack_${index}`;
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
        .map((name) => `${name} = { workspace = true }\n`)
        .join('')}`,
  ],
  poetry: (index, own) => [
    'pyproject.toml',
    `[tool.poetry]\nname = "${nameOf(index)}"\nversion = "1"\n` +
      `[tool.poetry.dependencies]\n${required(own, 'runtime')
        .map((name) => `${name} = "^1"\n`)
        .join('')}` +
      `[tool.poetry.group.dev.dependencies]\n${required(own, 'group:dev')
        .map((name) => `${name} = "*"\n`)
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

/** The edges of the workspace that declares this, as `from place to`. */
function edges(formats: readonly Format[], declarations: readonly Declaration[]): readonly string[] {
  const files = formats.map((format, index) => {
    const own = declarations.filter(({ from }) => from === index);
    const [file, text] = WRITERS[format](index, own);
    return [`libs/${index}/${file}`, text];
  });
  const workspace = workspaceWith(Object.fromEntries(files));
  const all = [...workspace.packages.values()].flatMap((pkg) =>
    pkg.siblings.map(({ kind, to }) => `${pkg.root} ${kind.replace('group:inner', 'group:dev')} ${to}`),
  );
  return [...new Set(all)].sort();
}

/** What must be there: each declaration, but a source only where nothing else declares the same sibling. */
function expected(declarations: readonly Declaration[]): readonly string[] {
  const isShadowed = ({ from, to, place }: Declaration) =>
    place === 'source' &&
    declarations.some((other) => other.from === from && other.to === to && other.place !== 'source');
  const all = declarations
    .filter((each) => !isShadowed(each))
    .map(({ from, place, to }) => `libs/${from} ${place} libs/${to}`);
  return [...new Set(all)].sort();
}

const workspaces = fc.array(fc.constantFrom(...FORMATS), { minLength: 2, maxLength: 6 }).chain((formats) => {
  const index = fc.nat(formats.length - 1);
  const declaration = fc
    .record({ from: index, to: index, place: fc.constantFrom(...PLACES) })
    .filter(({ from, to, place }) => from !== to && PLACES_OF[formats[from] as Format].includes(place));
  return fc.record({
    formats: fc.constant(formats),
    declarations: fc.uniqueArray(declaration, {
      minLength: 1,
      maxLength: 12,
      selector: ({ from, to, place }) => `${from} ${place} ${to}`,
    }),
  });
});

test('a declaration more or less is an edge more or less, and nothing else changes', () => {
  fc.assert(
    fc.property(workspaces, fc.nat(), ({ formats, declarations }, at) => {
      const without = declarations.toSpliced(at % declarations.length, 1);
      expect(edges(formats, declarations)).toEqual(expected(declarations));
      expect(edges(formats, without)).toEqual(expected(without));
    }),
    { numRuns: 200 },
  );
}, 120_000);
