/** Which files pytest reads its configuration from. */
import { isListed, type WorkspaceFiles } from './files.js';
import { folderOf, type Package, pathIn } from './workspace.js';

/** In the package's folder and in all above it. @see pytest documentation, "Configuration" */
export const PYTEST_FILES = [
  'pytest.ini',
  '.pytest.ini',
  'pytest.toml',
  '.pytest.toml',
  'tox.ini',
  'setup.cfg',
  'pyproject.toml',
];

const CONFTEST = 'conftest.py';

/** `[pytest]`, `[tool:pytest]`, `[tool.pytest]`, `[tool.pytest.ini_options]`. A file of pytest's own may also be empty. */
export function configuresPytest(text: string): boolean {
  return text.trim() === '' || /^\s*\[(tool[.:])?pytest\b/m.test(text);
}

/**
 * The files above packages that their tests run with: pytest's configuration, and the conftest.py of every folder on the way.
 * @see pytest documentation, "Configuration", "Finding the rootdir"
 */
export class PytestFiles {
  readonly #inFolders = new Map<string, readonly string[]>();

  /** @param read the text of a file of the workspace */
  constructor(
    private readonly files: WorkspaceFiles,
    private readonly read: (path: string) => string,
  ) {}

  /** @returns paths relative to the workspace root */
  above({ root }: Package): readonly string[] {
    const found: string[] = [];
    for (let folder = root; folder !== '.'; ) {
      folder = folderOf(folder);
      found.unshift(...this.#in(folder));
    }
    return found;
  }

  #in(folder: string): readonly string[] {
    const known = this.#inFolders.get(folder);
    if (known !== undefined) return known;
    const there = [...PYTEST_FILES, CONFTEST]
      .map((name) => pathIn(folder, name))
      .filter((path) => isListed(this.files, path));
    const found = there.filter((path) => path.endsWith(CONFTEST) || configuresPytest(this.read(path)));
    this.#inFolders.set(folder, found);
    return found;
  }
}
