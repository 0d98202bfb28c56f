/** Values of options that are typed wrong, which no schema refuses, and what becomes of them. */
import { describe, expect, test } from 'vitest';
import { destinationOf } from '../publish/options.js';
import { buildOptions } from './options.js';

describe('options as they are typed', () => {
  test.each([
    [{ direct: 'maybe' }, 'The option `direct` is "maybe".'],
    [{ timeout: 'soon' }, 'The option `timeout` is "soon".'],
    [{ memoryLimit: 0 }, 'The option `memoryLimit` is "0".'],
    [{ format: 'egg' }, 'There is no format "egg".'],
    [{ configSettings: '{"x"' }, 'The option `configSettings` is "{\\"x\\"".'],
    [{ configSettings: '["x"]' }, 'The option `configSettings` is "[\\"x\\"]".'],
  ])('%o is refused by name', (options, message) => {
    expect(() => buildOptions('a', options)).toThrow(message);
  });

  test('a dry run that is neither wanted nor unwanted is no upload', () => {
    expect(() => destinationOf({ dryRun: 'yes' })).toThrow('The option `dryRun` is "yes".');
    expect(destinationOf({ dryRun: 'true' }).dryRun).toBe(true);
    expect(destinationOf({ dryRun: 'false' }).dryRun).toBe(false);
  });

  test('config settings come as an object, or as one in JSON, and reach the backend as texts', () => {
    const settings = { '--build-option': ['--plat-name', 'any'], jobs: '2', strict: 'true' };
    expect(buildOptions('a', { configSettings: { ...settings, jobs: 2, strict: true } }).configSettings).toEqual(
      settings,
    );
    expect(buildOptions('a', { configSettings: JSON.stringify(settings) }).configSettings).toEqual(settings);
  });
});
