const { mkdirSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const SIZE = 4096;

module.exports = async (_options, context) => {
  writeDist(context, context.projectName);
  return { success: true };
};

module.exports.writeDist = ({ root, projectGraph }, project) => {
  const dist = join(root, projectGraph.nodes[project].data.root, 'dist');
  mkdirSync(dist, { recursive: true });
  for (const file of [`${project}-1.0.0.tar.gz`, `${project}-1.0.0-py3-none-any.whl`]) {
    writeFileSync(join(dist, file), Buffer.alloc(SIZE, project));
  }
};
