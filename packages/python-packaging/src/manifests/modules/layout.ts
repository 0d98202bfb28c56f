/** Which modules a package provides, as its manifest says: where a build backend finds them and what they are imported as. */

/** One thing that a backend packs. Folders and files are relative to the package's folder; `.` is the folder itself. */
export type PackedModules =
  /** a module by its dotted name: the folder or, with `.py`, the file at `path` */
  | { readonly kind: 'module'; readonly name: string; readonly path: string }
  /** every package and module that a folder holds */
  | { readonly kind: 'folder'; readonly path: string }
  /** the packages that setuptools finds below a folder */
  | {
      readonly kind: 'search';
      readonly path: string;
      /** patterns of dotted names; a `*` matches dots too */
      readonly include: readonly string[];
      readonly exclude: readonly string[];
      /** whether folders without `__init__.py` are packages as well */
      readonly namespaces: boolean;
    };

export interface ModuleLayout {
  /** `import-names` and `import-namespaces`, where stated: the names that a package has to itself, and those it shares (PEP 794) */
  readonly stated: { readonly names: readonly string[]; readonly namespaces: readonly string[] } | undefined;
  /** what the backend's configuration says; empty where it says nothing, so that the backend goes by the files */
  readonly packed: readonly PackedModules[];
  /** whether the backend goes by the files where its configuration says nothing; of any other only a built wheel tells */
  readonly isFoundByFiles: boolean;
}

/** Everything that a folder holds. */
export function folder(path: string): PackedModules {
  return { kind: 'folder', path: plainPath(path) };
}

/** The module of a path, with the dotted name that the path spells. */
export function moduleAt(path: string, name = path): PackedModules {
  const plain = plainPath(path);
  const dotted = plainPath(name)
    .replace(/\.pyi?$/, '')
    .replaceAll('/', '.');
  return plain === '.' || dotted === '.' ? folder(plain) : { kind: 'module', name: dotted, path: plain };
}

/** A module of a dotted name below a folder. */
export function moduleBelow(root: string, name: string): PackedModules {
  return { kind: 'module', name, path: joined(root, name.replaceAll('.', '/')) };
}

/** @returns a path without `./`, doubled and closing slashes; `.` for the folder itself */
export function plainPath(path: string): string {
  return (
    path
      .split('/')
      .filter((part) => part !== '' && part !== '.')
      .join('/') || '.'
  );
}

export function joined(root: string, path: string): string {
  return plainPath(`${root}/${path}`);
}

/** The part of a glob that is no pattern: `acme/**\/*.py` packs what lies in `acme`. */
export function globRoot(glob: string): string {
  const magic = glob.search(/[*?[{]/);
  return magic < 0 ? glob : glob.slice(0, glob.lastIndexOf('/', magic) + 1);
}
