// The build backends that are measured, and what a manifest of each is made of.

/** By the name that a row has: the backends of a workspace's packages, taken in turn. */
export const MIXES = {
  hatchling: ['hatchling'],
  setuptools: ['setuptools', 'setup.py'],
  flit: ['flit'],
  'poetry-core': ['poetry-core'],
  'pdm-backend': ['pdm-backend'],
  mixed: ['hatchling', 'setuptools', 'flit', 'poetry-core', 'pdm-backend'],
  uv_build: ['uv_build'],
};

const BUILD_SYSTEMS = {
  hatchling: { requires: 'hatchling', backend: 'hatchling.build' },
  setuptools: { requires: 'setuptools>=77', backend: 'setuptools.build_meta' },
  'setup.py': { requires: 'setuptools>=77' },
  flit: { requires: 'flit-core>=3.11', backend: 'flit_core.buildapi' },
  'poetry-core': { requires: 'poetry-core>=2', backend: 'poetry.core.masonry.api' },
  'pdm-backend': { requires: 'pdm-backend', backend: 'pdm.backend' },
  uv_build: { requires: 'uv_build>=0.9,<1', backend: 'uv_build' },
};

/** @returns a key of BUILD_SYSTEMS */
export function backendOf(mix, index) {
  return MIXES[mix][index % MIXES[mix].length];
}

/** uv takes no package without a pyproject.toml into a workspace. */
export function isUvWorkspace(mix) {
  return !MIXES[mix].includes('setup.py');
}

/** What an environment needs in which the backends of a mix are called without isolation. */
export function requirementsOf(mix) {
  return [...new Set(MIXES[mix].map((one) => BUILD_SYSTEMS[one].requires))];
}

/**
 * A package's manifest files.
 * @param {string} one a key of BUILD_SYSTEMS
 * @param {string} name
 * @param {readonly string[]} siblings names, sources of the uv workspace
 * @returns {Record<string, string>} text by file name
 */
export function manifestOf(one, name, siblings) {
  const { requires, backend } = BUILD_SYSTEMS[one];
  const module = name.replaceAll('-', '_');
  const sources = one === 'setuptools' ? '' : siblings.map((sibling) => `${sibling} = { workspace = true }\n`).join('');
  const buildSystem = `[build-system]
requires = ["${requires}"]
build-backend = "${backend}"
${sources && `\n[tool.uv.sources]\n${sources}`}`;
  if (one === 'setup.py') return { 'setup.py': setupPy(name, siblings) };
  const hatch = one === 'hatchling' ? `\n[tool.hatch.build.targets.wheel]\npackages = ["src/${module}"]\n` : '';
  return {
    'pyproject.toml': `[project]
name = "${name}"
version = "1.0.0"
description = "One of many"
readme = "README.md"
requires-python = ">=3.9"
dependencies = ${JSON.stringify(siblings)}

${buildSystem}${hatch}`,
  };
}

function setupPy(name, siblings) {
  return `from setuptools import find_packages, setup

setup(
    name="${name}",
    version="1.0.0",
    description="One of many",
    packages=find_packages("src"),
    package_dir={"": "src"},
    python_requires=">=3.9",
    install_requires=${JSON.stringify(siblings)},
)
`;
}
