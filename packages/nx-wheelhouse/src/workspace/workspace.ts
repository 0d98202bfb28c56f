/** The model of a whole workspace: its packages, how they depend on one another, and what could not be read. */
import type { NormalizedName, PackageManifest, Stated } from '@nx-wheelhouse/python-packaging';

/**
 * Why one package depends on another.
 * `runtime`, `extra:<name>`, `group:<name>` and `build` are declared; `source` is a workspace or path source without a declaration.
 * `possible`: what the package requires is known only by running code, and no lock knows it; it may be any package of the workspace.
 * `import:<purpose>` is imported and not declared: by the modules that dependents run (`runtime`), by what only the package's own tests
 * can run or see (`test`: tests, scripts, `if TYPE_CHECKING`), or by its documentation (`documents`). `import:extra`: by the modules,
 * and declared for an extra only.
 */
export type EdgeKind =
  | 'runtime'
  | `extra:${string}`
  | `group:${string}`
  | 'build'
  | 'source'
  | 'possible'
  | `import:${ImportPurpose}`;

export type ImportPurpose = 'runtime' | 'test' | 'documents' | 'extra';

export interface SiblingEdge {
  /** the package that is depended on: its folder */
  readonly to: string;
  readonly kind: EdgeKind;
  /** the extras of the sibling that are asked for */
  readonly extras: readonly NormalizedName[];
  /** the manifest that states it or the file that imports it, relative to the workspace root, and the line counted from 1, where known */
  readonly file: string;
  readonly line: number | undefined;
}

export interface Package {
  /** the package's folder, relative to the workspace root, `/` separators, `.` for the root itself */
  readonly root: string;
  /** the name of its Nx project */
  readonly project: string;
  /** the distribution's name, normalised; a dynamic name is known by the project's */
  readonly name: NormalizedName;
  readonly manifest: PackageManifest;
  /** manifest files, relative to the workspace root, the leading one first */
  readonly manifestFiles: readonly string[];
  readonly siblings: readonly SiblingEdge[];
}

/** A folder whose manifest cannot be read: it keeps its project, whose targets fail with this message. */
export interface BrokenPackage {
  readonly root: string;
  readonly project: string;
  /** relative to the workspace root */
  readonly file: string;
  readonly line: number | undefined;
  readonly message: string;
}

/** A uv workspace or a project with a lock of its own: where it is and which packages it has. */
export interface UvWorkspaceRoot {
  readonly root: string;
  readonly members: ReadonlySet<string>;
}

/** Something a person should know that stops nothing. */
export interface WorkspaceWarning {
  readonly file: string;
  readonly line: number | undefined;
  readonly message: string;
}

export interface Workspace {
  /** absolute */
  readonly root: string;
  /** by folder, in the order of the folders' names */
  readonly packages: ReadonlyMap<string, Package>;
  readonly broken: ReadonlyMap<string, BrokenPackage>;
  readonly uvWorkspaces: readonly UvWorkspaceRoot[];
  readonly warnings: readonly WorkspaceWarning[];
}

/** The folder of a workspace-relative path, `.` for a file at the root. */
export function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '.' : path.slice(0, slash);
}

/** A folder and all above it, up to the root. */
export function foldersUpFrom(folder: string): readonly string[] {
  return folder === '.' ? [folder] : [folder, ...foldersUpFrom(folderOf(folder))];
}

/** Joins a folder of the workspace and a path in it; both with `/`, `.` for the root itself. */
export function pathIn(folder: string, path: string): string {
  return folder === '.' ? path : `${folder}/${path}`;
}

/** What a manifest says in so many words; `undefined` where it says nothing, or only running code would tell. */
export function statedValue<T>(field: Stated<T>): T | undefined {
  return field.kind === 'static' ? field.value : undefined;
}
