// The interpreter of the tools' environment, and what of it is compared with.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { provisionTools } from '../../scripts/tools.mjs';

export const python = join(provisionTools(), process.platform === 'win32' ? 'python.exe' : 'python');

/** @returns for example `packaging 26.3, CPython 3.11.7` */
export function packagingVersion() {
  const program =
    'import packaging, platform; print(f"packaging {packaging.__version__}, CPython {platform.python_version()}")';
  return spawnSync(python, ['-I', '-c', program], { encoding: 'utf8' }).stdout.trim();
}
