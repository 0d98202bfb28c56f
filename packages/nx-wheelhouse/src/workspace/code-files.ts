/** Files whose contents the graph goes by though no manifest names them: code, in which modules are imported and programs called. */

/** As patterns of git, which are all endings of names, or whole names at the top. */
export const CODE = [
  '*.py',
  '*.pyi',
  '*.pyx',
  '*.ipynb',
  '*.sh',
  '*.bash',
  '*.mk',
  'Makefile',
  'justfile',
  '*.js',
  '*.ts',
];

const ENDINGS = new Set(CODE.filter((pattern) => pattern.startsWith('*')).map((pattern) => pattern.slice(1)));
/** Beside code what tells git which files are text. */
const NAMES = new Set([...CODE, '.gitattributes']);

/** @param path relative to the workspace root */
export function isCode(path: string): boolean {
  return ENDINGS.has(path.slice(path.lastIndexOf('.'))) || NAMES.has(path.slice(path.lastIndexOf('/') + 1));
}
