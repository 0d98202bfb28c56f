/** The pyproject.toml of a new package, in the form that each build backend asks for. */
import { formatRequirement, type NormalizedName } from '@nx-wheelhouse/python-packaging';
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
    table('build-system', [`requires = ${list([requirement])}`, `build-backend = ${text(backend)}`]),
    projectTable(pkg),
    ...(pkg.url === undefined ? [] : [table('project.urls', [`Homepage = ${text(pkg.url)}`])]),
    ...(pkg.script === undefined
      ? []
      : [table('project.scripts', [`${key(pkg.script)} = ${text(`${pkg.importName}.module:main`)}`])]),
    ...backendTables(pkg),
    ...(sources.size === 0
      ? []
      : [
          table(
            'tool.uv.sources',
            [...sources].map(([name, source]) => `${name} = ${sourceText(source)}`),
          ),
        ]),
  ].join('\n');
}

function projectTable(pkg: NewPackage): string {
  const author = [pkg.author && `name = ${text(pkg.author)}`, pkg.email && `email = ${text(pkg.email)}`].filter(
    Boolean,
  );
  return table('project', [
    `name = ${text(pkg.name)}`,
    `version = ${text(pkg.version)}`,
    `description = ${text(pkg.description)}`,
    'readme = "README.md"',
    `requires-python = ${text(pkg.requiresPython)}`,
    ...(pkg.license === undefined ? [] : [`license = ${text(pkg.license)}`, 'license-files = ["LICENSE"]']),
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

/** Each backend is told where the modules are: what it would guess fails for other import names and for namespaces. */
function backendTables(pkg: NewPackage): string[] {
  const { importName, layout } = pkg;
  const [top = importName] = importName.split('.');
  const inSource = layout === 'src';
  switch (pkg.backend) {
    case 'hatchling':
      return [table('tool.hatch.build.targets.wheel', [`packages = ${list([inSource ? `src/${top}` : top])}`])];
    case 'setuptools':
      return [
        table(
          'tool.setuptools.packages.find',
          inSource ? ['where = ["src"]'] : [`include = ${list([top, `${top}.*`])}`],
        ),
        ...(pkg.typed ? [table('tool.setuptools.package-data', ['"*" = ["py.typed"]'])] : []),
      ];
    case 'flit':
      return [table('tool.flit.module', [`name = ${text(importName)}`])];
    case 'poetry-core':
      return [table('tool.poetry', [`packages = [{ include = ${text(top)}${inSource ? ', from = "src"' : ''} }]`])];
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
          `module-name = ${text(importName)}`,
          `module-root = ${text(inSource ? 'src' : '')}`,
        ]),
      ];
  }
}

function sourceText(source: SourceEntry): string {
  return 'workspace' in source ? '{ workspace = true }' : `{ path = ${text(source.path)}, editable = true }`;
}

function table(name: string, lines: readonly string[]): string {
  return `[${name}]\n${lines.map((line) => `${line}\n`).join('')}`;
}

function list(values: readonly string[]): string {
  const oneLine = `[${values.map(text).join(', ')}]`;
  return oneLine.length <= 80 ? oneLine : `[\n${values.map((value) => `    ${text(value)},\n`).join('')}]`;
}

/** A basic string of TOML: JSON's escapes are among TOML's. */
function text(value: string): string {
  return JSON.stringify(value).replaceAll('\u007f', '\\u007f');
}

function key(name: string): string {
  return /^[\w-]+$/.test(name) ? name : text(name);
}
