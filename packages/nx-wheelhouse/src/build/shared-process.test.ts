/** Many packages in one process, one after the other, give the bytes and the output that each gives in processes of its own. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { useRealTools } from '../../testing/builds.js';
import { buildIn, type HostBuild, hostWith, keptProcesses } from '../../testing/host-builds.js';
import { removeFolders } from '../../testing/workspace-folder.js';

beforeAll(useRealTools);
afterAll(removeFolders);

type Files = Readonly<Record<string, string>>;

/** Every second of something, every fourth, and so on: all combinations, one after the other. */
const has = (number: number, feature: number) => ((number >> feature) & 1) === 1;

const SOURCES: Files = {
  'README.md': '# A\n',
  'README.rst': 'A\n=\n',
  'LICENSE.txt': 'None.\n',
  'src/one/__init__.py': '"""One."""\n__version__ = "2.0"\n',
  'src/one/data.txt': 'data',
  'src/one/sub/__init__.py': '',
  'scripts/run.py': '#!/usr/bin/env python\n',
};

function standardManifest(backend: string, requirement: string, number: number, more = ''): string {
  const fields = [
    `name = "${has(number, 0) ? 'one' : 'One.One'}"`,
    'version = "1.0"',
    'description = "A package"',
    has(number, 1) && 'readme = "README.md"',
    has(number, 2) && 'dependencies = ["two>=1; python_version < \'4\'", "three[four]"]',
    has(number, 3) && 'classifiers = ["Programming Language :: Python :: 3"]\nkeywords = ["a", "b"]',
    has(number, 1) && 'scripts = { run = "one:run" }',
    has(number, 2) && 'optional-dependencies = { five = ["six"] }',
  ];
  const system = `[build-system]\nrequires = ["${requirement}"]\nbuild-backend = "${backend}"\n`;
  return `${system}\n[project]\n${fields.filter(Boolean).join('\n')}\n${more}`;
}

function withManifest(backend: string, requirement: string, more: (number: number) => string) {
  return (number: number): Files => ({
    ...SOURCES,
    'pyproject.toml': standardManifest(backend, requirement, number, more(number)).replace('One.One', 'one'),
  });
}

function poetry(number: number): Files {
  if (has(number, 4)) return withManifest('poetry.core.masonry.api', 'poetry-core', () => '')(number);
  const fields = [
    'name = "one"\nversion = "1.0"\ndescription = "A"\nauthors = ["A <a@index.example>"]',
    has(number, 0) && 'readme = "README.md"',
    has(number, 1) && 'packages = [{ include = "one", from = "src" }]',
    has(number, 2) && '[tool.poetry.dependencies]\npython = "^3.8"\ntwo = { version = "^1", optional = true }',
    has(number, 2) && '[tool.poetry.extras]\nfive = ["two"]',
    has(number, 3) && '[tool.poetry.scripts]\nrun = "one:run"',
  ];
  const system = '[build-system]\nrequires = ["poetry-core"]\nbuild-backend = "poetry.core.masonry.api"\n';
  return { ...SOURCES, 'pyproject.toml': `${system}\n[tool.poetry]\n${fields.filter(Boolean).join('\n')}\n` };
}

/** In turn: a manifest, a setup.cfg, a setup.py that reads files, and both of the last. */
function setuptools(number: number): Files {
  const manifestIn = has(number, 2) ? { 'MANIFEST.in': 'include scripts/*.py\nrecursive-include src *.txt\n' } : {};
  const own = [SOURCES, manifestIn];
  const kind = number % 4;
  if (kind === 0) {
    const data = has(number, 4) ? '[tool.setuptools.package-data]\none = ["*.txt"]\n' : '';
    const dynamic = has(number, 3) ? '[tool.setuptools.dynamic]\nversion = { attr = "one.__version__" }\n' : '';
    const manifest = standardManifest('setuptools.build_meta', 'setuptools', number, data + dynamic);
    const text = dynamic ? manifest.replace('version = "1.0"', 'dynamic = ["version"]') : manifest;
    return Object.assign({}, ...own, { 'pyproject.toml': text });
  }
  // Deprecated spellings make setuptools warn.
  const cfg = `[metadata]\n${has(number, 3) ? 'description-file = README.md' : 'long_description = file: README.md'}\n[options]\nzip_safe = ${has(number, 4)}\n`;
  const script = `import os
from setuptools import find_packages, setup

HERE = os.path.dirname(os.path.abspath(__file__))


def read(name):
    with open(os.path.join(HERE, name)) as file:
        return file.read()


extras = {"five": ["six"]}
extras["all"] = [one for many in extras.values() for one in many]
setup(
    name="one",
    version="${number}.0",
    packages=find_packages("src"),
    package_dir={"": "src"},
    ${has(number, 2) ? 'package_data={"one": ["*.txt"]},\n    scripts=["scripts/run.py"],' : 'include_package_data=True,'}
    ${has(number, 3) ? 'long_description=read("README.rst"), license="MIT", classifiers=["License :: OSI Approved :: MIT License"],' : ''}
    ${has(number, 4) ? 'extras_require=extras, entry_points={"console_scripts": ["run = one:run"]},' : 'data_files=[("share/one", ["README.md"])],'}
)
`;
  const described = 'name = one\nversion = 1.0\n';
  const options = '[options]\npackages = find:\npackage_dir =\n    = src\n[options.packages.find]\nwhere = src\n';
  const alone = `${cfg.replace('[metadata]\n', `[metadata]\n${described}`).replace('[options]\n', options.split('[options.packages')[0] ?? '')}[options.packages.find]\nwhere = src\n`;
  if (kind === 1) return Object.assign({}, ...own, { 'setup.cfg': alone });
  return Object.assign({}, ...own, { 'setup.py': script }, kind === 2 ? {} : { 'setup.cfg': cfg });
}

const hatch = () => '[tool.hatch.build.targets.wheel]\npackages = ["src/one"]\n';

test.skipIf(process.platform !== 'linux').each<[string, string, (number: number) => Files, number]>([
  ['setuptools.build_meta', 'setuptools', setuptools, 24],
  ['setuptools.build_meta:__legacy__', 'setuptools', setuptools, 24],
  ['poetry.core.masonry.api', 'poetry-core', poetry, 24],
  ['hatchling.build', 'hatchling', withManifest('hatchling.build', 'hatchling', hatch), 12],
  ['flit_core.buildapi', 'flit-core', withManifest('flit_core.buildapi', 'flit-core', () => ''), 12],
  ['pdm.backend', 'pdm-backend', withManifest('pdm.backend', 'pdm-backend', () => ''), 12],
])(
  '%s',
  async (backend, requirement, packageOf, count) => {
    const host = await hostWith(requirement);
    const alone: HostBuild = { backend, requirement, warmUp: false };
    const processes = new Set<string>();
    try {
      for (let number = 0; number < count; number++) {
        const files = packageOf(number);
        const shared = await buildIn(host, files, { backend, requirement });
        for (const process of keptProcesses()) processes.add(process);
        const own = await buildIn(host, files, alone);
        expect({ number, dists: shared.dists, log: shared.log }).toEqual({ number, dists: own.dists, log: own.log });
      }
      expect(processes.size).toBeLessThanOrEqual(Math.ceil((count * 4) / 100) + 1);
    } finally {
      await host.close();
    }
  },
  600_000,
);
