/** Whether a setup.py can ask other programs, such as git, for what it says: by what it imports, and what the files it reads import. */
import { scanImports } from '../imports/scan.js';

/** What computes from files and the environment only. */
const HARMLESS = new Set([
  '__future__',
  ...['ast', 'codecs', 'collections', 'configparser', 'contextlib', 'copy', 'dataclasses', 'datetime', 'enum', 'errno'],
  ...[
    'fnmatch',
    'functools',
    'glob',
    'importlib',
    'inspect',
    'io',
    'itertools',
    'json',
    'locale',
    'logging',
    'operator',
  ],
  ...[
    'os',
    'pathlib',
    'platform',
    'pprint',
    're',
    'runpy',
    'shutil',
    'string',
    'struct',
    'sys',
    'sysconfig',
    'tempfile',
  ],
  ...['textwrap', 'time', 'tomllib', 'traceback', 'types', 'typing', 'warnings'],
  ...['distutils', 'packaging', 'pkg_resources', 'setuptools', 'toml', 'tomli'],
]);
const STARTS_PROCESSES =
  /\bos\s*\.\s*(system|popen|exec\w+|spawn\w+|posix_spawn\w*|fork)\b|\b__import__\b|\bimport_module\b/;

/** Arguments of `setup()` that hand the version over to a plugin. */
const PLUGIN_ARGUMENTS = /\b(pbr|setuptools_git_versioning|use_scm_version|use_vcs_version|version_config)\s*=/;

/** @param files by path what is read: setup.py and all that it takes in */
export function mayAskPrograms(files: ReadonlyMap<string, string>): boolean {
  const scripts = [...files].filter(([file]) => file.endsWith('.py'));
  const own = new Set(scripts.flatMap(([file]) => file.replace(/\.py$/, '').split('/')));
  return scripts.some(
    ([, text]) =>
      STARTS_PROCESSES.test(text) ||
      PLUGIN_ARGUMENTS.test(text) ||
      scanImports(new TextEncoder().encode(text)).some(({ level, module }) => {
        const top = module.split('.')[0] as string;
        return level === 0 && !HARMLESS.has(top) && !own.has(top);
      }),
  );
}
