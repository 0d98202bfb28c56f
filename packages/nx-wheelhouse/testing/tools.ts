/** The Python tools of the repository, as scripts/tools.mjs provides them. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));

/** Everything that tests keep between runs. */
export const toolsFolder = join(repository, '.tools');
export const toolPrograms = join(toolsFolder, 'venv', process.platform === 'win32' ? 'Scripts' : 'bin');
