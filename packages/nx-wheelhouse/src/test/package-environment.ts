/** The environment of a package outside any uv workspace: the package and its siblings editable, and what its tests declare to need. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { formatRequirement, type NormalizedName, type Requirement } from '@nx-wheelhouse/python-packaging';
import { WHEELHOUSE_FOLDER } from '../build/dist-record.js';
import { UserError } from '../errors/user-error.js';
import { pythonIn } from '../toolchain/environments.js';
import { findInterpreter, type Interpreter } from '../toolchain/interpreter.js';
import { lastLines } from '../toolchain/run-tool.js';
import { runUv } from '../toolchain/uv.js';
import { testSiblings } from '../workspace/closures.js';
import { declarations } from '../workspace/declarations.js';
import { type LockedTests, lockedTests } from '../workspace/locks/locked-closures.js';
import { type Package, pathIn, statedValue, type Workspace } from '../workspace/workspace.js';
import { lockedConstraints, lockedOverrides } from './locked-constraints.js';
import { hasOnlySetupCfg, writeStandIn } from './setup-cfg-project.js';
import type { SyncedEnvironment } from './uv-environment.js';

/** Extras and groups that people keep their test requirements in. */
const TEST_NAMES = /^(test|tests|testing|dev|develop|development)$/;
const TEST_REQUIREMENT_FILES = ['test', 'tests', 'dev'].flatMap((name) => [
  `requirements-${name}.txt`,
  `requirements_${name}.txt`,
  `${name}-requirements.txt`,
  `requirements/${name}.txt`,
]);

/**
 * Makes the environment, or takes the one of the last run when nothing it is made of has changed.
 * @returns the interpreter inside, absolute, and what a person should know of it
 * @throws {UserError} when uv cannot resolve or install
 */
export async function packageEnvironment(workspace: Workspace, pkg: Package): Promise<SyncedEnvironment> {
  const interpreter = await findInterpreter({
    request: undefined,
    folder: join(workspace.root, pkg.root),
    requiresPython: statedValue(pkg.manifest.requiresPython),
  });
  const siblings = testSiblings(pkg, workspace.packages).map((root) => workspace.packages.get(root) as Package);
  const folder = join(ownFolder(workspace, pkg), 'environment');
  const stamp = join(folder, 'nx-wheelhouse.sha256');
  const requirementFiles = TEST_REQUIREMENT_FILES.filter((file) => existsSync(join(workspace.root, pkg.root, file)));
  const locked = lockedTests(workspace, pkg);
  const closure = locked.kind === 'locked' ? locked.packages : [];
  const inTree = siblingsOverGit(pkg, siblings);
  const free = new Set([...namesOfNoLock(pkg), ...inTree.map(({ name }) => name)]);
  const constraints = lockedConstraints(closure, free);
  const overrides = lockedOverrides(closure, free) + inTree.map((one) => treeOverride(workspace, one)).join('');
  const notice = locked.kind === 'unknown' ? `${noticeOf(locked)}\n` : '';
  const identity = digestOf(
    workspace,
    interpreter,
    [pkg, ...siblings],
    requirementFiles.map((file) => pathIn(pkg.root, file)),
    constraints + overrides,
  );
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === identity) return { python: pythonIn(folder), notice };

  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await callUv(
    pkg,
    ['venv', '--quiet', '--clear', '--no-project', '--python', interpreter.path, folder],
    workspace.root,
  );
  const python = pythonIn(folder);
  const editables = [pkg, ...siblings].flatMap((one) => installation(workspace, one, one === pkg));
  const files = requirementFiles.flatMap((file) => ['--requirements', join(workspace.root, pkg.root, file)]);
  const pins = join(folder, 'nx-wheelhouse-constraints.txt');
  const references = join(folder, 'nx-wheelhouse-overrides.txt');
  writeFileSync(pins, constraints);
  writeFileSync(references, overrides);
  const args = [
    'pip',
    'install',
    '--quiet',
    '--python',
    python,
    '--constraints',
    pins,
    '--overrides',
    references,
    ...editables,
    ...files,
    ...groupRequirements(pkg, siblings),
    'pytest',
  ];
  await callUv(pkg, args, workspace.root);
  writeFileSync(stamp, identity);
  return { python, notice };
}

/** The folder for what is made for a package, absolute. */
function ownFolder({ root }: Workspace, pkg: Package): string {
  return join(root, WHEELHOUSE_FOLDER, pkg.root);
}

/** A virtual project cannot be installed: what it requires is installed in its place. */
function installation(workspace: Workspace, pkg: Package, withTestExtras: boolean): string[] {
  return pkg.manifest.virtual === undefined
    ? ['--editable', editable(workspace, pkg, withTestExtras)]
    : ['--requirements', join(workspace.root, pkg.root, 'pyproject.toml')];
}

function editable(workspace: Workspace, pkg: Package, withTestExtras: boolean): string {
  const declared = pkg.manifest.extras.kind === 'static' ? [...pkg.manifest.extras.value.keys()] : [];
  const extras = withTestExtras ? declared.filter((extra) => TEST_NAMES.test(extra)) : [];
  return installable(workspace, pkg) + (extras.length > 0 ? `[${extras.join(',')}]` : '');
}

/** The folder that installers take the package from, absolute. */
function installable(workspace: Workspace, pkg: Package): string {
  const project = join(workspace.root, pkg.root);
  return hasOnlySetupCfg(pkg) ? writeStandIn(project, join(ownFolder(workspace, pkg), 'stand-in')) : project;
}

/** The place of a sibling is known already, and may be written for another folder than this is installed in. */
function groupRequirements({ manifest }: Package, siblings: readonly Package[]): string[] {
  const byName = new Map(siblings.map((sibling) => [sibling.name, sibling]));
  const isVirtual = ({ name }: Requirement) => byName.get(name)?.manifest.virtual !== undefined;
  return [...manifest.groups]
    .filter(([group]) => TEST_NAMES.test(group))
    .flatMap(([, requirements]) => requirements.map(({ requirement }) => requirement))
    .filter((requirement) => !isVirtual(requirement))
    .map((one) => formatRequirement(byName.has(one.name) && one.source.kind === 'url' ? withoutUrl(one) : one));
}

function withoutUrl(requirement: Requirement): Requirement {
  return { ...requirement, source: { kind: 'index', specifiers: { clauses: [] } } };
}

/** What some package of the environment takes from git although it is in the tree: uv refuses two places for one name. */
function siblingsOverGit(pkg: Package, siblings: readonly Package[]): readonly Package[] {
  const taken = new Set([pkg, ...siblings].flatMap(({ manifest }) => namesFromGit(manifest)));
  return siblings.filter(({ name, manifest }) => manifest.virtual === undefined && taken.has(name));
}

function namesFromGit(manifest: Package['manifest']): NormalizedName[] {
  const requirements = declarations(manifest).flatMap(([, declared]) => declared.map(({ requirement }) => requirement));
  return [
    ...requirements.filter(({ source }) => source.kind === 'url' && source.url.startsWith('git+')),
    ...[...manifest.sources].flatMap(([name, stated]) => (stated.some(({ kind }) => kind === 'git') ? [{ name }] : [])),
  ].map(({ name }) => name);
}

/** A line of a requirements file. */
function treeOverride(workspace: Workspace, sibling: Package): string {
  return `--editable ${pathToFileURL(installable(workspace, sibling))}\n`;
}

/** What requirements files and hatch environments ask for goes by their own versions. */
function namesOfNoLock({ manifest }: Package): ReadonlySet<NormalizedName> {
  const groups = [...manifest.groupsOfNoLock].flatMap((group) => manifest.groups.get(group) ?? []);
  return new Set(groups.map(({ requirement }) => requirement.name));
}

function noticeOf({ lock, warning: { file, line, message } }: Extract<LockedTests, { kind: 'unknown' }>): string {
  const place = line === undefined ? file : `${file}:${line}`;
  return `The tests run with what the index has, not with the versions of ${lock}. ${place}: ${message}`;
}

function digestOf(
  workspace: Workspace,
  interpreter: Interpreter,
  packages: readonly Package[],
  files: readonly string[],
  constraints: string,
): string {
  const hash = createHash('sha256').update(`2 ${interpreter.path} ${interpreter.identity}\n${constraints}`);
  for (const file of [...packages.flatMap(({ manifestFiles }) => manifestFiles), ...files]) {
    hash.update(`${file}\n`).update(readFileSync(join(workspace.root, file)));
  }
  return hash.digest('hex');
}

async function callUv(pkg: Package, args: string[], cwd: string): Promise<void> {
  const { status, stderr } = await runUv(args, { cwd });
  if (status === 0) return;
  throw new UserError(
    'An environment for the tests of this package could not be made.',
    { project: pkg.project, file: pkg.manifestFiles[0] },
    fixFor(stderr),
    lastLines(stderr),
  );
}

/** uv quotes the interpreter on a backend without the hook that editable installs take. */
function fixFor(stderr: string): string {
  return /no attribute 'build_editable'/.test(stderr)
    ? 'take a build backend that installs in place (PEP 660): for `poetry.masonry.api` that is `poetry.core.masonry.api`, of poetry-core>=1.0.8; for others a newer version'
    : 'correct the requirements, or give uv access to an index that has them';
}
