/** Which environment variables a build looks up: each of them changes its result, though no file does. */

import { normalizeName } from '../names/name.js';
import { isTomlTable, type TomlValue } from '../toml/read.js';
import { backendPackage } from './build-system.js';
import type { CoreMetadata } from './core-metadata.js';
import { hatchVersionFile } from './dynamic-version.js';
import { type HatchConfiguration, hatchBuildHooks, hatchCustomHooks, hatchTable, hatchVersionSource } from './hatch.js';
import type { BuildSystem, PackageFolder } from './manifest.js';
import type { PyprojectFile, TomlPath } from './pyproject-file.js';
import { environmentReads } from './python/environment-reads.js';

/** What puts another version, or another way to make one, over that of setuptools-scm, by itself and as a part of others. */
const SCM = ['SETUPTOOLS_SCM', 'VCS_VERSIONING'].flatMap((tool) =>
  ['PRETEND_VERSION', 'PRETEND_METADATA', 'OVERRIDES'].flatMap((setting) => [
    `${tool}_${setting}`,
    `${tool}_${setting}_FOR_{NAME}`,
  ]),
);

/**
 * By build requirement; `{NAME}` is the distribution's.
 * @see the documentation of each: "Overrides" of setuptools-scm, "Environment variables" of pbr, poetry-dynamic-versioning and
 * uv-dynamic-versioning, "Dynamic version from SCM" of pdm-backend
 */
const OF_VERSION_PLUGINS: Readonly<Record<string, readonly string[]>> = {
  'flit-scm': SCM,
  'hatch-vcs': SCM,
  pbr: ['PBR_VERSION', 'OSLO_PACKAGE_VERSION'],
  'pdm-backend': ['PDM_BUILD_SCM_VERSION'],
  'pdm-pep517': ['PDM_PEP517_SCM_VERSION'],
  'poetry-dynamic-versioning': ['POETRY_DYNAMIC_VERSIONING_BYPASS', 'POETRY_DYNAMIC_VERSIONING_OVERRIDE'],
  'setuptools-scm': SCM,
  'setuptools-vcs-versioning': SCM,
  'uv-dynamic-versioning': ['UV_DYNAMIC_VERSIONING_BYPASS'],
  'vcs-versioning': SCM,
};
/** pbr reads them whatever the version is: other requirements, and files that it writes into the dists. */
const OF_PBR = ['PBR_REQUIREMENTS_FILES', 'SKIP_GENERATE_AUTHORS', 'SKIP_WRITE_GIT_CHANGELOG'];

/** `{env:NAME}` and `{env:NAME:default}` */
const IN_BRACES = /\{env:([^:}]+)/g;
/** Jinja: `env.NAME`, `env["NAME"]`, `env.get("NAME")` */
const IN_JINJA = /\benv(?:\.(?!get\b)|\[\s*["']|\.get\(\s*["'])(\w+)/g;
/** `${NAME}` */
const IN_SHELL = /\$\{(\w+)\}/g;

/** Tables whose texts are templates, by the build requirement that fills them in. */
const TEMPLATES: Readonly<Record<string, { readonly tables: readonly TomlPath[]; readonly variable: RegExp }>> = {
  hatchling: { tables: [['project']], variable: IN_BRACES },
  'pdm-backend': { tables: [['project']], variable: IN_SHELL },
  'poetry-dynamic-versioning': { tables: [['tool', 'poetry-dynamic-versioning']], variable: IN_JINJA },
  'setuptools-git-versioning': { tables: [['tool', 'setuptools-git-versioning']], variable: IN_BRACES },
  'uv-dynamic-versioning': { tables: [['tool', 'uv-dynamic-versioning']], variable: IN_JINJA },
};
/** It is the package's folder, wherever that is. */
const PROJECT_ROOT = 'PROJECT_ROOT';

/** What setup.py and every other piece of code that the backend executes look up. */
export function scriptVariables(
  folder: PackageFolder,
  core: CoreMetadata,
  pyproject: PyprojectFile | undefined,
  hatch: HatchConfiguration | undefined,
  build: BuildSystem,
): readonly string[] {
  const files = [
    ...executedForVersion(core),
    ...(pyproject === undefined ? [] : executedByBackend(pyproject, hatch, build)),
  ];
  return sorted([
    ...(core.environment ?? []),
    ...[...new Set(files)].flatMap((file) => environmentReads(folder.read(file) ?? '')),
  ]);
}

/** A version that does not follow from constants makes setuptools and flit import its module. */
function executedForVersion({ version }: CoreMetadata): readonly string[] {
  return version.kind === 'dynamic' && version.at.file.endsWith('.py') && version.at.file !== 'setup.py'
    ? [version.at.file]
    : [];
}

function executedByBackend(
  pyproject: PyprojectFile,
  hatch: HatchConfiguration | undefined,
  { backend, backendPath }: BuildSystem,
): readonly string[] {
  const [module = ''] = backend.split(':');
  const inTree = backendPath.flatMap((folder) => filesOfModule(module, folder === '.' ? '' : `${folder}/`));
  switch (backendPackage(backend)) {
    case 'hatchling':
      return [...inTree, ...(hatch ? hatchScripts(hatch) : [])];
    case 'pdm': {
      const hook = pyproject.value(['tool', 'pdm', 'build', 'custom-hook']);
      const call = pyproject.value(['tool', 'pdm', 'version', 'getter']);
      return [
        ...inTree,
        typeof hook === 'string' ? hook : 'pdm_build.py',
        ...(typeof call === 'string' ? filesOfModule(call.split(':')[0] ?? '', '') : []),
      ];
    }
    case 'poetry': {
      const script = pyproject.value(['tool', 'poetry', 'build']);
      const file = isTomlTable(script) ? script.script : script;
      return [...inTree, ...(typeof file === 'string' ? [file] : [])];
    }
    default:
      return inTree;
  }
}

/** Hooks of the package's own, and a version that is the value of an expression. */
function hatchScripts(hatch: HatchConfiguration): readonly string[] {
  const hooks = hatchCustomHooks(hatch);
  const version = hatchVersionSource(hatch) === 'code' ? hatchVersionFile(hatch) : undefined;
  return version === undefined ? hooks : [...hooks, version];
}

function filesOfModule(module: string, folder: string): readonly string[] {
  const path = `${folder}${module.replaceAll('.', '/')}`;
  return [`${path}.py`, `${path}/__init__.py`];
}

/**
 * What backends and their plugins look up themselves.
 * @param name the distribution's, `undefined` where only running code would tell it
 * @param asksRepository whether a plugin may make the version
 */
export function backendVariables(
  name: string | undefined,
  asksRepository: boolean,
  pyproject: PyprojectFile | undefined,
  hatch: HatchConfiguration | undefined,
  { requires }: BuildSystem,
): readonly string[] {
  const plugins = [...new Set(requires.map(({ requirement }) => requirement.name as string))];
  const suffix = name === undefined ? undefined : normalizeName(name).replaceAll('-', '_').toUpperCase();
  const ofVersion = asksRepository ? plugins.flatMap((plugin) => entryOf(OF_VERSION_PLUGINS, plugin) ?? []) : [];
  const inTemplates = plugins.flatMap((plugin) => {
    const { tables, variable } = entryOf(TEMPLATES, plugin) ?? {};
    return variable && pyproject ? (tables ?? []).flatMap((path) => named(pyproject.value(path), variable)) : [];
  });
  return sorted([
    ...ofVersion.flatMap((variable) =>
      suffix === undefined && variable.includes('{NAME}') ? [] : variable.replace('{NAME}', suffix ?? ''),
    ),
    ...(plugins.includes('pbr') ? OF_PBR : []),
    ...inTemplates.filter((variable) => variable !== PROJECT_ROOT),
    ...(hatch && plugins.includes('hatchling') ? hatchVariables(hatch) : []),
  ]);
}

/** The version source `env`, templates in hatch's own tables, and what switches build hooks on or off. */
function hatchVariables(hatch: HatchConfiguration): readonly string[] {
  const { file, root } = hatchTable(hatch, 'version');
  const source = hatchVersionSource(hatch) === 'env' ? file.string([...root, 'variable']) : undefined;
  const hooks = hatchBuildHooks(hatch).map((hook) => `HATCH_BUILD_HOOK_ENABLE_${hook.toUpperCase()}`);
  const templates = ['build', 'metadata'].map((name) => hatchTable(hatch, name));
  return [
    ...(source === undefined ? [] : [source]),
    ...templates.flatMap((table) => named(table.file.value(table.root), IN_BRACES)),
    ...(hooks.length === 0 ? [] : ['HATCH_BUILD_NO_HOOKS', 'HATCH_BUILD_HOOKS_ENABLE', ...hooks]),
  ];
}

/** What a pattern finds in all texts of a value. */
function named(value: TomlValue | undefined, variable: RegExp): readonly string[] {
  if (typeof value === 'string') return [...value.matchAll(variable)].flatMap(([, name]) => name ?? []);
  if (Array.isArray(value)) return value.flatMap((item) => named(item, variable));
  return isTomlTable(value) ? Object.values(value).flatMap((item) => named(item, variable)) : [];
}

function entryOf<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

function sorted(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}
