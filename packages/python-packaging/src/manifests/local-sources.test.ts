/** Direct references into the file system, as each tool spells them. */
import { expect, test } from 'vitest';
import { localPathOf } from './local-sources.js';

test.each([
  // pdm
  [`file:///\${PROJECT_ROOT}/../alpha`, '../alpha'],
  [`file://\${PROJECT_ROOT}/my%20alpha#egg=alpha`, 'my alpha'],
  // hatch
  ['{root:uri}/../alpha', '../alpha'],
  ['{root:parent:uri}/alpha', '../alpha'],
  ['{root:parent:parent:uri}', '../..'],
  ['file://{root:real}/alpha', 'alpha'],
  // pip, which fills in the environment; uv
  [`file://\${PWD}/libs/alpha`, 'libs/alpha'],
  ['file:../alpha', '../alpha'],
  ['../alpha/', '../alpha'],
  ['.', '.'],
  // what URLs are
  ['file://localhost/opt/alpha', '/opt/alpha'],
  ['file:///opt/alpha', '/opt/alpha'],
  ['file:///C:/alpha', 'C:/alpha'],
  ['https://index.example/alpha.zip', undefined],
  ['git+file:///opt/alpha', undefined],
])('%s is %s', (url, path) => {
  expect(localPathOf(url)).toBe(path);
});
