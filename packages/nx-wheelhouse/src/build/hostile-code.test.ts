/** A setup.py, or a test, that looks for credentials finds none: what may publish is not for what is published. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { buildPackage, useRealTools } from '../../testing/builds.js';
import { folderWith, removeFolders } from '../../testing/workspace-folder.js';
import { planTests } from '../test/plan.js';
import { TestSession } from '../test/run-tests.js';
import { readWorkspace } from '../workspace/read.js';

beforeAll(useRealTools);
afterEach(() => void vi.unstubAllEnvs());
afterAll(removeFolders);

const CREDENTIALS = [
  'NX_WHEELHOUSE_TOKEN_PYPI',
  'NX_WHEELHOUSE_USERNAME_COMPANY',
  'NX_WHEELHOUSE_ID_TOKEN',
  'TWINE_PASSWORD',
  'UV_PUBLISH_TOKEN',
  'FLIT_PASSWORD',
  'HATCH_INDEX_AUTH',
  'POETRY_PYPI_TOKEN_PYPI',
  'PDM_PUBLISH_PASSWORD',
  'ACTIONS_ID_TOKEN_REQUEST_TOKEN',
  'BUILDKITE_AGENT_ACCESS_TOKEN',
  'CIRCLE_OIDC_TOKEN_V2',
  'PYPI_ID_TOKEN',
  'COMPANY_ID_TOKEN',
];

test('hostile code sees no credential while it is built and tested', async () => {
  CREDENTIALS.forEach((name, number) => {
    vi.stubEnv(name, `hunter${number}`);
  });
  const root = folderWith({});
  const [built, tested] = ['built.json', 'tested.json'].map((name) => join(root, name)) as [string, string];
  const steal = (into: string) =>
    `import json, os, subprocess, sys\nopen(${JSON.stringify(into)}, "w").write(json.dumps([dict(os.environ), ` +
    'subprocess.run([sys.executable, "-c", "import os; print(dict(os.environ))"], capture_output=True, text=True).stdout]))\n';
  const folder = folderWith({
    'a/setup.py': `${steal(built)}from setuptools import setup\nsetup(name="a", version="1.0", py_modules=["a"])\n`,
    'a/a.py': '',
    'a/test_a.py': `import unittest\n${steal(tested)}\n\nclass T(unittest.TestCase):\n    def test_it(self):\n        pass\n`,
  });
  await buildPackage(folder, 'a');
  const workspace = readWorkspace(folder, ['a/setup.py']);
  const { success } = await new TestSession(workspace).run(planTests(workspace, 'a', {}));
  expect(success).toBe(true);
  for (const path of [built, tested]) {
    expect(existsSync(path)).toBe(true);
    expect(readFileSync(path, 'utf8')).not.toContain('hunter');
  }
});
