/** Requirements that plugins of backends take from tables of their own, as templates: which version `alpha=={{ version }}` means does not matter for an edge. */
import { normalizeName } from '../names/name.js';
import { isTomlTable } from '../toml/read.js';
import type { DeclaredRequirement, ManifestProblem, PresumedRequirements } from './manifest.js';
import { type PlacedText, type PyprojectFile, parseRequirements, type TomlPath } from './pyproject-file.js';

/** A specifier whose version is filled in, in the spellings `{{ version }}` and `{version}`. */
const TEMPLATE = /(?:[=!<>~]=?=?)?\s*\{\{.*?\}\}|[=!<>~]=?=?\s*\{[^{}]*\}/g;

/** The tables that are called as a build requirement is, such as `[tool.setuptools_dynamic_dependencies]`. */
export function pluginTemplates(pyproject: PyprojectFile): PresumedRequirements {
  const required = pyproject.requirements(['build-system', 'requires']) ?? [];
  const plugins = new Set(required.map(({ requirement }) => requirement.name));
  const tables = pyproject.keys(['tool']).filter((key) => plugins.has(normalizeName(key)));
  return templatesIn(
    pyproject,
    tables.map((key) => ['tool', key]),
  );
}

/** @param tables of plugins, with the keys that `[project]` has too */
export function templatesIn(file: PyprojectFile, tables: readonly TomlPath[]): PresumedRequirements {
  const listed = (path: TomlPath) => (Array.isArray(file.value(path)) ? withoutTemplates(file.texts(path) ?? []) : []);
  const extras = tables.flatMap((table) => {
    const path = [...table, 'optional-dependencies'];
    return isTomlTable(file.value(path))
      ? file.keys(path).map((key) => [normalizeName(key), listed([...path, key])] as const)
      : [];
  });
  return { dependencies: tables.flatMap((table) => listed([...table, 'dependencies'])), extras: new Map(extras) };
}

function withoutTemplates(texts: readonly PlacedText[]): readonly DeclaredRequirement[] {
  const ignored: ManifestProblem[] = [];
  return parseRequirements(
    texts.map(({ text, at }) => ({ text: text.replace(TEMPLATE, ''), at })),
    ignored,
  );
}
