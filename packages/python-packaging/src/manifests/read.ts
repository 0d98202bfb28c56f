/** What a folder's manifests say together: one package, no package, or something broken. */
import { isValidName, type NormalizedName } from '../names/name.js';
import { readArtifacts } from './artifacts.js';
import { BrokenManifest } from './broken-manifest.js';
import { backendPackage, readBuildSystem } from './build-system.js';
import { CarefulFolder } from './careful-folder.js';
import { mayBeCompiled } from './compiled.js';
import { type CoreMetadata, mergeLists } from './core-metadata.js';
import { readDependencyGroups } from './dependency-groups.js';
import { pluginVersion } from './dynamic-version.js';
import { backendVariables, scriptVariables } from './environment-variables.js';
import { readFlitMetadata } from './flit.js';
import { hatchBuildRequires, hatchConfiguration } from './hatch.js';
import { type HatchEnvironments, readHatchEnvironments } from './hatch-environments.js';
import { InvalidIni } from './ini.js';
import type { ManifestProblem, ManifestReading, PackageFolder, PackageManifest, Stated } from './manifest.js';
import { readModuleLayout } from './modules/read.js';
import { readPdmGroups } from './pdm.js';
import { readPoetryGroups, readPoetryMetadata } from './poetry.js';
import { readProjectTable } from './project-table.js';
import { PyprojectFile } from './pyproject-file.js';
import { asksRepository } from './repository-version.js';
import { readRequirementGroups } from './requirement-groups.js';
import { sdistContent } from './sdist-content.js';
import { readSetupCfg } from './setup-cfg.js';
import { readSetupScript } from './setup-py.js';
import { mergeSetuptools } from './setuptools.js';
import { toldByBackend, toldByPlugin } from './told-by-build.js';
import { readUvDevDependencies, readUvSources, readUvWorkspace, virtualProject } from './uv.js';

const PYPROJECT = 'pyproject.toml';
const FORMATS = [PYPROJECT, 'setup.cfg', 'setup.py'] as const;
/** Placeholders of project templates, in names (`{{ cookiecutter.name }}`, `<NAME>`, `$name`, `__NAME__`) and in texts that are no TOML yet. */
const PLACEHOLDER = /[<>{}$%@]|^__.*__$/;
/** What opens and closes a tag of a template. */
const TEMPLATE_TAGS = [
  ['{{', '}}'],
  ['{%', '%}'],
] as const;

/**
 * Reads pyproject.toml, setup.cfg and setup.py of one folder.
 * Never throws: what is wrong with a manifest is a `broken` reading or one of its `problems`. No code of the package is executed.
 */
export function readManifest(folder: PackageFolder): ManifestReading {
  const reader = new CarefulFolder(folder);
  try {
    return readTexts(reader);
  } catch (error) {
    if (error instanceof BrokenManifest) return broken(error.message, error.at.file, error.at.line);
    if (error instanceof InvalidIni) return broken(error.reason, 'setup.cfg', error.line);
    const file = FORMATS.find((each) => reader.has(each)) ?? PYPROJECT;
    return broken(`cannot be read: ${error instanceof Error ? error.message : String(error)}`, file, undefined);
  }
}

function readTexts(folder: CarefulFolder): ManifestReading {
  const text = folder.manifest(PYPROJECT);
  if (text !== undefined && isTemplate(text)) return notAPackage('a template of a project');
  const pyproject = text === undefined ? undefined : new PyprojectFile(text);
  const hasProject = pyproject?.has(['project']) === true;

  const legacyProblems: ManifestProblem[] = [];
  const legacy = readLegacy(folder, legacyProblems);
  const build = readBuildSystem(pyproject, { file: pyproject?.name ?? 'setup.py', line: undefined });

  if (pyproject !== undefined && hasProject) {
    if (pyproject.tableAt(['project']) === undefined)
      return broken('`project` must be a table', PYPROJECT, pyproject.at(['project']).line);
    const hatch = hatchConfiguration(pyproject, folder);
    const core = readProjectTable(pyproject, folder, build.backend, legacy, hatch);
    // pdm wants a name only of what is distributed.
    if (!pyproject.has(['project', 'name']) && pyproject.has(['tool', 'pdm']))
      return notAPackage('a project of pdm without a name', pyproject);
    if (!pyproject.has(['project', 'name']))
      return broken('[project] has no `name`', PYPROJECT, pyproject.at(['project']).line);
    if (pyproject.string(['project', 'name']) === undefined)
      return broken('`project.name` must be a string', PYPROJECT, pyproject.at(['project', 'name']).line);
    const problems = backendPackage(build.backend) === 'setuptools' ? legacyProblems : [];
    return assemble(folder, core, pyproject, build, problems, hatch);
  }
  const core = pyproject && (readPoetry(pyproject) ?? readFlitMetadata(pyproject, folder));
  if (core !== undefined) return assemble(folder, core, pyproject, build, []);
  if (pyproject !== undefined && isPoetryProject(pyproject)) {
    if (pyproject.boolean(['tool', 'poetry', 'package-mode']) === false)
      return notAPackage('`tool.poetry.package-mode` is false', pyproject);
    return broken('[tool.poetry] has no `name`', PYPROJECT, pyproject.at(['tool', 'poetry']).line);
  }
  if (legacy !== undefined && legacy.name.kind !== 'absent')
    return assemble(folder, legacy, pyproject, build, legacyProblems);
  if (legacy !== undefined && folder.has('setup.py')) {
    const told = toldByPlugin(legacy, build);
    return told === undefined
      ? broken('setup() is called without a `name`', 'setup.py', lineOfSetupCall(folder))
      : assemble(folder, told, pyproject, build, legacyProblems);
  }
  const told = pyproject && toldByBackend(build, pyproject.at(['build-system', 'build-backend']));
  if (told !== undefined) return assemble(folder, told, pyproject, build, []);
  return notAPackage('its manifests name no distribution', pyproject);
}

function lineOfSetupCall(folder: PackageFolder): number | undefined {
  const lines = folder.read('setup.py')?.split('\n') ?? [];
  return lines.findIndex((line) => /\bsetup\s*\(/.test(line)) + 1 || undefined;
}

/** setup.py and setup.cfg; a setup.cfg alone that only configures tools is none. */
function readLegacy(folder: CarefulFolder, problems: ManifestProblem[]): CoreMetadata | undefined {
  folder.manifest('setup.py');
  const script = readSetupScript(folder, problems);
  const text = folder.manifest('setup.cfg');
  const cfg =
    text === undefined || (script === undefined && !/^\s*\[metadata\]/m.test(text))
      ? undefined
      : readSetupCfg(text, folder, problems);
  return mergeSetuptools(script, cfg);
}

function readPoetry(pyproject: PyprojectFile): CoreMetadata | undefined {
  return pyproject.has(['tool', 'poetry', 'name']) ? readPoetryMetadata(pyproject) : undefined;
}

/** A table that only configures poetry (its sources, say) states no project. */
function isPoetryProject(pyproject: PyprojectFile): boolean {
  return ['version', 'package-mode', 'dependencies'].some((key) => pyproject.has(['tool', 'poetry', key]));
}

function assemble(
  folder: CarefulFolder,
  core: CoreMetadata,
  pyproject: PyprojectFile | undefined,
  build: PackageManifest['buildSystem'],
  problems: readonly ManifestProblem[],
  hatch = pyproject && hatchConfiguration(pyproject, folder),
): ManifestReading {
  const { name } = core;
  if (name.kind === 'static') {
    if (PLACEHOLDER.test(name.value)) return notAPackage(`a template: its name is "${name.value}"`, pyproject);
    if (!isValidName(name.value))
      return broken(`"${name.value}" is not a valid name for a distribution`, name.at.file, name.at.line);
  }
  const tables = pyproject === undefined ? [] : groupTables(pyproject, folder);
  const environments = hatch ? readHatchEnvironments(hatch, folder) : NO_ENVIRONMENTS;
  const files = readRequirementGroups(folder);
  const version = withVersionPlugin(core.version, pyproject);
  const virtual = pyproject && (virtualProject(pyproject) ?? nonPackageMode(pyproject));
  const buildSystem = {
    ...build,
    requires: [...build.requires, ...core.buildRequires, ...(hatch ? hatchBuildRequires(hatch) : [])],
  };
  const scripts = textsOf(folder, ['setup.py', ...core.namedFiles]);
  const asks = asksRepository(version, pyproject, hatch, buildSystem, scripts);
  const manifest: PackageManifest = {
    files: readFiles(folder, core),
    name,
    version,
    asksRepository: asks,
    environment: {
      ofScripts: scriptVariables(folder, core, pyproject, hatch, buildSystem),
      ofBackend: backendVariables(name.kind === 'static' ? name.value : undefined, asks, pyproject, hatch, buildSystem),
    },
    description: core.description,
    requiresPython: core.requiresPython,
    dependencies: core.dependencies,
    extras: core.extras,
    presumed: core.presumed,
    groups: mergeLists(...tables.map(({ groups }) => groups), environments.groups, files.groups),
    installedFolders: environments.installedFolders,
    groupsOfNoLock: without([...environments.groups.keys(), ...files.groups.keys()], tables),
    buildSystem,
    mayBeCompiled: mayBeCompiled(folder, pyproject, hatch, buildSystem),
    sources: mergeLists(core.sources, ...tables.map(({ sources }) => sources), environments.sources, files.sources),
    uvWorkspace: pyproject && readUvWorkspace(pyproject),
    virtual,
    isPrivate:
      virtual !== undefined ||
      (core.classifiers.kind === 'static' && core.classifiers.value.some((each) => each.startsWith('Private ::'))),
    namedFiles: [...new Set([...core.namedFiles, ...versionFile(core)])],
    licenseFiles: core.licenseFiles ?? [],
    mayReadAnyFile: isComputed([core.requiresPython, core.dependencies, core.extras, ...(asks ? [] : [version])]),
    sdistContent: sdistContent(pyproject, build.backend),
    artifacts: readArtifacts(pyproject, hatch, build.backend),
    tool: pyproject?.tableAt(['tool']) ?? {},
    modules: readModuleLayout({
      pyproject,
      hatch,
      backend: build.backend,
      name: name.kind === 'static' ? name.value : '',
      legacy: core.packages,
    }),
    problems: distinct([
      ...(pyproject?.problems ?? []),
      ...(hatch?.own?.problems ?? []),
      ...files.problems,
      ...problems,
    ]),
  };
  return { kind: 'package', manifest };
}

/** What is read on several ways is wrong once. */
function distinct(problems: readonly ManifestProblem[]): readonly ManifestProblem[] {
  if (problems.length < 2) return problems;
  return [...new Map(problems.map((each) => [`${each.at.file}:${each.at.line}:${each.message}`, each])).values()];
}

/** Whether one of the statements is the result of code in a setup.py that is not understood. */
function isComputed(statements: readonly Stated<unknown>[]): boolean {
  return statements.some((each) => each.kind === 'dynamic' && each.at.file === 'setup.py');
}

function textsOf(folder: PackageFolder, files: readonly string[]): ReadonlyMap<string, string> {
  return new Map(files.flatMap((file) => (file.endsWith('.py') ? [[file, folder.read(file) ?? ''] as const] : [])));
}

/** Plugins of setuptools make a version where no manifest states one. */
function withVersionPlugin(version: Stated<string>, pyproject: PyprojectFile | undefined): Stated<string> {
  return version.kind === 'absent' && pyproject !== undefined ? (pluginVersion(pyproject) ?? version) : version;
}

/** The file that the version stands in, where that is no manifest. */
function versionFile({ version }: CoreMetadata): readonly string[] {
  const file = version.kind === 'static' ? version.at.file : undefined;
  return file === undefined || (FORMATS as readonly string[]).includes(file) ? [] : [file];
}

function nonPackageMode(pyproject: PyprojectFile): string | undefined {
  const settings = [
    ['tool', 'poetry', 'package-mode'],
    ['tool', 'pdm', 'distribution'],
  ];
  const setting = settings.find((path) => pyproject.boolean(path) === false);
  return setting && `\`${setting.join('.')}\` is false`;
}

/** Groups and sources by each tool's own tables. */
function groupTables(pyproject: PyprojectFile, folder: PackageFolder): readonly GroupTable[] {
  const groups = readDependencyGroups(pyproject);
  return [
    { groups, sources: readUvSources(pyproject) },
    { groups: readUvDevDependencies(pyproject), sources: new Map() },
    readPoetryGroups(pyproject, groups),
    readPdmGroups(pyproject, folder),
  ];
}

function without(names: readonly NormalizedName[], tables: readonly GroupTable[]): ReadonlySet<NormalizedName> {
  return new Set(names.filter((name) => !tables.some(({ groups }) => groups.has(name))));
}

const NO_ENVIRONMENTS: HatchEnvironments = { groups: new Map(), sources: new Map(), installedFolders: [] };

interface GroupTable {
  readonly groups: PackageManifest['groups'];
  readonly sources: PackageManifest['sources'];
}

/** The manifest files that are there, the one that names the distribution first. */
function readFiles(folder: CarefulFolder, core: CoreMetadata): readonly string[] {
  const leading = core.name.kind === 'absent' ? undefined : core.name.at.file;
  const present = FORMATS.filter((file) => folder.has(file));
  return [...present.filter((file) => file === leading), ...present.filter((file) => file !== leading)];
}

/** No TOML because of its tags: a real manifest, too, may have such tags in its texts, and be broken elsewhere. */
function isTemplate(text: string): boolean {
  const lines = text.split('\n');
  if (!lines.some(hasTemplateTag)) return false;
  try {
    new PyprojectFile(text);
    return false;
  } catch (error) {
    if (!(error instanceof BrokenManifest)) throw error;
    return hasTemplateTag(lines[(error.at.line ?? 0) - 1] ?? '');
  }
}

function hasTemplateTag(line: string): boolean {
  return TEMPLATE_TAGS.some(([open, close]) => {
    const at = line.indexOf(open);
    return at >= 0 && line.includes(close, at);
  });
}

function notAPackage(reason: string, pyproject?: PyprojectFile): Extract<ManifestReading, { kind: 'not-a-package' }> {
  return {
    kind: 'not-a-package',
    reason,
    uvWorkspace: pyproject && readUvWorkspace(pyproject),
    sources: pyproject ? readUvSources(pyproject) : new Map(),
  };
}

function broken(message: string, file: string, line: number | undefined): ManifestReading {
  return { kind: 'broken', problem: { message, at: { file, line } } };
}
