/** What git ignores and another task makes goes into the dists of the package whose manifest names it, and counts for what must run. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aPackage } from './harness/packages.js';
import { aWorkspace, type Workspace } from './harness/workspace.js';

/** A task of the package that makes a page from a source elsewhere, before it is built and tested. */
const withPage = (folder: string, page: string) => ({
  [`${folder}/project.json`]: JSON.stringify({
    targets: {
      page: {
        executor: 'nx:run-commands',
        options: { command: `node page/make.cjs ${folder}/${page}` },
        inputs: ['{workspaceRoot}/page/**/*'],
        outputs: [`{projectRoot}/${page}`],
        cache: true,
      },
      build: { dependsOn: ['page'] },
      test: { dependsOn: ['page'] },
    },
  }),
});

const MAKE = `const { copyFileSync, mkdirSync } = require('node:fs');
const { dirname } = require('node:path');
const [to] = process.argv.slice(2);
mkdirSync(dirname(to), { recursive: true });
copyFileSync('page/index.html', to);
`;

describe('artifacts', () => {
  let workspace: Workspace;
  beforeAll(async () => {
    workspace = await aWorkspace({
      files: {
        'page/index.html': '<p>one</p>\n',
        'page/make.cjs': MAKE,
        ...aPackage('hatch', 'hatched', { extra: '[tool.hatch.build]\nartifacts = ["src/hatched/static"]\n' }),
        ...withPage('hatch', 'src/hatched/static/index.html'),
        ...aPackage('forced', 'forced', {
          extra:
            '[tool.hatch.build.targets.wheel.force-include]\n"web/dist" = "forced/web"\n[tool.hatch.build.targets.sdist.force-include]\n"web/dist" = "web/dist"\n',
        }),
        ...withPage('forced', 'web/dist/index.html'),
        ...aPackage('flit', 'flitted', {
          backend: 'flit',
          extra: '[tool.nx-wheelhouse]\nartifacts = ["src/flitted/index.html"]\n',
        }),
        ...withPage('flit', 'src/flitted/index.html'),
        ...aPackage('plain', 'plain'),
      },
    });
    workspace.write(
      '.gitignore',
      `${workspace.read('.gitignore')}\nhatch/src/hatched/static\nforced/web/dist\nflit/src/flitted/index.html\nplain/src/plain/made.txt\n`,
    );
    await workspace.commit('Ignore pages');
  });
  afterAll(() => workspace?.dispose());

  const executed = async () =>
    Object.entries(await workspace.tasks('run-many -t build test'))
      .filter(([task, verdict]) => verdict === 'executed' && !task.endsWith(':page'))
      .map(([task]) => task)
      .sort();
  const pageIn = async (folder: string, path: string) => {
    const wheel = workspace.list(`${folder}/dist`).find((file) => file.endsWith('.whl'));
    const code = `import sys, zipfile; sys.stdout.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]).decode())`;
    return await workspace.run('python', '-c', code, `${folder}/dist/${wheel}`, path);
  };
  const PAGES = [
    ['hatch', 'hatched/static/index.html'],
    ['forced', 'forced/web/index.html'],
    ['flit', 'flitted/index.html'],
  ] as const;

  test('are in the dists as the task before has made them, and what nobody names is in none', async () => {
    workspace.write('plain/src/plain/made.txt', 'ignored\n');
    expect(await executed()).toHaveLength(8);
    for (const [folder, path] of PAGES) expect(await pageIn(folder, path)).toBe('<p>one</p>\n');
    await expect(pageIn('plain', 'plain/made.txt')).rejects.toThrow();
    expect(await executed()).toEqual([]);
  });

  test('re-run the build and the tests of their package when they change, and nothing else', async () => {
    workspace.write('page/index.html', '<p>two</p>\n');
    workspace.write('plain/src/plain/made.txt', 'other\n');
    expect(await executed()).toEqual(
      ['flitted', 'forced', 'hatched'].flatMap((project) => [`${project}:build`, `${project}:test`]),
    );
    for (const [folder, path] of PAGES) expect(await pageIn(folder, path)).toBe('<p>two</p>\n');
    workspace.write('page/index.html', '<p>one</p>\n');
    expect(await executed()).toEqual([]);
    for (const [folder, path] of PAGES) expect(await pageIn(folder, path)).toBe('<p>one</p>\n');
  });

  test('are hashed also where no task has made them', async () => {
    workspace.write('flit/project.json', '{}');
    await executed();
    workspace.write('flit/src/flitted/index.html', '<p>by hand</p>\n');
    expect(await executed()).toEqual(['flitted:build', 'flitted:test']);
    expect(await pageIn('flit', 'flitted/index.html')).toBe('<p>by hand</p>\n');
  });
});
