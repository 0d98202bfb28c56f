/** The setup.py of a new package: the classic manifest of setuptools, with nothing in it that only running it would tell. */
import { formatRequirement } from '@nx-wheelhouse/python-packaging';
import type { NewPackage } from './options.js';

export function setupPy(pkg: NewPackage): string {
  const isNamespace = pkg.importName.includes('.');
  const find = isNamespace ? 'find_namespace_packages' : 'find_packages';
  const [top = pkg.importName] = pkg.importName.split('.');
  const packages = packagesCall(find, pkg.layout, isNamespace ? top : undefined);
  const fields: [string, string | undefined][] = [
    ['name', literal(pkg.name)],
    ['version', literal(pkg.version)],
    ['packages', packages],
    ['package_dir', pkg.layout === 'src' ? '{"": "src"}' : undefined],
    ['package_data', pkg.typed ? '{"": ["py.typed"]}' : undefined],
    ['install_requires', list(pkg.dependencies.map(formatRequirement))],
    ['python_requires', literal(pkg.requiresPython)],
    [
      'entry_points',
      pkg.script && `{"console_scripts": [${literal(`${pkg.script} = ${pkg.importName}.module:main`)}]}`,
    ],
    ['author', pkg.author && literal(pkg.author)],
    ['author_email', pkg.email && literal(pkg.email)],
    ['description', literal(pkg.description)],
    ['long_description', 'long_description'],
    ['long_description_content_type', '"text/markdown"'],
    ['url', pkg.url && literal(pkg.url)],
    ['license', pkg.license && literal(pkg.license)],
    ['keywords', pkg.keywords.length > 0 ? list(pkg.keywords) : undefined],
    ['classifiers', list(classifiersOf(pkg))],
  ];
  const lines = fields.filter(([, value]) => value !== undefined).map(([name, value]) => `    ${name}=${value},\n`);
  return `from setuptools import ${find}, setup

with open("README.md", encoding="utf-8") as readme:
    long_description = readme.read()

setup(
${lines.join('')})
`;
}

function packagesCall(find: string, layout: 'src' | 'flat', namespace: string | undefined): string {
  if (layout === 'src') return `${find}("src")`;
  // In the flat layout the tests are beside the package, and every folder may be a namespace.
  return namespace === undefined
    ? `${find}(exclude=["tests", "tests.*"])`
    : `${find}(include=["${namespace}", "${namespace}.*"])`;
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

function list(values: readonly string[]): string {
  const oneLine = `[${values.map(literal).join(', ')}]`;
  return oneLine.length <= 70 ? oneLine : `[\n${values.map((value) => `        ${literal(value)},\n`).join('')}    ]`;
}

/** A string of Python: JSON's escapes are among Python's. */
function literal(value: string): string {
  return JSON.stringify(value);
}
