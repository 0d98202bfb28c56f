/** What `[tool.uv]` says of a package: sources, workspace, development dependencies. */
import { type NormalizedName, normalizeName } from '../names/name.js';
import { isTomlTable, type TomlTable } from '../toml/read.js';
import type { Sources } from './core-metadata.js';
import { gitReference } from './git-references.js';
import type { DeclaredRequirement, DependencySource, UvWorkspace } from './manifest.js';
import type { PyprojectFile, TomlPath } from './pyproject-file.js';

/** `[tool.uv.workspace]`, `undefined` where the folder is no workspace root. */
export function readUvWorkspace(pyproject: PyprojectFile): UvWorkspace | undefined {
  const path = ['tool', 'uv', 'workspace'];
  if (pyproject.tableAt(path) === undefined) return undefined;
  return {
    members: pyproject.strings([...path, 'members']) ?? [],
    exclude: pyproject.strings([...path, 'exclude']) ?? [],
  };
}

/**
 * Whether uv takes the project for a virtual one, which is never built.
 * uv's rule (no `[build-system]`, no `package = true`) is followed for workspace roots; a lone project without a build system is built by
 * everyone else with PEP 517's default, so it stays a package here.
 * @returns the reason
 */
export function virtualProject(pyproject: PyprojectFile): string | undefined {
  const isPackage = pyproject.boolean(['tool', 'uv', 'package']);
  if (isPackage === false) return '`tool.uv.package` is false';
  const isRoot = pyproject.has(['tool', 'uv', 'workspace']);
  if (isRoot && !pyproject.has(['build-system']) && isPackage !== true) {
    return 'the root of a uv workspace without a [build-system] is a virtual project';
  }
  return undefined;
}

/** `[tool.uv.sources]`: one source or, by marker, extra or group, several for each name. */
export function readUvSources(pyproject: PyprojectFile): Sources {
  return readSources(pyproject, ['tool', 'uv', 'sources']);
}

/**
 * A table of sources as uv writes it, which hatch has taken over.
 * @param only the list of requirements that the whole table is for
 */
export function readSources(pyproject: PyprojectFile, path: TomlPath, only?: DependencySource['only']): Sources {
  const sources = new Map<NormalizedName, readonly DependencySource[]>();
  for (const [key, value] of Object.entries(pyproject.tableAt(path) ?? {})) {
    const tables = Array.isArray(value) ? value : [value];
    sources.set(
      normalizeName(key),
      tables.flatMap((table, index) => {
        const at = pyproject.at([...path, key], Array.isArray(value) ? index : undefined);
        const source = isTomlTable(table)
          ? readSource(table, { at, ...(only && { only }), ...scopeOf(table) })
          : undefined;
        if (source === undefined)
          pyproject.problems.push({
            message: `the source of "${key}" is none of workspace, path, git, url and index`,
            at,
          });
        return source ?? [];
      }),
    );
  }
  return sources;
}

/** @see uv documentation, "Optional dependencies": a source may be for one extra or group, also beside others of the name */
function scopeOf({ extra, group }: TomlTable): Pick<DependencySource, 'only'> {
  if (typeof extra === 'string') return { only: `extra:${normalizeName(extra)}` };
  return typeof group === 'string' ? { only: `group:${normalizeName(group)}` } : {};
}

function readSource(
  table: TomlTable,
  stated: Pick<DependencySource, 'at' | 'only'>,
): DependencySource | readonly [] | undefined {
  const { workspace, path, editable, git, rev, tag, branch, subdirectory, url, index } = table;
  if (workspace === true) return { kind: 'workspace', ...stated };
  if (workspace === false) return [];
  if (typeof path === 'string') return { kind: 'path', path, editable: editable === true, ...stated };
  if (typeof git === 'string') {
    const revision = [rev, tag, branch].find((each) => typeof each === 'string');
    return { kind: 'git', reference: gitReference(git, { revision, folder: subdirectory }), ...stated };
  }
  if (typeof url === 'string') return { kind: 'url', reference: url, ...stated };
  if (typeof index === 'string') return { kind: 'index', reference: index, ...stated };
  return undefined;
}

/** `[tool.uv] dev-dependencies`, the older spelling of the group `dev`. */
export function readUvDevDependencies(
  pyproject: PyprojectFile,
): ReadonlyMap<NormalizedName, readonly DeclaredRequirement[]> {
  const requirements = pyproject.requirements(['tool', 'uv', 'dev-dependencies']);
  return requirements === undefined ? new Map() : new Map([[normalizeName('dev'), requirements]]);
}
