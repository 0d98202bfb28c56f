/** What a user may configure around the inferred targets, as Nx users expect it. */
import { afterEach, describe, expect, test } from 'vitest';
import { aPackage } from './harness/packages.js';
import { aWorkspace, type Workspace } from './harness/workspace.js';

describe('configuration', () => {
  let workspace: Workspace;
  afterEach(() => workspace?.dispose());

  const targetsOf = async (project: string) =>
    (
      await workspace.json<{ targets: Record<string, { options?: unknown; metadata?: unknown }> }>(
        `show project ${project}`,
      )
    ).targets;

  test('targets can be renamed and switched off by plugin options', async () => {
    const options = { buildTargetName: 'dist', publishTargetName: false };
    workspace = await aWorkspace({
      files: aPackage('a', 'a'),
      nxJson: { plugins: [{ plugin: 'nx-wheelhouse', options }] },
    });
    const targets = Object.keys(await targetsOf('a'));
    expect(targets).toEqual(expect.arrayContaining(['dist', 'test', 'nx-release-publish']));
    expect(targets).not.toContain('publish');
    expect(targets).not.toContain('build');
    await workspace.nx('run a:dist');
    expect(workspace.list('a/dist')).toHaveLength(2);
  });

  test('targets say what they do and how to ask for more, under the names they have', async () => {
    const options = { buildTargetName: 'dist' };
    workspace = await aWorkspace({
      files: aPackage('a', 'a'),
      nxJson: { plugins: [{ plugin: 'nx-wheelhouse', options }] },
    });
    expect((await targetsOf('a')).dist?.metadata).toEqual({
      technologies: ['python'],
      description: 'Builds the sdist and the wheel into dist/',
      help: { command: 'npx nx run a:dist --help', example: { options: { format: 'wheel' } } },
    });
    expect(await workspace.nx('run a:dist --help')).toMatch(/--direct\b[\s\S]*--format\b/);
  });

  test('a misspelt plugin option is an error that lists the right ones', async () => {
    workspace = await aWorkspace({
      files: aPackage('a', 'a'),
      nxJson: { plugins: [{ plugin: 'nx-wheelhouse', options: { buildTarget: 'dist' } }] },
    });
    const { status, output } = await workspace.tryNx('show projects');
    expect(status).not.toBe(0);
    expect(output).toContain('no option "buildTarget"');
  });

  test('project.json merges over the inferred targets and may name the project', async () => {
    workspace = await aWorkspace({
      files: {
        ...aPackage('a', 'a'),
        'a/project.json': JSON.stringify({ name: 'renamed', targets: { build: { options: { format: 'wheel' } } } }),
        ...aPackage('b', 'b', { dependencies: ['a'] }),
      },
    });
    await workspace.nx('run-many -t build test');
    expect(workspace.list('a/dist')).toEqual(['a-0.1.0-py3-none-any.whl']);
    workspace.append('a/src/a/__init__.py', '\nX = 1\n');
    expect(await workspace.tasks('run-many -t test')).toMatchObject({
      'b:test': 'executed',
      'renamed:test': 'executed',
    });
  });

  test('a default of nx.json for a target name that replaces what tests are hashed from is told of, and how to keep it off', async () => {
    workspace = await aWorkspace({
      files: aPackage('a', 'a'),
      nxJson: { targetDefaults: { test: { inputs: ['default'], dependsOn: ['^build'] } } },
    });
    const told = 'nx-wheelhouse: nx.json: targetDefaults.test replaces inputs';
    expect((await workspace.tryNx('show projects')).output).toContain(told);
    const nxJson = JSON.parse(workspace.read('nx.json'));
    nxJson.targetDefaults['nx-wheelhouse:test'] = {};
    workspace.write('nx.json', JSON.stringify(nxJson));
    expect((await workspace.tryNx('show projects')).output).not.toContain(told);
    const { inputs } = await workspace.json<{ inputs: unknown[] }>('show target a:test');
    expect(JSON.stringify(inputs)).toContain('fingerprint.js');
  });

  test('arguments go through to pytest, and no tests are a failure unless allowed', async () => {
    workspace = await aWorkspace({ files: aPackage('a', 'a') });
    expect(await workspace.nx('run a:test --output-style=static -- -k call -v')).toContain('test_call PASSED');
    const none = await workspace.tryNx('run a:test -- -k nothing_of_that_name');
    expect(none.status).not.toBe(0);
    expect(none.output).toContain('There are no tests');
    await workspace.nx('run a:test --allowNoTests -k nothing_of_that_name');
    await workspace.nx('run a:test -- --allowNoTests=true -k nothing_of_that_name');
  });

  test('a package that must not be uploaded has no publish target', async () => {
    const extra = 'classifiers = ["Private :: Do Not Upload"]';
    const files = aPackage('a', 'a');
    workspace = await aWorkspace({
      files: {
        ...files,
        'a/pyproject.toml': (files['a/pyproject.toml'] ?? '').replace('dependencies =', `${extra}\ndependencies =`),
      },
    });
    const targets = Object.keys(await targetsOf('a'));
    expect(targets).toContain('build');
    expect(targets).not.toContain('publish');
    expect(targets).not.toContain('nx-release-publish');
  });
});
