/** Which files pytest reads its configuration from. */

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

/** `[pytest]`, `[tool:pytest]`, `[tool.pytest]`, `[tool.pytest.ini_options]`. A file of pytest's own may also be empty. */
export function configuresPytest(text: string): boolean {
  return text.trim() === '' || /^\s*\[(tool[.:])?pytest\b/m.test(text);
}
