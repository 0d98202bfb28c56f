/** What will be run for the tests of a package. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors/user-error.js';
import { listFiles } from '../workspace/files.js';
import { filesByPackage, nestedPackages, packageFolders } from '../workspace/ownership.js';
import { packageOfProject } from '../workspace/package-of-project.js';
import type { Package, Workspace } from '../workspace/workspace.js';

type TestRunner = 'pytest' | 'unittest';

const RUNNERS: readonly string[] = ['auto', 'pytest', 'unittest'];

export interface TestOptions {
  /** default `auto`: unittest where every test file uses it and nothing says pytest, else pytest, which runs both */
  readonly runner?: TestRunner | 'auto';
  /** arguments for the runner */
  readonly args?: readonly string[];
  /** whether a package without tests is a success */
  readonly allowNoTests?: boolean;
}

export interface TestPlan {
  readonly pkg: Package;
  readonly runner: TestRunner;
  /** what the interpreter is called with, in the package's folder */
  readonly command: readonly string[];
  readonly allowNoTests: boolean;
  /** the root of the uv workspace whose environment is used, relative to the workspace root; `undefined`: one of the package's own */
  readonly uvWorkspace: string | undefined;
}

/** @throws {UserError} when the project is no package, or its manifest is broken */
export function planTests(workspace: Workspace, project: string, options: TestOptions): TestPlan {
  const pkg = packageOfProject(workspace, project);
  const folders = packageFolders(workspace);
  const files = filesByPackage(workspace, listFiles(workspace.root, pkg.root)).get(pkg.root) ?? [];
  const { runner: asked = 'auto', args = [], allowNoTests = false } = options;
  if (!RUNNERS.includes(asked)) {
    throw new UserError(`There is no test runner "${asked}".`, { project }, `use one of ${RUNNERS.join(', ')}`);
  }
  const runner = asked === 'auto' ? guessRunner(workspace, pkg, files) : asked;
  const command = runner === 'pytest' ? pytestCommand(nestedPackages(pkg.root, folders)) : unittestCommand(files);
  return {
    pkg,
    runner,
    command: [...command, ...args],
    allowNoTests,
    uvWorkspace: uvWorkspaceOf(workspace, pkg),
  };
}

/** Packages inside this one's folder have their own tests and their own environment. */
function pytestCommand(nested: readonly string[]): string[] {
  const outermost = nested.filter((folder) => !nested.some((other) => folder.startsWith(`${other}/`)));
  return ['-m', 'pytest', ...outermost.map((folder) => `--ignore=${folder}`)];
}

/** Where tests are a package of their own, their imports of one another start at the project's folder. */
function unittestCommand(files: readonly string[]): string[] {
  const folder = ['tests', 'test'].find((name) => files.some((file) => file.startsWith(`${name}/`)));
  if (folder === undefined) return ['-m', 'unittest', 'discover'];
  const top = files.includes(`${folder}/__init__.py`) ? ['-t', '.'] : [];
  return ['-m', 'unittest', 'discover', '-s', folder, ...top];
}

/** A project with a uv.lock of its own is a workspace of one. */
function uvWorkspaceOf({ root, uvWorkspaces }: Workspace, pkg: Package): string | undefined {
  const shared = uvWorkspaces.find(({ members }) => members.has(pkg.root));
  if (shared !== undefined) return shared.root;
  return existsSync(join(root, pkg.root, 'uv.lock')) ? pkg.root : undefined;
}

/** The tests themselves say what they are written for. unittest finds those only whose name begins with `test`. */
function guessRunner(workspace: Workspace, pkg: Package, files: readonly string[]): TestRunner {
  if (files.some((file) => file.endsWith('conftest.py') || file === 'pytest.ini')) return 'pytest';
  const tests = files.filter((file) => /(^|\/)(test_[^/]*|[^/]*_test)\.py$/.test(file));
  const areUnittests = tests.every((file) => {
    const text = readFileSync(join(workspace.root, pkg.root, file), 'utf8');
    return /(^|\/)test[^/]*$/.test(file) && /^\s*(import|from) unittest\b/m.test(text) && !/\bpytest\b/.test(text);
  });
  return tests.length > 0 && areUnittests ? 'unittest' : 'pytest';
}
