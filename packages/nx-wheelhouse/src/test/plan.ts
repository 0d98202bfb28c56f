/** What will be run for the tests of a package. */
import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { listFiles } from '../workspace/files.js';
import { ownFiles } from '../workspace/ownership.js';
import { packageOfProject } from '../workspace/package-of-project.js';
import type { Package, Workspace } from '../workspace/workspace.js';

type TestRunner = 'pytest' | 'unittest';

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
  readonly args: readonly string[];
  readonly allowNoTests: boolean;
  /** the folders of packages below this one, relative to it: their tests are not its own */
  readonly nestedPackages: readonly string[];
  /** the root of the uv workspace whose environment is used, relative to the workspace root; `undefined`: one of the package's own */
  readonly uvWorkspace: string | undefined;
}

/** @throws {UserError} when the project is no package, or its manifest is broken */
export function planTests(workspace: Workspace, project: string, options: TestOptions): TestPlan {
  const pkg = packageOfProject(workspace, project);
  return {
    pkg,
    runner: options.runner === undefined || options.runner === 'auto' ? guessRunner(workspace, pkg) : options.runner,
    args: options.args ?? [],
    allowNoTests: options.allowNoTests ?? false,
    nestedPackages: nestedPackages(workspace, pkg),
    uvWorkspace: workspace.uvWorkspaces.find(({ members }) => members.has(pkg.root))?.root,
  };
}

function nestedPackages({ packages }: Workspace, { root }: Package): string[] {
  const inside = [...packages.keys()].map((folder) => posix.relative(root, folder));
  return inside.filter((folder) => folder !== '' && folder !== '..' && !folder.startsWith('../'));
}

/** The tests themselves say what they are written for. */
function guessRunner(workspace: Workspace, pkg: Package): TestRunner {
  const files = ownFiles(pkg, listFiles(workspace.root, pkg.root), [...workspace.packages.keys()]);
  if (files.some((file) => file.endsWith('conftest.py') || file === 'pytest.ini')) return 'pytest';
  const tests = files.filter((file) => /(^|\/)(test_[^/]*|[^/]*_test)\.py$/.test(file));
  const texts = tests.map((file) => readFileSync(join(workspace.root, pkg.root, file), 'utf8'));
  const areUnittests = texts.every((text) => /^\s*(import|from) unittest\b/m.test(text) && !/\bpytest\b/.test(text));
  return tests.length > 0 && areUnittests ? 'unittest' : 'pytest';
}
