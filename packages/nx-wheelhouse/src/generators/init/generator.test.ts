/** What `nx add` leaves in a workspace, and that it changes nothing else there. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readNxJson, type Tree } from '@nx/devkit';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { beforeEach, describe, expect, test } from 'vitest';
import init from './generator.js';

describe('nx g nx-wheelhouse:init', () => {
  let tree: Tree;
  beforeEach(() => {
    tree = createTreeWithEmptyWorkspace();
  });
  const text = (file: string) => tree.read(file, 'utf8');

  test('registers the plugin once and changes nothing the second time', () => {
    init(tree);
    expect(readNxJson(tree)?.plugins).toEqual(['nx-wheelhouse']);
    expect(readNxJson(tree)?.release?.projects).toEqual(['tag:python-package']);
    const after = [text('nx.json'), text('.gitignore')];
    init(tree);
    expect([text('nx.json'), text('.gitignore')]).toEqual(after);
  });

  test('makes an nx.json where there is none', () => {
    tree.delete('nx.json');
    init(tree);
    expect(readNxJson(tree)?.plugins).toEqual(['nx-wheelhouse']);
  });

  test('leaves an entry with options and a choice of release projects alone', () => {
    const nxJson = '{ "plugins": [{ "plugin": "nx-wheelhouse" }],  "release": { "groups": {} } }';
    tree.write('nx.json', nxJson);
    init(tree);
    expect(text('nx.json')).toBe(nxJson);
  });

  test('keeps comments, indentation and line ends of nx.json', () => {
    tree.write(
      'nx.json',
      '{\r\n    // ours\r\n    "plugins": [\r\n        "a"\r\n    ],\r\n    "release": {\r\n        "git": { "tag": true }\r\n    }\r\n}\r\n',
    );
    init(tree);
    expect(text('nx.json')).toBe(
      '{\r\n    // ours\r\n    "plugins": [\r\n        "a",\r\n        "nx-wheelhouse"\r\n    ],\r\n    "release": {\r\n        "git": {\r\n            "tag": true\r\n        },\r\n        "projects": [\r\n            "tag:python-package"\r\n        ]\r\n    }\r\n}\r\n',
    );
  });

  test('keeps the plugins of a preset that nx.json extends', () => {
    tree.root = mkdtempSync(join(tmpdir(), 'nx-wheelhouse-'));
    const preset = '{ "plugins": ["a"], "release": { "projectsRelationship": "independent" } }';
    writeFileSync(join(tree.root, 'preset.json'), preset); // Nx resolves it as Node does
    tree.write('preset.json', preset);
    tree.write('nx.json', '{ "extends": "./preset.json" }');
    init(tree);
    expect(JSON.parse(text('nx.json') ?? '')).toEqual({
      extends: './preset.json',
      plugins: ['a', 'nx-wheelhouse'],
      release: { projectsRelationship: 'independent', projects: ['tag:python-package'] },
    });
    rmSync(tree.root, { recursive: true });
  });

  test('keeps defaults for the targets of npm packages from those of Python, and no others', () => {
    tree.write(
      'nx.json',
      JSON.stringify({
        targetDefaults: { build: { dependsOn: ['^build'] }, test: { cache: true }, lint: { inputs: [] } },
      }),
    );
    init(tree);
    const defaults = readNxJson(tree)?.targetDefaults;
    expect(defaults?.['nx-wheelhouse:dist']).toEqual({});
    expect(Object.keys(defaults ?? {})).toEqual(['build', 'test', 'lint', 'nx-wheelhouse:dist']);
    const after = text('nx.json');
    init(tree);
    expect(text('nx.json')).toBe(after);
  });

  test('leaves npm packages among what is released', () => {
    tree.write('package.json', '{ "workspaces": ["packages/*"] }');
    init(tree);
    expect(readNxJson(tree)?.release?.projects).toEqual(['tag:npm:public', 'tag:python-package']);
  });

  test('adds to an ignore file what it lacks, in its own line ends', () => {
    tree.write('.gitignore', 'node_modules\r\n/dist\r\n.venv');
    init(tree);
    expect(text('.gitignore')).toBe(
      'node_modules\r\n/dist\r\n.venv\r\n\r\n# Python packages (nx-wheelhouse)\r\n.wheelhouse/\r\n__pycache__/\r\n*.egg-info/\r\n.pytest_cache/\r\n',
    );
  });
});
