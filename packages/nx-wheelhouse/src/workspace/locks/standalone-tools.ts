/** Programs that people run over their code, and that no test uses unless it calls them by their name. */
import type { NormalizedName } from '@nx-wheelhouse/python-packaging';

/** Each stands for its own plugins too: `flake8-bugbear`, `mkdocs-material`. Of libraries nobody knows under which name they are imported. */
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

/**
 * The words of which at least one stands in code that uses a tool.
 * @returns `undefined` for everything else: it may be imported under any name
 */
export function wordsOfTool(name: NormalizedName): readonly string[] | undefined {
  // Stubs have no code: they mean something to type checkers only (PEP 561, and typeshed's distributions).
  if (name.startsWith('types-') || name.endsWith('-stubs')) return TYPE_CHECKERS;
  const tool = TOOLS.find((one) => name === one || name.startsWith(`${one}-`));
  if (tool === undefined) return undefined;
  return [...new Set([tool, name].flatMap((word) => [word, word.replaceAll('-', '_')]))];
}
