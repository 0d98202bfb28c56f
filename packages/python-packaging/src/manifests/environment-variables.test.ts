/** Which environment variables a build reads: code against what CPython looks up, backends against their documentation. */
import { describe, expect, test } from 'vitest';
import { askPython } from '../../testing/reference.js';
import { environmentReads } from './python/environment-reads.js';
import { packageOf } from './testing/folders.js';

describe('code', () => {
  const SNIPPETS: readonly (readonly [string, string])[] = [
    ['import os\nos.environ.get("A_B") or "C" in os.environ or os.environ.get("D", "x")\n', 'get and test'],
    [
      'import os\nos.getenv("A"), os.getenv(key="B"), os.environ.pop("C", None), os.environ.setdefault("D", "")\n',
      'calls',
    ],
    ['from os import environ, getenv\ngetenv("A")\n"B" not in environ or environ["B"]\n', 'imported names'],
    ['from os import environ as env, getenv as read\nenv.get("a_lower"), read(\'B\')\n', 'imported under other names'],
    ['import os\nenv = os.environ\nenv.get("A")\nget = os.environ.get\nget("B")\n', 'names given to it'],
    ['import os\ncopy = dict(os.environ)\ncopy.get("A")\nother = os.environ.copy()\nother.get("B")\n', 'copies'],
    [
      'import os\nclass C:\n    flag = os.environ.get("IN_CLASS")\n    def f(self):\n        return os.getenv("IN_METHOD")\nC().f()\n',
      'classes',
    ],
    [
      'import os\nif os.environ.get("A") is None:\n  try:\n    os.environ["B"]\n  except KeyError:\n    os.environ["C"] = "x"\n',
      'branches; what is set is not read',
    ],
    ['import os\nNAME = "PKG_VERSION"\nos.environ.get(NAME)\n', 'a constant'],
    [
      'import os\ndef flag(name, default="0"):\n  return os.environ.get(name, default)\nflag("DEBUG"), flag("USE_CUDA")\n',
      'a function for it',
    ],
    ['import os\nfor name in ("CC_X", "CXX_X"):\n  os.getenv(name)\n', 'a loop'],
    ['import os\n# os.environ["NO"]\nx = "os.environ[\'NEITHER\']"\n', 'comments and texts are no code'],
    ['import subprocess, os\nenvironment = {}\nenvironment.get("NO"), dict(PATH=1).get("NO")\n', 'other dicts'],
  ];
  /** Executes each with an environment that notes what is looked up. */
  const RECORD = `
import os, sys
class Recorder(dict):
    seen = set()
    def __getitem__(self, key): self.seen.add(key); return dict.__getitem__(self, key)
    def __contains__(self, key): self.seen.add(key); return dict.__contains__(self, key)
    def get(self, key, default=None): self.seen.add(key); return dict.get(self, key, default)
    def pop(self, key, *default): self.seen.add(key); return dict.pop(self, key, *default)
    def setdefault(self, key, default=None): self.seen.add(key); return dict.setdefault(self, key, default)
    def copy(self): return self
def answer(text):
    Recorder.seen = set()
    kept = os.environ, os.getenv
    os.environ = Recorder()
    os.getenv = lambda key, default=None: os.environ.get(key, default)
    try: exec(text, {"dict": lambda *given, **named: given[0] if given else named})
    finally: os.environ, os.getenv = kept
    return sorted(Recorder.seen)`;
  const answers = askPython<string, string[]>(
    RECORD,
    SNIPPETS.map(([text]) => text),
  );

  test.each(SNIPPETS.map(([text, title], index) => [title, text, answers[index]] as const))('%s', (_, text, seen) => {
    expect(environmentReads(text)).toEqual(seen);
  });

  test('of what computes a name, every text that may be one', () => {
    const text =
      'import os\nPREFIX = "MY"\nos.environ[PREFIX + "_X"], f("OTHER_NAME"), g("a text"), h("lower"), f"A{B}"\n';
    expect(environmentReads(text)).toEqual(['OTHER_NAME']);
  });

  test('what does not fall into tokens looks up nothing', () => {
    expect(environmentReads('os.environ["A"] = """')).toEqual([]);
  });
});

describe('a package looks up', () => {
  const project = (requires: string, backend: string, more: string) =>
    `[build-system]\nrequires = ${requires}\nbuild-backend = "${backend}"\n[project]\nname = "My.Pkg"\n${more}`;
  const DYNAMIC = 'dynamic = ["version"]\n';
  const READS = 'import os\nx = os.environ.get("MINE")\n';
  const SETUP = 'from setuptools import setup\n';

  test.each<[string, Record<string, string>]>([
    ['in setup.py', { 'setup.py': `import os\n${SETUP}setup(name="a", version=os.environ.get("MINE", "1"))\n` }],
    [
      'in a setup.py beside [project]',
      {
        'pyproject.toml': project('[]', 'setuptools.build_meta', 'version = "1"\n'),
        'setup.py': `${SETUP}${READS}setup()\n`,
      },
    ],
    [
      'in a module that setup.py imports',
      { 'setup.py': `${SETUP}from helpers import x\nsetup(name="a")\n`, 'helpers.py': READS },
    ],
    [
      'in a file that setup.py executes',
      { 'setup.py': `${SETUP}exec(open("v.py").read())\nsetup(name="a")\n`, 'v.py': READS },
    ],
    [
      'in a module that attr: makes setuptools import',
      {
        'pyproject.toml': project(
          '[]',
          'setuptools.build_meta',
          `${DYNAMIC}[tool.setuptools.dynamic]\nversion = { attr = "a.x" }\n`,
        ),
        'a.py': READS,
      },
    ],
    [
      'in a module that flit imports',
      {
        'pyproject.toml': project('["flit_core"]', 'flit_core.buildapi', `${DYNAMIC}[tool.flit.module]\nname = "a"\n`),
        'a.py': `${READS}__version__ = x\n`,
      },
    ],
    [
      'in a build hook of hatch',
      {
        'pyproject.toml': project(
          '["hatchling"]',
          'hatchling.build',
          'version = "1"\n[tool.hatch.metadata.hooks.custom]\n',
        ),
        'hatch_build.py': READS,
      },
    ],
    [
      'in an expression for hatch',
      {
        'pyproject.toml': project(
          '["hatchling"]',
          'hatchling.build',
          `${DYNAMIC}[tool.hatch.version]\nsource = "code"\npath = "v.py"\n`,
        ),
        'v.py': READS,
      },
    ],
    [
      'in the hook of pdm',
      { 'pyproject.toml': project('["pdm-backend"]', 'pdm.backend', 'version = "1"\n'), 'pdm_build.py': READS },
    ],
    [
      'in what pdm calls for the version',
      {
        'pyproject.toml': project(
          '["pdm-backend"]',
          'pdm.backend',
          `${DYNAMIC}[tool.pdm.version]\nsource = "call"\ngetter = "tools.v:get"\n`,
        ),
        'tools/v.py': READS,
      },
    ],
    [
      'in the build script of poetry',
      {
        'pyproject.toml':
          '[build-system]\nrequires = ["poetry-core"]\nbuild-backend = "poetry.core.masonry.api"\n[tool.poetry]\nname = "a"\nversion = "1"\n[tool.poetry.build]\nscript = "b.py"\n',
        'b.py': READS,
      },
    ],
    [
      'in a backend of the tree',
      {
        'pyproject.toml': project('[]', 'own.backend', 'version = "1"\n').replace(
          '[project]',
          'backend-path = ["build"]\n[project]',
        ),
        'build/own/backend.py': READS,
      },
    ],
  ])('%s', (_, files) => {
    expect(packageOf(files).environment.ofScripts).toEqual(['MINE']);
  });

  test.each<[string, Record<string, string>]>([
    [
      'a module that setup.py only reads',
      {
        'setup.py': `${SETUP}import re\nv = re.search('v = "(.*)"', open("a.py").read()).group(1)\nsetup(name="a", version=v)\n`,
        'a.py': `v = "1"\n${READS}`,
      },
    ],
    [
      'a module whose version is a constant',
      {
        'pyproject.toml': project(
          '[]',
          'setuptools.build_meta',
          `${DYNAMIC}[tool.setuptools.dynamic]\nversion = { attr = "a.v" }\n`,
        ),
        'a.py': `v = "1"\n${READS}`,
      },
    ],
    [
      'a setup.py that hatchling does not run',
      {
        'pyproject.toml': project('["hatchling"]', 'hatchling.build', 'version = "1"\n'),
        'setup.py': `${SETUP}${READS}setup()\n`,
      },
    ],
  ])('nothing of %s', (_, files) => {
    expect(packageOf(files).environment.ofScripts).toEqual([]);
  });

  const SCM = ['SETUPTOOLS_SCM', 'VCS_VERSIONING'].flatMap((tool) =>
    ['OVERRIDES', 'PRETEND_METADATA', 'PRETEND_VERSION'].flatMap((what) => [
      `${tool}_${what}`,
      `${tool}_${what}_FOR_MY_PKG`,
    ]),
  );

  test.each<[string, string, readonly string[]]>([
    ['setuptools-scm', project('["setuptools-scm>=8"]', 'setuptools.build_meta', DYNAMIC), SCM],
    [
      'setuptools-scm, which a stated version makes idle',
      project('["setuptools-scm>=8"]', 'setuptools.build_meta', 'version = "1"\n'),
      [],
    ],
    [
      'hatch-vcs',
      project('["hatchling", "hatch-vcs"]', 'hatchling.build', `${DYNAMIC}[tool.hatch.version]\nsource = "vcs"\n`),
      SCM,
    ],
    [
      'the source `env` of hatch',
      project('["hatchling"]', 'hatchling.build', `${DYNAMIC}[tool.hatch.version]\nsource = "env"\nvariable = "V"\n`),
      ['V'],
    ],
    [
      'build hooks of hatch',
      project('["hatchling"]', 'hatchling.build', 'version = "1"\n[tool.hatch.build.hooks.mypyc]\n'),
      ['HATCH_BUILD_HOOKS_ENABLE', 'HATCH_BUILD_HOOK_ENABLE_MYPYC', 'HATCH_BUILD_NO_HOOKS'],
    ],
    [
      'context formatting of hatch',
      project(
        '["hatchling"]',
        'hatchling.build',
        'version = "1"\ndependencies = ["a @ {env:WHERE}", "b @ {env:B_URL:https://index.example}"]\n',
      ),
      ['B_URL', 'WHERE'],
    ],
    [
      'pdm',
      project('["pdm-backend"]', 'pdm.backend', `${DYNAMIC}[tool.pdm.version]\nsource = "scm"\n`),
      ['PDM_BUILD_SCM_VERSION'],
    ],
    [
      'variables that pdm expands',
      project(
        '["pdm-backend"]',
        'pdm.backend',
        `version = "1"\ndependencies = ["a @ file:///\${PROJECT_ROOT}/a", "b @ https://\${HOST}/b"]\n`,
      ),
      ['HOST'],
    ],
    [
      'uv-dynamic-versioning',
      project(
        '["hatchling", "uv-dynamic-versioning"]',
        'hatchling.build',
        `${DYNAMIC}[tool.hatch.version]\nsource = "uv-dynamic-versioning"\n[tool.uv-dynamic-versioning]\nformat-jinja = "{{ base }}+{{ env.get('BUILD') }}.{{ env.RUN }}{{ env['X'] }}"\n`,
      ),
      ['BUILD', 'RUN', 'UV_DYNAMIC_VERSIONING_BYPASS', 'X'],
    ],
    [
      'poetry-dynamic-versioning',
      '[build-system]\nrequires = ["poetry-core", "poetry-dynamic-versioning"]\nbuild-backend = "poetry_dynamic_versioning.backend"\n[tool.poetry]\nname = "a"\nversion = "0.0.0"\n[tool.poetry-dynamic-versioning]\nenable = true\n',
      ['POETRY_DYNAMIC_VERSIONING_BYPASS', 'POETRY_DYNAMIC_VERSIONING_OVERRIDE'],
    ],
    [
      'setuptools-git-versioning',
      project(
        '["setuptools-git-versioning"]',
        'setuptools.build_meta',
        `${DYNAMIC}[tool.setuptools-git-versioning]\nenabled = true\ndev_template = "{tag}.post{env:BUILD_NUMBER:IGNORE}"\n`,
      ),
      ['BUILD_NUMBER'],
    ],
  ])('for %s', (_, text, expected) => {
    expect(packageOf({ 'pyproject.toml': text }).environment.ofBackend).toEqual(expected);
  });

  test('for pbr', () => {
    const files = {
      'setup.py': `${SETUP}setup(setup_requires=["pbr"], pbr=True)\n`,
      'setup.cfg': '[metadata]\nname = a\n',
    };
    expect(packageOf(files).environment.ofBackend).toEqual([
      'OSLO_PACKAGE_VERSION',
      'PBR_REQUIREMENTS_FILES',
      'PBR_VERSION',
      'SKIP_GENERATE_AUTHORS',
      'SKIP_WRITE_GIT_CHANGELOG',
    ]);
  });
});
