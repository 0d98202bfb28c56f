/** Builds conda packages from the recorded wheel of a package: nothing is compiled or run, so it takes milliseconds. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CondaPackage, condaFileStem, readWholeWheel } from '@nx-wheelhouse/python-packaging';
import type { Package, Workspace } from '../workspace/workspace.js';
import { condaArchive, wholeTar } from './archive.js';
import type { ArchiveForm } from './build.js';
import { condaPackagesOf, planConda } from './package-of-wheel.js';
import { recipeNotes } from './recipe/beside.js';
import { recordedWheel } from './recorded-wheel.js';
import { type CondaBuild, type FinishedPackage, finishedPackage, writeCondaPackages } from './write-packages.js';

/** Compresses a file for `.tar.bz2`, which Node cannot. */
export type Bzip2 = (from: string, to: string) => Promise<void>;

/**
 * @param bzip2 called only for a `.tar.bz2`
 * @throws {UserError} when the wheel is not there as it was built, or has no conda form
 */
export async function buildFromWheel(
  workspace: Workspace,
  pkg: Package,
  archive: ArchiveForm,
  buildNumber: number | undefined,
  bzip2: Bzip2,
): Promise<CondaBuild> {
  const wheelFile = recordedWheel(workspace, pkg);
  const wheel = await readWholeWheel(wheelFile.path);
  const plan = planConda(workspace, pkg, buildNumber);
  const finished: FinishedPackage[] = [];
  for (const conda of condaPackagesOf(wheel, wheelFile.filename, plan)) {
    if (archive !== 'tar.bz2') finished.push(finish(conda, '.conda', await condaArchive(conda)));
    if (archive !== 'conda') finished.push(finish(conda, '.tar.bz2', await compressed(wholeTar(conda), bzip2)));
  }
  const { version } = wheel.metadata;
  const about = { name: plan.name, version, buildNumber: plan.buildNumber, wheelSha256: wheelFile.sha256 };
  const record = writeCondaPackages(workspace.root, pkg, about, finished);
  return { record, notes: plan.recipe ? recipeNotes(plan.recipe, pkg.project) : [] };
}

function finish(conda: CondaPackage, ending: string, bytes: Buffer): FinishedPackage {
  const parsed = (name: string) => JSON.parse(String(conda.info.get(name)));
  return finishedPackage(condaFileStem(conda) + ending, bytes, parsed('index.json'), parsed('about.json'));
}

async function compressed(tar: Buffer, bzip2: Bzip2): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'nx-wheelhouse-conda-'));
  try {
    const [from, to] = [join(folder, 'package.tar'), join(folder, 'package.tar.bz2')];
    writeFileSync(from, tar);
    await bzip2(from, to);
    return readFileSync(to);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
