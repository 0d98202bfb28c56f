/** The schema of the executor that builds and publishes is that of both. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const executors = dirname(dirname(fileURLToPath(import.meta.url)));

function optionsOf(executor: string): Record<string, { description?: string }> {
  return JSON.parse(readFileSync(join(executors, executor, 'schema.json'), 'utf8')).properties;
}

test('it has the options of build and of publish, each saying whose it is', () => {
  const expected = ['build', 'publish'].flatMap((executor) =>
    Object.entries(optionsOf(executor)).map(([name, option]) => {
      const description = option.description && `${executor}: ${option.description}`;
      return [name, description === undefined ? option : { ...option, description }];
    }),
  );
  const { operation: _, ...options } = optionsOf('dist');
  expect(options).toEqual(Object.fromEntries(expected));
});
