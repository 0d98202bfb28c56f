/** How a new package joins the workspace: one lock, one environment, siblings taken from their folders. */
import { existsSync } from 'node:fs';
import { posix } from 'node:path';
import type { Tree } from '@nx/devkit';
import {
  appendToTomlArray,
  formatSpecifierSet,
  type NormalizedName,
  normalizeName,
  parseSpecifierSet,
  type Requirement,
  readToml,
  setTomlValue,
} from '@nx-wheelhouse/python-packaging';
import { Minimatch } from 'minimatch';
import { listFiles } from '../../workspace/files.js';
import { MANIFEST_FILES } from '../../workspace/manifest-files.js';
import { readWorkspace } from '../../workspace/read.js';
import { type Package, statedValue } from '../../workspace/workspace.js';
import type { NewPackage } from './options.js';
import type { SourceEntry } from './pyproject.js';

const ROOT_MANIFEST = 'pyproject.toml';

/** The packages that are there already, by normalised name. */
export function existingPackages(tree: Tree): ReadonlyMap<NormalizedName, Package> {
  if (!existsSync(tree.root)) return new Map(); // a tree in memory only
  const names = new Set<string>(MANIFEST_FILES);
  const manifests = listFiles(tree.root).paths.filter((path) => names.has(posix.basename(path)));
  return new Map([...readWorkspace(tree.root, manifests).packages.values()].map((pkg) => [pkg.name, pkg]));
}

/** A sibling that is required without a version is required from its present version on: an older one of the index would not do. */
export function withSiblingVersions(pkg: NewPackage, siblings: ReadonlyMap<NormalizedName, Package>): NewPackage {
  const dependencies = pkg.dependencies.map((requirement): Requirement => {
    const version =
      siblings.get(requirement.name) &&
      statedValue(siblings.get(requirement.name)?.manifest.version ?? { kind: 'absent' });
    if (
      version === undefined ||
      requirement.source.kind !== 'index' ||
      formatSpecifierSet(requirement.source.specifiers) !== ''
    )
      return requirement;
    return { ...requirement, source: { kind: 'index', specifiers: parseSpecifierSet(`>=${version}`) } };
  });
  return { ...pkg, dependencies };
}

/** The sources of the siblings that a package requires, seen from a folder. */
export function siblingSources(
  pkg: NewPackage,
  siblings: ReadonlyMap<NormalizedName, Package>,
  folder: string,
): ReadonlyMap<NormalizedName, SourceEntry> {
  const required = pkg.dependencies.map(({ name }) => siblings.get(name)).filter((sibling) => sibling !== undefined);
  return new Map(required.map((sibling) => [sibling.name, sourceOf(sibling, folder)]));
}

/** uv takes only folders with a pyproject.toml for members: a setup.py package is taken by its path. */
function sourceOf({ root, manifest }: Package, folder: string): SourceEntry {
  if (manifest.files[0] === 'pyproject.toml') return { workspace: true };
  return { path: posix.relative(folder, root), editable: true };
}

/**
 * Enters a package into the pyproject.toml at the root, which is made when there is none.
 * @returns a reason when the root is managed by another tool and stays as it is
 */
export function joinWorkspace(
  tree: Tree,
  pkg: NewPackage,
  siblings: ReadonlyMap<NormalizedName, Package>,
): string | undefined {
  const text = tree.read(ROOT_MANIFEST, 'utf8') ?? '';
  const manifest = readToml(text) as RootManifest;
  if (manifest.tool?.poetry || manifest.tool?.pdm) {
    return `the ${ROOT_MANIFEST} at the root is not one of uv, so the package has not been entered there`;
  }
  let edited = text;
  if (manifest.tool?.uv?.workspace === undefined)
    edited = setTomlValue(edited, ['tool', 'uv', 'workspace', 'members'], []);
  edited = pkg.manifest === 'pyproject' ? enterMember(edited, pkg, manifest) : enterPath(edited, pkg, siblings);
  edited = enterTestRunner(edited, pkg, manifest);
  if (edited !== text) tree.write(ROOT_MANIFEST, edited);
  return undefined;
}

interface RootManifest {
  readonly tool?: {
    readonly poetry?: unknown;
    readonly pdm?: unknown;
    readonly uv?: { readonly workspace?: { readonly members?: readonly string[] } };
  };
  readonly 'dependency-groups'?: Readonly<Record<string, readonly unknown[]>>;
}

function enterMember(text: string, { root }: NewPackage, manifest: RootManifest): string {
  const patterns = manifest.tool?.uv?.workspace?.members ?? [];
  const isCovered = patterns.some((pattern) => new Minimatch(posix.normalize(pattern), { dot: true }).match(root));
  return isCovered ? text : appendToTomlArray(text, ['tool', 'uv', 'workspace', 'members'], root);
}

/** A setup.py states no sources, so the root states them for it: its own path, and where the siblings are that it requires. */
function enterPath(text: string, pkg: NewPackage, siblings: ReadonlyMap<NormalizedName, Package>): string {
  const name = normalizeName(pkg.name);
  let edited = setTomlValue(text, ['tool', 'uv', 'sources', name], { path: pkg.root, editable: true });
  for (const [sibling, source] of siblingSources(pkg, siblings, '.')) {
    edited = setTomlValue(edited, ['tool', 'uv', 'sources', sibling], source);
  }
  return appendToTomlArray(edited, ['dependency-groups', 'packages'], pkg.name);
}

/** One environment for all tests, so their runner is required once, at the root. */
function enterTestRunner(text: string, { testRunner }: NewPackage, manifest: RootManifest): string {
  const groups = Object.values(manifest['dependency-groups'] ?? {}).flat();
  const hasPytest = groups.some((requirement) => typeof requirement === 'string' && /^pytest\b(?!-)/.test(requirement));
  return testRunner !== 'pytest' || hasPytest
    ? text
    : appendToTomlArray(text, ['dependency-groups', 'dev'], 'pytest>=8');
}
