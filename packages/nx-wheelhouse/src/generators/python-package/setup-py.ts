/** The setup.py of a new package: the classic manifest of setuptools, with nothing in it that only running it would tell. */
import { formatRequirement } from '@nx-wheelhouse/python-packaging';
import type { NewPackage } from './options.js';

/** An argument of setup(): Python as it stands, or the strings of a list. */
type Value = string | readonly string[] | undefined;

/** Formatted as Black and Ruff format it, which leave lines of this width as they are. */
const LINE_WIDTH = 88;

export function setupPy(pkg: NewPackage): string {
  const find = pkg.importName.includes('.') ? 'find_namespace_packages' : 'find_packages';
  const fields: readonly [string, Value][] = [
    ['name', literal(pkg.name)],
    ['version', literal(pkg.version)],
    ['packages', `${find}(${packagesArgument(pkg)})`],
    ['package_dir', pkg.layout === 'src' ? '{"": "src"}' : undefined],
    ['package_data', pkg.typed ? '{"": ["py.typed"]}' : undefined],
    ['install_requires', pkg.dependencies.map(formatRequirement)],
    ['python_requires', literal(pkg.requiresPython)],
    ['entry_points', entryPoints(pkg)],
    ['author', pkg.author && literal(pkg.author)],
    ['author_email', pkg.email && literal(pkg.email)],
    ['description', literal(pkg.description)],
    ['long_description', 'long_description'],
    ['long_description_content_type', '"text/markdown"'],
    ['url', pkg.url && literal(pkg.url)],
    ['license', pkg.license && literal(pkg.license)],
    ['keywords', pkg.keywords.length > 0 ? pkg.keywords : undefined],
    ['classifiers', classifiersOf(pkg)],
  ];
  return `from setuptools import ${find}, setup

with open("README.md", encoding="utf-8") as readme:
    long_description = readme.read()

setup(
${fields.map(([name, value]) => argument(name, value)).join('')})
`;
}

function packagesArgument({ importName, layout }: NewPackage): string {
  if (layout === 'src') return '"src"';
  // In the flat layout the tests are beside the package, and every folder may be a namespace.
  const [top = importName, ...inner] = importName.split('.');
  return inner.length === 0 ? 'exclude=["tests", "tests.*"]' : `include=[${literal(top)}, ${literal(`${top}.*`)}]`;
}

function entryPoints({ script, importName }: NewPackage): string | undefined {
  if (script === undefined) return undefined;
  return `{
        "console_scripts": [
            ${literal(`${script} = ${importName}.module:main`)},
        ],
    }`;
}

function classifiersOf({ classifiers, license, typed }: NewPackage): readonly string[] {
  if (classifiers.length > 0) return classifiers;
  const trove = license === undefined ? undefined : LICENSE_CLASSIFIERS[license];
  return [
    'Programming Language :: Python :: 3',
    ...(trove ? [`License :: OSI Approved :: ${trove}`] : []),
    'Operating System :: OS Independent',
    ...(typed ? ['Typing :: Typed'] : []),
  ];
}

/** The classifiers of the licences that have one of their own, as the index knows them. */
const LICENSE_CLASSIFIERS: Readonly<Record<string, string>> = {
  MIT: 'MIT License',
  'Apache-2.0': 'Apache Software License',
  'BSD-2-Clause': 'BSD License',
  'BSD-3-Clause': 'BSD License',
  'GPL-2.0-only': 'GNU General Public License v2 (GPLv2)',
  'GPL-2.0-or-later': 'GNU General Public License v2 or later (GPLv2+)',
  'GPL-3.0-only': 'GNU General Public License v3 (GPLv3)',
  'GPL-3.0-or-later': 'GNU General Public License v3 or later (GPLv3+)',
  'LGPL-3.0-only': 'GNU Lesser General Public License v3 (LGPLv3)',
  'LGPL-3.0-or-later': 'GNU Lesser General Public License v3 or later (LGPLv3+)',
  'AGPL-3.0-only': 'GNU Affero General Public License v3',
  'AGPL-3.0-or-later': 'GNU Affero General Public License v3 or later (AGPLv3+)',
  'MPL-2.0': 'Mozilla Public License 2.0 (MPL 2.0)',
  ISC: 'ISC License (ISCL)',
  Unlicense: 'The Unlicense (Unlicense)',
};

function argument(name: string, value: Value): string {
  if (value === undefined) return '';
  const items = typeof value === 'string' ? undefined : value.map(literal);
  const line = `    ${name}=${items ? `[${items.join(', ')}]` : value},\n`;
  if (items === undefined || line.length <= LINE_WIDTH + 1) return line;
  return `    ${name}=[\n${items.map((item) => `        ${item},\n`).join('')}    ],\n`;
}

/** A string of Python, in the quotes that need fewer escapes. JSON's escapes are among Python's. */
function literal(value: string): string {
  const json = JSON.stringify(value);
  const isDouble = value.split('"').length <= value.split("'").length;
  return isDouble ? json : `'${json.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}
