/** bzip2 by way of Python's standard library. */
import { join } from 'node:path';
import { UserError } from '../errors/user-error.js';
import { childEnvironment } from '../toolchain/child-environment.js';
import { findInterpreter } from '../toolchain/interpreter.js';
import { lastLines, runTool } from '../toolchain/run-tool.js';
import type { Bzip2 } from './build-from-wheel.js';

const SCRIPT = join(__dirname, '..', '..', 'python', 'bzip2.py');

/** @param folder where to look for the workspace's interpreter */
export function bzip2In(folder: string): Bzip2 {
  return async (from, to) => {
    const { path } = await findInterpreter({ request: undefined, folder, requiresPython: undefined });
    const { status, stderr } = await runTool(path, ['-I', SCRIPT, from, to], { env: childEnvironment() });
    if (status === 0) return;
    throw new UserError(
      `${path} could not compress a .tar.bz2.`,
      {},
      'use a Python that has the module bz2, or build .conda files only',
      lastLines(stderr),
    );
  };
}
