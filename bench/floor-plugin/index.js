// The least that a plugin can do for a build through Nx: a project and a cached build target for each manifest, edges for the sources.
const { readFileSync } = require('node:fs');
const { dirname, join } = require('node:path');

exports.name = 'floor';

exports.createNodes = [
  'packages/*/pyproject.toml',
  (files, _options, { workspaceRoot }) =>
    files.map((file) => {
      const name = /^name = "([^"]+)"/m.exec(readFileSync(join(workspaceRoot, file), 'utf8'))[1];
      const build = { executor: './floor-plugin:dist', cache: true, outputs: ['{projectRoot}/dist'] };
      return [file, { projects: { [dirname(file)]: { name, targets: { build } } } }];
    }),
];

exports.createDependencies = (_options, { projects, workspaceRoot }) =>
  Object.entries(projects).flatMap(([source, { root }]) => {
    const sourceFile = `${root}/pyproject.toml`;
    const text = readFileSync(join(workspaceRoot, sourceFile), 'utf8');
    const siblings = [...text.matchAll(/^(\S+) = \{ workspace/gm)];
    return siblings.map(([, target]) => ({ source, target, sourceFile, type: 'static' }));
  });
