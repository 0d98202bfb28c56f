/** What a package says of itself, whichever of the manifest formats it says it in. */
import type { NormalizedName } from '../names/name.js';
import type { Requirement } from '../requirements/requirement.js';
import type { TomlTable } from '../toml/read.js';
import type { ModuleLayout } from './modules/layout.js';

/** A place in a manifest: a path relative to the package's folder (`/` separators) and a line counted from 1, where known. */
export interface Place {
  readonly file: string;
  readonly line: number | undefined;
}

/** A field of a manifest. `dynamic`: it is stated by something that only running code would tell (the reason says by what). */
export type Stated<T> =
  | { readonly kind: 'static'; readonly value: T; readonly at: Place }
  | { readonly kind: 'dynamic'; readonly reason: string; readonly at: Place }
  | { readonly kind: 'absent' };

/** A requirement and where it was written. */
export interface DeclaredRequirement {
  readonly requirement: Requirement;
  readonly at: Place;
}

/**
 * What dynamic lists of requirements will hold as far as can be presumed: with no environment variable set, open conditions taken either
 * way, unknown parts of a text left out. For edges, where too little does harm; never for metadata. Empty where the lists are static.
 */
export interface PresumedRequirements {
  readonly dependencies: readonly DeclaredRequirement[];
  readonly extras: ReadonlyMap<NormalizedName, readonly DeclaredRequirement[]>;
}

/** `[build-system]`, or what PEP 517 says to assume without one. */
export interface BuildSystem {
  readonly requires: readonly DeclaredRequirement[];
  /** e.g. `hatchling.build`, `setuptools.build_meta:__legacy__` */
  readonly backend: string;
  readonly backendPath: readonly string[];
  /** whether the manifest states it, or it is the default of PEP 517 */
  readonly isStated: boolean;
}

/** Where a requirement is taken from instead of an index: `[tool.uv.sources]`, poetry's `{ path = … }`, pdm's and pip's `-e`/`file:` forms. */
export type DependencySource = (
  | { readonly kind: 'workspace' }
  | { readonly kind: 'path'; readonly path: string; readonly editable: boolean }
  | { readonly kind: 'url' | 'git' | 'index'; readonly reference: string }
) & {
  readonly at: Place;
  /** the one list of requirements that it counts for; all of them where that is not stated */
  readonly only?: `extra:${string}` | `group:${string}`;
};

/** Folders whose packages are installed for a group, whatever they are called: the members of a hatch environment's workspace. */
export interface InstalledFolders {
  readonly group: NormalizedName;
  /** a glob, relative to the package's folder */
  readonly pattern: string;
  readonly exclude: readonly string[];
  readonly extras: readonly NormalizedName[];
  readonly at: Place;
}

/** `[tool.uv.workspace]`: the globs as written. */
export interface UvWorkspace {
  readonly members: readonly string[];
  readonly exclude: readonly string[];
}

/** Which files a source distribution of this package carries beyond its modules and its manifest. */
export type SdistContent =
  /** everything under version control that configuration does not exclude (hatchling, setuptools with MANIFEST.in, pdm) */
  | 'tree'
  /** the modules, the manifest, the readme and the licence files, nothing else (flit, poetry-core, uv_build) */
  | 'modules';

/** Files of the package's folder that go into its dists although version control may ignore them; globs, of files or of folders with all in them. */
export interface Artifacts {
  /** what it ignores, by the manifest's own words: hatch's `artifacts` */
  readonly ignored: readonly string[];
  /** what is taken in whether it ignores it or not: poetry's `include`, forced includes */
  readonly included: readonly string[];
}

/** The environment variables that a build looks up, by name and sorted, as far as that can be seen without running anything. */
export interface EnvironmentVariables {
  /** by code of the package: setup.py, build hooks, a module that is executed for its version */
  readonly ofScripts: readonly string[];
  /** by the backend or a plugin of it: for the version, for templates in the manifest, to switch hooks on or off */
  readonly ofBackend: readonly string[];
}

export interface PackageManifest {
  /** The manifest files that were read, the leading one first, relative to the package's folder. */
  readonly files: readonly string[];
  /** As written; `dynamic` only where a setup.py computes it. */
  readonly name: Stated<string>;
  readonly version: Stated<string>;
  /** Whether commits and tags make the version, or might. */
  readonly asksRepository: boolean;
  readonly environment: EnvironmentVariables;
  readonly description: Stated<string>;
  readonly requiresPython: Stated<string>;
  readonly dependencies: Stated<readonly DeclaredRequirement[]>;
  /** Optional dependencies by extra. */
  readonly extras: Stated<ReadonlyMap<NormalizedName, readonly DeclaredRequirement[]>>;
  readonly presumed: PresumedRequirements;
  /** Dependency groups (PEP 735 with `include-group` resolved; poetry groups, `[tool.uv] dev-dependencies`, pdm dev groups). */
  readonly groups: ReadonlyMap<NormalizedName, readonly DeclaredRequirement[]>;
  readonly installedFolders: readonly InstalledFolders[];
  /** Those of hatch environments and of requirements files: no lock of a project holds them. */
  readonly groupsOfNoLock: ReadonlySet<NormalizedName>;
  readonly buildSystem: BuildSystem;
  /** Whether its wheel may fit one platform only. `false` is certain, `true` may be doubt. */
  readonly mayBeCompiled: boolean;
  readonly sources: ReadonlyMap<NormalizedName, readonly DependencySource[]>;
  readonly uvWorkspace: UvWorkspace | undefined;
  /** Why the project makes no distribution (`package = false`, a virtual root), `undefined` where it makes one. */
  readonly virtual: string | undefined;
  /** `Private :: Do Not Upload`, or another statement that this package is not for an index. */
  readonly isPrivate: boolean;
  /** Files and folders, outside or inside the folder, that the manifest names and that end up in the dist: readme, licence files, version file; as written. */
  readonly namedFiles: readonly string[];
  /** `license-files` as written (PEP 639): globs of files that every dist has to carry. */
  readonly licenseFiles: readonly string[];
  /** Whether a setup.py makes its statements in a way that cannot be followed: then any file may be among those that it reads. */
  readonly mayReadAnyFile: boolean;
  readonly sdistContent: SdistContent;
  readonly artifacts: Artifacts;
  /** `[tool]` of pyproject.toml as it stands, for tools that this library knows nothing of. */
  readonly tool: TomlTable;
  readonly modules: ModuleLayout;
  /** Statements that are wrong but leave the rest usable (a requirement that does not parse, say): one message each. */
  readonly problems: readonly ManifestProblem[];
}

export interface ManifestProblem {
  readonly message: string;
  readonly at: Place;
}

/** What a folder with manifest files turned out to be. */
export type ManifestReading =
  | { readonly kind: 'package'; readonly manifest: PackageManifest }
  /** A folder that is no project: tool configuration only, a template. Its workspace table still counts. */
  | {
      readonly kind: 'not-a-package';
      readonly reason: string;
      readonly uvWorkspace: UvWorkspace | undefined;
      readonly sources: ReadonlyMap<NormalizedName, readonly DependencySource[]>;
    }
  | { readonly kind: 'broken'; readonly problem: ManifestProblem };

/** The files of one package folder, as the manifest readers need them. */
export interface PackageFolder {
  /**
   * @returns the text of a file (path relative to the folder, `/` separators, `..` allowed), `undefined` where there is none
   * @throws an error that says why the file cannot be read, with the `line` where that is known
   */
  read(path: string): string | undefined;
}
