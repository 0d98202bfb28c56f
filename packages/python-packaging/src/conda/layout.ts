/** Where the files of a wheel lie in a conda package. */
import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { commandsOf, type EntryPoint } from '../dists/entry-points.js';
import type { WheelEntry, WholeWheel } from '../dists/wheel.js';
import type { CondaTarget } from './environments.js';
import { NotForConda } from './not-for-conda.js';

export interface CondaFile {
  /** relative to the prefix, `/` separators */
  readonly path: string;
  readonly content: Buffer;
  readonly isExecutable: boolean;
  /** whether the content names PREFIX_PLACEHOLDER, which the installer replaces by the path of the prefix */
  readonly hasPrefix: boolean;
}

/** A path that no prefix has, long enough to be replaced by any other one in binary files too, as conda's tools use it. */
export const PREFIX_PLACEHOLDER = `/opt/anaconda1anaconda2anaconda3${'_placehold'.repeat(20)}`;

/** The folders of one form of package. */
interface Folders {
  readonly modules: string;
  readonly scripts: string;
  readonly headers: string;
  /** what leads from the modules to the prefix */
  readonly up: string;
}

/** Written anew or meaningless in another place. */
const LEFT_OUT = ['RECORD', 'RECORD.jws', 'RECORD.p7s', 'INSTALLER', 'REQUESTED', 'direct_url.json'];
/** What belongs to conda itself in a prefix and in a package. */
const RESERVED = /^(info|conda-meta)(\/|$)/i;
const NATIVE_MODULE = /\.(so|pyd|dylib)$/i;

/**
 * A wheel's files as conda installs them, sorted by path, its RECORD rewritten.
 * @param name of the conda package
 * @throws {NotForConda} for a file that has no place in a conda package
 * @see Binary distribution format, "The .data directory"; conda-build documentation, "Noarch Python packages"
 */
export function condaFiles(wheel: WholeWheel, target: CondaTarget, name: string): readonly CondaFile[] {
  const folders = foldersOf(target, name);
  const files = new Map<string, CondaFile>();
  const add = (file: CondaFile) => {
    if (RESERVED.test(file.path)) throw new NotForConda(`${file.path} is a place that conda keeps for itself`);
    if (files.has(file.path)) throw new NotForConda(`two files of the wheel would become ${file.path}`);
    files.set(file.path, file);
  };
  const isLeftOut = (path: string) =>
    LEFT_OUT.some((one) => path === `${wheel.distInfo}/${one}`) || path.endsWith('.pyc');
  for (const entry of wheel.entries) {
    if (isLeftOut(entry.path)) continue;
    if (target.kind === 'noarch' && NATIVE_MODULE.test(entry.path)) {
      throw new NotForConda(`${entry.path} is compiled, but the wheel's tags say that it runs anywhere`);
    }
    add(placed(entry, folders, wheel.distInfo));
  }
  if (!isNoarchPython(target))
    for (const command of commandsOf(wheel.entryPoints)) add(commandScript(command, target, folders));
  add(plainFile(`${folders.modules}/${wheel.distInfo}/INSTALLER`, 'conda\n'));
  const recordPath = `${folders.modules}/${wheel.distInfo}/RECORD`;
  add(plainFile(recordPath, recordText([...files.values()], recordPath, folders)));
  return [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/**
 * Whether the installer places the modules and makes the commands, for whichever Python is there. That does not hang on the platform:
 * compiled modules of the stable ABI are installed so too.
 * @see CEP 20, "Support for abi3 Python packages"
 */
export function isNoarchPython(target: CondaTarget): boolean {
  return target.kind === 'noarch' || target.abi.kind !== 'cpython';
}

function foldersOf(target: CondaTarget, name: string): Folders {
  if (target.kind === 'noarch' || target.abi.kind !== 'cpython') {
    return { modules: 'site-packages', scripts: 'python-scripts', headers: `include/${name}`, up: '../../..' };
  }
  if (target.subdir.startsWith('win-')) {
    return { modules: 'Lib/site-packages', scripts: 'Scripts', headers: `include/${name}`, up: '../..' };
  }
  const python = `python${target.abi.python}`;
  return {
    modules: `lib/${python}/site-packages`,
    scripts: 'bin',
    headers: `include/${python}/${name}`,
    up: '../../..',
  };
}

function placed({ path, content, isExecutable }: WheelEntry, folders: Folders, distInfo: string): CondaFile {
  const [top = '', key = '', ...rest] = path.split('/');
  const below = rest.join('/');
  const at = (folder: string): CondaFile => ({
    path: posix.join(folder, below),
    content,
    isExecutable,
    hasPrefix: false,
  });
  if (top !== distInfo.replace(/\.dist-info$/, '.data')) {
    return { path: `${folders.modules}/${path}`, content, isExecutable, hasPrefix: false };
  }
  switch (key) {
    case 'purelib':
    case 'platlib':
      return at(folders.modules);
    case 'data':
      return at('');
    case 'headers':
      return at(folders.headers);
    case 'scripts':
      return script({ ...at(folders.scripts), isExecutable: true });
    default:
      throw new NotForConda(`${path}: wheels have no folder of this kind`);
  }
}

/** `#!python` in a wheel stands for whichever interpreter it is installed for. */
function script(file: CondaFile): CondaFile {
  const shebang = /^#!pythonw?/.exec(file.content.subarray(0, 16).toString('latin1'))?.[0];
  if (shebang === undefined) return file;
  const content = Buffer.concat([
    Buffer.from(`#!${PREFIX_PLACEHOLDER}/bin/python`),
    file.content.subarray(shebang.length),
  ]);
  return { ...file, content, hasPrefix: true };
}

/** A command of a package for one platform; noarch packages leave them to the installer. */
function commandScript({ name, module, attribute }: EntryPoint, target: CondaTarget, folders: Folders): CondaFile {
  if (target.kind === 'platform' && target.subdir.startsWith('win-')) {
    throw new NotForConda(`the command ${name} of a compiled package needs a launcher program on Windows`);
  }
  const imported = attribute.split('.')[0] ?? '';
  const text = [
    `#!${PREFIX_PLACEHOLDER}/bin/python`,
    'import sys',
    '',
    `from ${module} import ${imported}`,
    '',
    "if __name__ == '__main__':",
    `    sys.exit(${attribute}())`,
    '',
  ].join('\n');
  return { path: `${folders.scripts}/${name}`, content: Buffer.from(text), isExecutable: true, hasPrefix: true };
}

function plainFile(path: string, text: string): CondaFile {
  return { path, content: Buffer.from(text), isExecutable: false, hasPrefix: false };
}

/**
 * RECORD, from the modules' folder as it will be installed; without a hash where the installer changes the file.
 * @see Recording installed projects, "The RECORD file"
 */
function recordText(files: readonly CondaFile[], recordPath: string, folders: Folders): string {
  const installed = (path: string) => {
    if (path.startsWith(`${folders.modules}/`)) return path.slice(folders.modules.length + 1);
    return `${folders.up}/${path.replace(/^python-scripts\//, 'bin/')}`;
  };
  const rows = files.map(({ path, content, hasPrefix }) => {
    const digest = createHash('sha256').update(content).digest('base64url');
    return [installed(path), ...(hasPrefix ? ['', ''] : [`sha256=${digest}`, String(content.length)])];
  });
  rows.push([installed(recordPath), '', '']);
  return rows
    .sort(([a = ''], [b = '']) => (a < b ? -1 : 1))
    .map((row) => `${row.map(csvField).join(',')}\n`)
    .join('');
}

function csvField(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
