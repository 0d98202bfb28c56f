/** Programs that people run over their code, and that no test uses unless it calls them by their name. */
import type { NormalizedName } from '@nx-wheelhouse/python-packaging';

/** Each stands for its own plugins too: `flake8-bugbear`, `mkdocs-material`. Programs with other names than their distributions are not here. */
const TOOLS = [
  'autoflake',
  'bandit',
  'basedpyright',
  'black',
  'codespell',
  'deptry',
  'flake8',
  'isort',
  'mkdocs',
  'mypy',
  'nox',
  'pip-audit',
  'pre-commit',
  'prek',
  'pylint',
  'pyrefly',
  'pyright',
  'pyupgrade',
  'ruff',
  'towncrier',
  'tox',
  'twine',
  'ty',
  'vulture',
];

const TYPE_CHECKERS = ['basedpyright', 'mypy', 'pyrefly', 'pyright', 'ty'];

/** All words that tools are called by. */
export const TOOL_WORDS: readonly string[] = [...new Set(TOOLS.flatMap(spellings))];

/**
 * The words one of which stands in code that uses a tool, by itself or before `-` or `_`.
 * @returns `undefined` for everything else: it may be imported under any name
 */
export function wordsOfTool(name: NormalizedName): readonly string[] | undefined {
  // Stubs have no code: they mean something to type checkers only (PEP 561, and typeshed's distributions).
  if (name.startsWith('types-') || name.endsWith('-stubs')) return TYPE_CHECKERS;
  const tool = TOOLS.find((one) => name === one || name.startsWith(`${one}-`));
  return tool === undefined ? undefined : spellings(tool);
}

function spellings(tool: string): string[] {
  return [tool, tool.replaceAll('-', '_')];
}
