/** Small Python packages as files, for workspaces that a test lays out by hand. */

export interface PackageOptions {
  readonly version?: string;
  /** dependency specifiers; siblings by name */
  readonly dependencies?: readonly string[];
  readonly backend?: 'hatchling' | 'setuptools' | 'flit' | 'setup.py';
  /** further lines of pyproject.toml */
  readonly extra?: string;
}

const BACKENDS = {
  hatchling: ['hatchling', 'hatchling.build'],
  setuptools: ['setuptools', 'setuptools.build_meta'],
  flit: ['flit_core>=3.2', 'flit_core.buildapi'],
} as const;

/**
 * A package of one module with one function, a test of it, a README.
 * @param folder relative to the workspace
 * @returns files by path
 */
export function aPackage(folder: string, name: string, options: PackageOptions = {}): Record<string, string> {
  const { version = '0.1.0', dependencies = [], backend = 'hatchling', extra = '' } = options;
  const module = name.toLowerCase().replace(/[-.]+/g, '_');
  const manifest =
    backend === 'setup.py'
      ? { 'setup.py': setupPy(name, version, dependencies) }
      : { 'pyproject.toml': pyproject(name, version, dependencies, backend, extra) };
  const files: Record<string, string> = {
    ...manifest,
    'README.md': `# ${name}\n`,
    [`src/${module}/__init__.py`]: `def call():\n    return "${name}"\n`,
    [`tests/test_${module}.py`]: `from ${module} import call\n\n\ndef test_call():\n    assert call() == "${name}"\n`,
  };
  const prefix = folder === '.' ? '' : `${folder}/`;
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [prefix + path, text]));
}

function pyproject(
  name: string,
  version: string,
  dependencies: readonly string[],
  backend: keyof typeof BACKENDS,
  extra: string,
): string {
  const [requirement, hook] = BACKENDS[backend];
  return `[build-system]
requires = ["${requirement}"]
build-backend = "${hook}"

[project]
name = "${name}"
version = "${version}"
description = "The package ${name}"
readme = "README.md"
requires-python = ">=3.9"
dependencies = ${JSON.stringify(dependencies)}
${backend === 'flit' ? `\n[tool.flit.module]\nname = "${name.toLowerCase().replace(/[-.]+/g, '_')}"\n` : ''}
${extra}`;
}

function setupPy(name: string, version: string, dependencies: readonly string[]): string {
  return `from setuptools import find_packages, setup

setup(
    name="${name}",
    version="${version}",
    description="The package ${name}",
    long_description=open("README.md").read(),
    long_description_content_type="text/markdown",
    package_dir={"": "src"},
    packages=find_packages("src"),
    python_requires=">=3.9",
    install_requires=${JSON.stringify(dependencies)},
)
`;
}

/** The root of a uv workspace over `libs/*`, with the sources of its members and pytest in the dev group. */
export function uvWorkspace(siblings: readonly string[]): Record<string, string> {
  const sources = siblings.map((name) => `${name} = { workspace = true }\n`).join('');
  return {
    'pyproject.toml': `[tool.uv.workspace]\nmembers = ["libs/*"]\n\n[tool.uv.sources]\n${sources}\n[dependency-groups]\ndev = ["pytest"]\n`,
  };
}
