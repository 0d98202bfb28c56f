/** Tests inside of modules that not only the package's own tests import: helpers such as `acme.tests.util`, which dependents run too. */
import type { ModuleOwners } from './module-owners.js';
import type { FileImport } from './python-imports.js';
import { isForTests } from './test-files.js';

/** The part of a module's name that ends with the folder of tests inside of it. */
const INNER_TESTS = /^(.+?\.tests?)(?:\.|$)/;

interface Importing {
  readonly pkg: { readonly root: string };
  /** of its Python files, by file; by absolute names */
  readonly imports: ReadonlyMap<string, readonly FileImport[]>;
}

export class SharedTests {
  /** dotted names of folders of tests */
  readonly #shared = new Set<string>();

  constructor(packages: readonly Importing[], owners: ModuleOwners) {
    for (const { pkg, imports } of packages) {
      for (const [file, names] of imports) {
        for (const { name } of names) {
          const tests = INNER_TESTS.exec(name)?.[1];
          if (tests === undefined) continue;
          const isOwn = owners.find(name, pkg.root)?.owners.has(pkg.root) === true;
          if (!(isOwn && isForTests(file))) this.#shared.add(tests);
        }
      }
    }
  }

  /** @param module dotted name */
  has(module: string): boolean {
    const tests = INNER_TESTS.exec(module)?.[1];
    return tests !== undefined && this.#shared.has(tests);
  }
}
