/** Which of a package's files are tests, and which are words for people: its dependents see neither. */

const TEST_FILE = /^((tests?\/.*)|([^/]*\/)*(test_[^/]*|[^/]*_test)\.py)$/;
/** Tests and their settings inside of the modules themselves. */
const INNER_TEST_FILE = /(^|\/)(tests?\/|conftest\.py$)/;

/** What the names of words for people begin with, at the top of a package's folder; as globs and as regular expressions alike. */
export const DOCUMENT_NAMES = [
  'README',
  'CHANGELOG',
  'CHANGES',
  'HISTORY',
  'NEWS',
  'LICENCE',
  'LICENSE',
  'COPYING',
  'NOTICE',
  'AUTHORS',
  'CONTRIBUTING',
];
const TOP_DOCUMENT = new RegExp(`^(${DOCUMENT_NAMES.join('|')})[^/]*$`);

/** @param path relative to the package's folder; whether it is a readme, a licence or the like, which dists carry by habit */
export function isTopDocument(path: string): boolean {
  return TOP_DOCUMENT.test(path);
}

/** @param path relative to the package's folder; whether a test runner would take it for tests */
export function isTestFile(path: string): boolean {
  return path.endsWith('.py') && TEST_FILE.test(path);
}

/** @param path relative to the package's folder; whether it belongs to the documentation, which no target but a build of it reads */
export function isDocument(path: string): boolean {
  return path.startsWith('docs/');
}

/** @param path relative to the package's folder; whether only tests use it, wherever it lies */
export function isForTests(path: string): boolean {
  return TEST_FILE.test(path) || INNER_TEST_FILE.test(path);
}
