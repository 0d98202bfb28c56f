/** A conda package as a value: its identity, its files, and the texts of its `info` folder. */
import { createHash } from 'node:crypto';
import type { CoreMetadata } from '../dists/core-metadata.js';
import { commandsOf } from '../dists/entry-points.js';
import type { WholeWheel } from '../dists/wheel.js';
import type { CondaTarget } from './environments.js';
import { type CondaFile, condaFiles, isNoarchPython, PREFIX_PLACEHOLDER } from './layout.js';
import { importableModules } from './modules.js';

export interface CondaPackage {
  readonly name: string;
  readonly version: string;
  readonly build: string;
  readonly buildNumber: number;
  readonly subdir: string;
  /** seconds since 1970: of everything in the package */
  readonly modified: number;
  readonly files: readonly CondaFile[];
  /** below `info/`, by path, sorted */
  readonly info: ReadonlyMap<string, Buffer>;
}

/** What is not in the wheel. */
export interface CondaPackageOptions {
  readonly name: string;
  readonly buildNumber: number;
  /** match specifications */
  readonly depends: readonly string[];
  /** seconds since 1970; default: the newest time in the wheel */
  readonly modified: number | undefined;
}

/**
 * The same wheel, target and options give the same package, whichever machine makes it.
 * @throws {NotForConda} for a file that has no place in a conda package
 * @see conda documentation, "Package metadata"
 */
export function condaPackage(wheel: WholeWheel, target: CondaTarget, options: CondaPackageOptions): CondaPackage {
  const { name, buildNumber, depends } = options;
  const { metadata } = wheel;
  const subdir = target.kind === 'noarch' ? 'noarch' : target.subdir;
  const hashInput = {
    target_platform: subdir,
    ...(target.kind === 'noarch' && target.platforms !== 'all' ? { virtual: `__${target.platforms}` } : {}),
  };
  const build = `${buildPrefix(target)}h${hashOf(hashInput)}_${buildNumber}`;
  const modified = options.modified ?? Math.max(...wheel.entries.map((entry) => entry.modified));
  const license = licenseOf(metadata);
  const files = condaFiles(wheel, target, name);
  const index = {
    build,
    build_number: buildNumber,
    depends,
    ...(license === undefined ? {} : { license }),
    name,
    ...(isNoarchPython(target) ? { noarch: 'python' } : {}),
    ...platformFields(subdir),
    subdir,
    timestamp: modified * 1000,
    version: metadata.version,
  };
  const info = {
    'about.json': jsonText(aboutOf(metadata)),
    files: files.map(({ path }) => `${path}\n`).join(''),
    'hash_input.json': jsonText(hashInput),
    'index.json': jsonText(index),
    ...(isNoarchPython(target) ? { 'link.json': jsonText(linkOf(wheel)) } : {}),
    'paths.json': jsonText(pathsOf(files)),
    'tests/tests.yaml': jsonText([{ python: { imports: importableModules(wheel.files) } }]),
    ...prefixList(files),
  };
  return {
    name,
    version: metadata.version,
    build,
    buildNumber,
    subdir,
    modified,
    files,
    info: new Map<string, Buffer>(
      [...Object.entries(info).map(([path, text]) => [path, Buffer.from(text)] as const), ...licenseTexts(wheel)].sort(
        ([a], [b]) => (a < b ? -1 : 1),
      ),
    ),
  };
}

/** `name-version-build`: the file name without its ending. */
export function condaFileStem({ name, version, build }: Pick<CondaPackage, 'name' | 'version' | 'build'>): string {
  return `${name}-${version}-${build}`;
}

/** The licence as one line: an SPDX expression, or what older metadata say in its place. */
export function licenseOf({ licenseExpression, fields }: CoreMetadata): string | undefined {
  const old = fields.find(([field]) => field.toLowerCase() === 'license')?.[1];
  return (
    licenseExpression ?? (old !== undefined && old.length < 60 && !old.includes('\n') ? old || undefined : undefined)
  );
}

/** What a project says of its addresses, by what they are for. The labels are free text; these are the ones in use. */
export function projectUrls({
  fields,
}: CoreMetadata): Partial<Record<'home' | 'documentation' | 'repository', string>> {
  const urls = new Map<string, string>();
  for (const [field, value] of fields) {
    if (field.toLowerCase() !== 'project-url') continue;
    const [label = '', url = ''] = value.split(/,\s*(.*)/s);
    urls.set(label.toLowerCase().replace(/[^a-z]/g, ''), url);
  }
  const first = (...labels: string[]) => labels.map((label) => urls.get(label)).find(Boolean);
  const home = first('homepage', 'home') ?? fields.find(([field]) => field.toLowerCase() === 'home-page')?.[1];
  const documentation = first('documentation', 'docs', 'doc');
  const repository = first('repository', 'source', 'sourcecode', 'github', 'code');
  return { ...(home && { home }), ...(documentation && { documentation }), ...(repository && { repository }) };
}

function buildPrefix(target: CondaTarget): string {
  return target.kind === 'platform' && target.abi.kind === 'cpython' ? `py${target.abi.python.replace('.', '')}` : 'py';
}

/** As conda-build hashes what a build depends on: JSON with sorted keys, seven digits of SHA-1. */
function hashOf(input: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(input).map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  return createHash('sha1')
    .update(`{${pairs.sort().join(', ')}}`)
    .digest('hex')
    .slice(0, 7);
}

function platformFields(subdir: string): { arch?: string; platform?: string } {
  if (subdir === 'noarch') return {};
  const [platform = '', machine = ''] = subdir.split('-');
  return { arch: machine === '64' ? 'x86_64' : machine, platform };
}

function aboutOf(metadata: CoreMetadata): Record<string, unknown> {
  const { home, documentation, repository } = projectUrls(metadata);
  const texts = {
    description: metadata.description?.trim(),
    dev_url: repository,
    doc_url: documentation,
    home,
    license: licenseOf(metadata),
    summary: metadata.summary,
  };
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text));
}

function linkOf(wheel: WholeWheel) {
  const commands = commandsOf(wheel.entryPoints).map(
    ({ name, module, attribute }) => `${name} = ${module}:${attribute}`,
  );
  return {
    noarch: { type: 'python', ...(commands.length > 0 ? { entry_points: commands } : {}) },
    package_metadata_version: 1,
  };
}

function pathsOf(files: readonly CondaFile[]) {
  const paths = files.map(({ path, content, hasPrefix }) => ({
    _path: path,
    path_type: 'hardlink',
    sha256: createHash('sha256').update(content).digest('hex'),
    size_in_bytes: content.length,
    ...(hasPrefix ? { file_mode: 'text', prefix_placeholder: PREFIX_PLACEHOLDER } : {}),
  }));
  return { paths, paths_version: 1 };
}

/** For clients that are older than paths.json. */
function prefixList(files: readonly CondaFile[]): { has_prefix?: string } {
  const lines = files.filter(({ hasPrefix }) => hasPrefix).map(({ path }) => `${PREFIX_PLACEHOLDER} text ${path}\n`);
  return lines.length > 0 ? { has_prefix: lines.join('') } : {};
}

function licenseTexts({ entries, distInfo }: WholeWheel): (readonly [string, Buffer])[] {
  const folder = `${distInfo}/licenses/`;
  return entries
    .filter(({ path }) => path.startsWith(folder))
    .map(({ path, content }) => [`licenses/${path.slice(folder.length)}`, content] as const);
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
