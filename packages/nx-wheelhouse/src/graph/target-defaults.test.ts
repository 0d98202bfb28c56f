/** Defaults of nx.json that replace what Python's targets are hashed from: which are told of, and which are meant. */
import type { CreateNodesResultArray } from '@nx/devkit';
import { describe, expect, test } from 'vitest';
import { warningsOfDefaults } from './target-defaults.js';

const NODES: CreateNodesResultArray = ['a', 'b'].map((root) => [
  `${root}/pyproject.toml`,
  {
    projects: {
      [root]: {
        targets: {
          build: { executor: 'nx-wheelhouse:dist', inputs: ['pythonDistribution'], outputs: ['{projectRoot}/dist'] },
          test: { executor: 'nx-wheelhouse:test', inputs: ['pythonTests'], dependsOn: ['python-lock'] },
        },
      },
    },
  },
]);

describe('a default for a target name', () => {
  const told = (defaults: Parameters<typeof warningsOfDefaults>[1]) =>
    warningsOfDefaults(NODES, defaults).map(({ message }) => message.split(' of Python')[0]);

  test('is told of once, with all that it replaces and the executor that keeps it off', () => {
    const [warning, ...others] = warningsOfDefaults(NODES, {
      build: { inputs: ['production', '^production'], outputs: ['{projectRoot}/build'], dependsOn: ['^build'] },
    });
    expect(others).toEqual([]);
    expect(warning?.message).toMatch(/^targetDefaults\.build replaces inputs, outputs of Python targets/);
    expect(warning?.message).toContain('"nx-wheelhouse:dist": {}');
  });

  test('that takes away the lock, by which the tests are selected, is one', () => {
    expect(told({ test: { dependsOn: ['^build'] } })).toEqual(['targetDefaults.test replaces dependsOn']);
  });

  test('is none where it replaces nothing, adds to what is there, or is for certain projects or plugins', () => {
    expect(told(undefined)).toEqual([]);
    expect(told({ build: { dependsOn: ['^build'], cache: true, options: { format: 'wheel' } } })).toEqual([]);
    expect(told({ test: { inputs: ['...', { env: 'DATABASE_URL' }], dependsOn: ['...', 'serve'] } })).toEqual([]);
    expect(told({ test: [{ filter: { plugin: '@nx/vite' }, inputs: ['default'] }] })).toEqual([]);
    expect(told({ test: [{ filter: { plugin: '@nx/vite' }, inputs: ['default'] }, { inputs: ['default'] }] })).toEqual([
      'targetDefaults.test replaces inputs',
    ]);
  });

  test('is none where the executor has a default of its own, which Nx takes instead', () => {
    expect(told({ test: { inputs: ['default'] }, 'nx-wheelhouse:test': {} })).toEqual([]);
    expect(told({ 'nx-wheelhouse:test': { inputs: ['default'] } })).toEqual([]);
  });
});
