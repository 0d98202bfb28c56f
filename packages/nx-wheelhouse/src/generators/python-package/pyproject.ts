/** The pyproject.toml of a new package, in the form that each build backend asks for. */
import { encodeToml, encodeTomlKey, formatRequirement, type NormalizedName } from '@nx-wheelhouse/python-packaging';
import type { Backend, NewPackage } from './options.js';

/** Where a dependency is taken from, as `[tool.uv.sources]` states it. */
export type SourceEntry = { readonly workspace: true } | { readonly path: string; readonly editable: true };

/** What to require for building, and the object that builds. The lower bounds are the first with PEP 639 licences. */
const BUILD_SYSTEMS: Readonly<Record<Backend, readonly [requirement: string, backend: string]>> = {
  hatchling: ['hatchling>=1.27', 'hatchling.build'],
  setuptools: ['setuptools>=77', 'setuptools.build_meta'],
  flit: ['flit_core>=3.12,<5', 'flit_core.buildapi'],
  'poetry-core': ['poetry-core>=2.2,<3', 'poetry.core.masonry.api'],
  pdm: ['pdm-backend>=2.4', 'pdm.backend'],
  uv_build: ['uv_build>=0.9,<1', 'uv_build'],
};

/** Those that are true of every package made here. */
const CLASSIFIERS = ['Programming Language :: Python :: 3', 'Operating System :: OS Independent'];

/**
 * @param sources of siblings among the dependencies, by name
 */
export function pyprojectToml(pkg: NewPackage, sources: ReadonlyMap<NormalizedName, SourceEntry>): string {
  const [requirement, backend] = BUILD_SYSTEMS[pkg.backend];
  return [
    table('build-system', [`requires = ${list([requirement])}`, `build-backend = ${encodeToml(backend)}`]),
    projectTable(pkg),
    ...(pkg.url === undefined ? [] : [table('project.urls', [`Homepage = ${encodeToml(pkg.url)}`])]),
    ...(pkg.script === undefined
      ? []
      : [
          table('project.scripts', [`${encodeTomlKey([pkg.script])} = ${encodeToml(`${pkg.importName}.module:main`)}`]),
        ]),
    ...backendTables(pkg),
    ...rootTables(pkg),
    ...(sources.size === 0
      ? []
      : [
          table(
            'tool.uv.sources',
            [...sources].map(([name, source]) => `${name} = ${encodeToml(source)}`),
          ),
        ]),
  ].join('\n');
}

function projectTable(pkg: NewPackage): string {
  const author = [
    pkg.author && `name = ${encodeToml(pkg.author)}`,
    pkg.email && `email = ${encodeToml(pkg.email)}`,
  ].filter(Boolean);
  return table('project', [
    `name = ${encodeToml(pkg.name)}`,
    `version = ${encodeToml(pkg.version)}`,
    `description = ${encodeToml(pkg.description)}`,
    'readme = "README.md"',
    `requires-python = ${encodeToml(pkg.requiresPython)}`,
    ...(pkg.license === undefined ? [] : [`license = ${encodeToml(pkg.license)}`, 'license-files = ["LICENSE"]']),
    ...(author.length === 0 ? [] : [`authors = [{ ${author.join(', ')} }]`]),
    ...(pkg.keywords.length === 0 ? [] : [`keywords = ${list(pkg.keywords)}`]),
    `classifiers = ${list(classifiersOf(pkg))}`,
    `dependencies = ${list(pkg.dependencies.map(formatRequirement))}`,
  ]);
}

function classifiersOf({ classifiers, typed }: NewPackage): readonly string[] {
  if (classifiers.length > 0) return classifiers;
  return typed ? [...CLASSIFIERS, 'Typing :: Typed'] : CLASSIFIERS;
}

/**
 * Each backend is told where the modules are: what it would guess fails for other import names and for namespaces. Those that leave the tests
 * out of sdists are told about them, so that who repackages an sdist can run them; the one that takes whatever lies there is told what is its own.
 */
function backendTables(pkg: NewPackage): string[] {
  const { importName, layout } = pkg;
  const [top = importName] = importName.split('.');
  const inSource = layout === 'src';
  const hasTests = pkg.testRunner !== 'none';
  switch (pkg.backend) {
    case 'hatchling':
      return [
        ...(pkg.root === '.'
          ? [table('tool.hatch.build.targets.sdist', [`include = ${list([inSource ? '/src' : `/${top}`, '/tests'])}`])]
          : []),
        table('tool.hatch.build.targets.wheel', [`packages = ${list([inSource ? `src/${top}` : top])}`]),
      ];
    case 'setuptools':
      return [
        table(
          'tool.setuptools.packages.find',
          inSource ? ['where = ["src"]'] : [`include = ${list([top, `${top}.*`])}`],
        ),
        ...(pkg.typed ? [table('tool.setuptools.package-data', ['"*" = ["py.typed"]'])] : []),
      ];
    case 'flit':
      return [
        table('tool.flit.module', [`name = ${encodeToml(importName)}`]),
        ...(hasTests ? [table('tool.flit.sdist', ['include = ["tests/"]'])] : []),
      ];
    case 'poetry-core':
      return [
        table('tool.poetry', [
          `packages = [{ include = ${encodeToml(top)}${inSource ? ', from = "src"' : ''} }]`,
          ...(hasTests ? ['include = [{ path = "tests", format = "sdist" }]'] : []),
        ]),
      ];
    case 'pdm':
      return [
        table('tool.pdm.build', [
          ...(inSource ? ['package-dir = "src"'] : []),
          `includes = ${list([inSource ? `src/${top}` : top])}`,
        ]),
      ];
    case 'uv_build':
      return [
        table('tool.uv.build-backend', [
          `module-name = ${encodeToml(importName)}`,
          `module-root = ${encodeToml(inSource ? 'src' : '')}`,
          ...(hasTests ? ['source-include = ["tests/**"]'] : []),
        ]),
      ];
  }
}

/** At the root of the workspace other packages lie below: their tests are theirs, and the runner of all is required here. */
function rootTables({ root, testRunner }: NewPackage): string[] {
  if (root !== '.' || testRunner !== 'pytest') return [];
  return [
    table('dependency-groups', ['dev = ["pytest>=8"]']),
    table('tool.pytest.ini_options', ['testpaths = ["tests"]']),
  ];
}

function table(name: string, lines: readonly string[]): string {
  return `[${name}]\n${lines.map((line) => `${line}\n`).join('')}`;
}

function list(values: readonly string[]): string {
  const oneLine = `[${values.map((value) => encodeToml(value)).join(', ')}]`;
  return oneLine.length <= 80 ? oneLine : `[\n${values.map((value) => `    ${encodeToml(value)},\n`).join('')}]`;
}
