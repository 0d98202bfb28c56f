/** What every dist is checked for before it is put into its place: what an index would refuse, and what nobody means to publish. */
import { basename } from 'node:path';
import {
  type CoreMetadata,
  checkWheel,
  entryPointProblems,
  formatVersion,
  type NormalizedName,
  normalizeName,
  parseRequirement,
  parseVersion,
  readSdist,
} from '@nx-wheelhouse/python-packaging';
import { UserError } from '../errors/user-error.js';
import { metadataProblems, refusals } from '../local-index/rules.js';
import { packageSettings } from '../workspace/package-settings.js';
import { isForTests } from '../workspace/test-files.js';
import { type Package, statedValue } from '../workspace/workspace.js';
import type { ForeignModules } from './foreign-modules.js';
import type { BuildPlan } from './plan.js';
import { tagProblems } from './wheel-tags.js';
import type { BuiltFile } from './write-dists.js';

/** A dist as far as the checks look at it. */
export interface BuiltContent {
  readonly filename: string;
  readonly kind: BuiltFile['kind'];
  readonly metadata: CoreMetadata;
  readonly metadataText: string;
  /** paths in a wheel, below the top folder in an sdist */
  readonly files: readonly string[];
  /** for a wheel: the tags that WHEEL lists */
  readonly tags?: readonly string[] | undefined;
  /** for a wheel: in what way RECORD does not tell the truth about its files */
  readonly recordProblem?: string | undefined;
  /** its files that are private keys; of an sdist those that nobody has published yet */
  readonly privateKeys?: readonly string[] | undefined;
  /** for a wheel: the text of entry_points.txt */
  readonly entryPoints?: string | undefined;
}

/**
 * @param siblings the distributions of the workspace
 * @param foreign finds modules of other packages of the workspace
 * @param isCommitted whether git has a file of the package's folder
 * @param readmeProblem says why a readme cannot be shown, see ReadmeRenderer
 * @throws {UserError} that lists everything wrong with the dists
 */
export async function checkDists(
  plan: Pick<BuildPlan, 'pkg' | 'mayBeCompiled'>,
  built: readonly BuiltFile[],
  siblings: ReadonlySet<NormalizedName>,
  foreign: ForeignModules,
  isCommitted: (path: string) => boolean,
  readmeProblem: (readme: CoreMetadata) => Promise<string | undefined>,
): Promise<void> {
  const { pkg } = plan;
  const contents = await Promise.all(built.map((file) => readContent(pkg, file, isCommitted)));
  const problems: string[] = [];
  for (const content of contents) {
    const found = [...distProblems(content, plan, siblings), ...(await foreignProblems(content, pkg, foreign))];
    problems.push(...found.map((problem) => `${content.filename}: ${problem}`));
  }
  // All dists of a package have the same.
  const readme = contents[0] && (await readmeProblem(contents[0].metadata));
  if (readme !== undefined) problems.push(`the readme cannot be shown: correct it, or state its type\n    ${readme}`);
  if (problems.length === 0) return;
  throw new UserError(
    'What was built must not be published.',
    { project: pkg.project, file: pkg.manifestFiles[0] },
    'correct the manifest as each line says; nothing was put into dist',
    problems.map((problem) => `  ${problem}`).join('\n'),
  );
}

async function readContent(
  pkg: Package,
  { kind, path, filename, sdist }: BuiltFile,
  isCommitted: (path: string) => boolean,
): Promise<BuiltContent> {
  try {
    if (kind === 'sdist') {
      const content = sdist ?? (await readSdist(path));
      // Many packages have keys for tests and examples in their repositories, and mean it.
      const privateKeys = content.privateKeys.filter((key) => !isForTests(key) && !isCommitted(key));
      return { filename, kind, ...content, privateKeys };
    }
    const wheel = await checkWheel(path);
    const tags = wheel.wheelFields.filter(([name]) => name === 'Tag').map(([, value]) => value);
    return { filename, kind, ...wheel, tags };
  } catch (error) {
    throw new UserError(
      `${filename} cannot be read: ${(error as Error).message}.`,
      { project: pkg.project, file: pkg.manifestFiles[0] },
      'this is a fault of the build backend or its configuration: see what it put into the file',
    );
  }
}

/** @returns one sentence per problem, with what to do about it */
export function distProblems(
  content: BuiltContent,
  { pkg, mayBeCompiled }: Pick<BuildPlan, 'pkg' | 'mayBeCompiled'>,
  siblings: ReadonlySet<NormalizedName>,
): readonly string[] {
  const { requiresDist } = content.metadata;
  const others = requiresDist.filter((text) => placedSibling(text, siblings) === undefined);
  const metadata = { ...content.metadata, requiresDist: others };
  return [
    ...refusals({ ...content, metadata }),
    ...metadataProblems(metadata),
    ...siblingProblems(requiresDist, siblings),
    ...identityProblems(content, pkg),
    ...licenseProblems(content),
    ...statedLicenseProblems(content, pkg),
    ...secretProblems(content, pkg),
    ...(content.kind === 'wheel' ? wheelProblems(content, pkg, mayBeCompiled) : []),
  ];
}

function siblingProblems(requiresDist: readonly string[], siblings: ReadonlySet<NormalizedName>): string[] {
  return requiresDist.flatMap((text) => {
    const sibling = placedSibling(text, siblings);
    if (sibling === undefined) return [];
    const { name, url } = sibling;
    const place = url.startsWith('file:') ? 'a path of this machine' : url; // a path is one in the stage
    const fix = `declare it by its name, "${name}"; where it is now is for [tool.uv.sources] or your tool's own table to say`;
    return [`it requires ${name}, a package of this workspace, from ${place}: ${fix}`];
  });
}

/** @returns a package of the workspace that is required from a path or a URL */
function placedSibling(
  text: string,
  siblings: ReadonlySet<NormalizedName>,
): { readonly name: NormalizedName; readonly url: string } | undefined {
  try {
    const { name, source } = parseRequirement(text);
    return source.kind === 'url' && siblings.has(name) ? { name, url: source.url } : undefined;
  } catch {
    return undefined; // said by those who look at all requirements
  }
}

async function foreignProblems(
  { kind, files }: BuiltContent,
  pkg: Package,
  foreign: ForeignModules,
): Promise<string[]> {
  if (kind === 'sdist') return [];
  const found = await foreign.find(files, pkg, packageSettings(pkg).topLevel);
  return found.map(
    ({ file, owner }) =>
      `${file} is a module of ${owner.name}, which would be overwritten: require that package instead, or keep its files out`,
  );
}

function identityProblems({ metadata }: BuiltContent, { manifest }: Package): string[] {
  const [name, version] = [statedValue(manifest.name), statedValue(manifest.version)];
  const problems: string[] = [];
  if (name !== undefined && normalizeName(name) !== normalizeName(metadata.name)) {
    problems.push(`it is called ${metadata.name}, and the manifest says ${name}: state the name once`);
  }
  if (version !== undefined && normal(version) !== normal(metadata.version)) {
    problems.push(`it has version ${metadata.version}, and the manifest says ${version}: state the version once`);
  }
  return problems;
}

function normal(version: string): string {
  const parsed = parseVersion(version);
  return parsed === undefined ? version : formatVersion(parsed);
}

/** @see PEP 639, "Add License-File field": below licenses/ in a wheel, older metadata beside METADATA; at its path in an sdist */
function licenseProblems({ kind, metadata, files }: BuiltContent): string[] {
  const inWheel = (path: string) => files.some((file) => /^[^/]*\.dist-info\//.test(file) && file.endsWith(`/${path}`));
  const isThere = (path: string) =>
    kind === 'sdist' ? files.includes(path) : inWheel(path) || inWheel(basename(path));
  return metadata.licenseFiles
    .filter((path) => !isThere(path))
    .map(
      (path) => `the metadata name the licence file ${path}, which is not in it: keep the file in the package's folder`,
    );
}

/**
 * Where the manifest asks for files that are not there, most backends say nothing. A glob may match nothing beside others that do: a list
 * is often made for several packages.
 * @see PEP 639, "Add license-files key"
 */
function statedLicenseProblems({ files }: BuiltContent, { manifest: { licenseFiles } }: Package): string[] {
  if (licenseFiles.length === 0) return [];
  const { Minimatch } = require('minimatch') as typeof import('minimatch');
  const own = files.map((file) => file.replace(/^[^/]+\.dist-info\/(licenses\/|license_files\/)?/, ''));
  const missing = licenseFiles.filter((glob) => {
    const pattern = new Minimatch(glob, { dot: true, nocomment: true, nonegate: true });
    // Older metadata, and files from above the package, lie there by their names alone.
    const name = new Minimatch(basename(glob), { dot: true, nocomment: true, nonegate: true });
    return !own.some((file) => pattern.match(file) || name.match(file));
  });
  const isGlob = (glob: string) => /[*?[\]{}]/.test(glob);
  const told = missing.length === licenseFiles.length ? missing : missing.filter((glob) => !isGlob(glob));
  return told.map(
    (glob) =>
      `the manifest asks for the licence files ${glob}, and there are none in it: correct license-files, or add the file`,
  );
}

const SECRET = /^(\.env(\.(?!example$|sample$|template$|dist$|test$).*)?|\.pypirc|\.netrc|id_(rsa|dsa|ecdsa|ed25519))$/;

function secretProblems({ files, privateKeys = [] }: BuiltContent, pkg: Package): string[] {
  const { notSecret } = packageSettings(pkg);
  const isMeant = (path: string) => notSecret.some((end) => path === end || path.endsWith(`/${end}`));
  const named = files.filter((path) => SECRET.test(basename(path)));
  const keys = privateKeys.filter((path) => !named.includes(path));
  const secrets = [
    ...named.map((path) => ({ path, why: 'holds secrets by its name' })),
    ...keys.map((path) => ({ path, why: 'is a private key' })),
  ].filter(({ path }) => !isMeant(path));
  const modules = files.find((path) => path.split('/').includes('node_modules'));
  return [
    ...secrets.map(
      ({ path, why }) =>
        `${path} ${why}: let git ignore it, or exclude it from the build; if it is public, write \`not-secret = ["${path}"]\` into [tool.nx-wheelhouse] of pyproject.toml`,
    ),
    ...(modules === undefined ? [] : [`${modules} is a npm module: exclude node_modules from the build`]),
  ];
}

/** Importable names that every second repository has, so that one package would overwrite another's. */
const NOT_AT_THE_TOP = new Set(['tests', 'test', 'docs', '.git', '.venv', 'venv']);

function wheelProblems(
  { filename, files, tags = [], recordProblem, entryPoints }: BuiltContent,
  pkg: Package,
  mayBeCompiled: boolean,
): string[] {
  const { topLevel } = packageSettings(pkg);
  const installed = files.map((path) => path.replace(/^[^/]+\.data\/(purelib|platlib)\//, ''));
  const tops = new Set(installed.filter((path) => path.includes('/')).map((path) => path.split('/')[0] as string));
  const unwanted = [...tops].filter((top) => NOT_AT_THE_TOP.has(top) && !topLevel.includes(top));
  return [
    ...unwanted.map(
      (top) =>
        `it installs a package called ${top}: exclude the folder from the wheel in the backend's configuration, or, where that is meant, write \`top-level = ["${top}"]\` into [tool.nx-wheelhouse] of pyproject.toml`,
    ),
    ...tagProblems({ filename, files, tags }, mayBeCompiled),
    ...(recordProblem === undefined ? [] : [`${recordProblem}: this is a fault of the build backend`]),
    ...(entryPoints === undefined ? [] : entryPointProblems(entryPoints)),
  ];
}
