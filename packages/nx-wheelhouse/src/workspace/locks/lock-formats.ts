/** The lock formats: their file names, how each is read, and what a person does when one is out of date. */
import {
  type Lock,
  parsePdmLock,
  parsePinnedRequirements,
  parsePoetryLock,
  parsePylock,
  parseUvLock,
} from '@nx-wheelhouse/python-packaging';

/** What a format's lock knows of the projects it was made for. */
type ProjectsInLock =
  /** the projects themselves, with their extras and groups */
  | 'described'
  /** nothing: what a project requires stands in its manifest */
  | 'in-manifest'
  /** nothing, but each package says with which extras and groups it is installed; a lock beside a manifest is that project's */
  | 'by-marker';

/** `unpinned`: a file of that name which is no lock. */
type LockText =
  | { readonly kind: 'lock'; readonly lock: Lock; readonly files: readonly string[] }
  | { readonly kind: 'unpinned' };

export interface LockFormat {
  /** tried in this order */
  readonly fileNames: readonly string[];
  readonly projects: ProjectsInLock;
  /** what makes the lock anew */
  readonly refresh: string;
  /**
   * @param read gives the text of a file relative to the lock's folder
   * @throws {UnreadableLock}
   */
  parse(read: (file: string) => string | undefined, file: string): LockText;
}

/** In the order in which they are looked for in one folder. A parser is loaded when there is something to parse. */
export const LOCK_FORMATS: readonly LockFormat[] = [
  {
    fileNames: ['uv.lock'],
    projects: 'described',
    refresh: 'run `uv lock`',
    parse: inOneFile((text) => parseUvLock(text)),
  },
  {
    fileNames: ['poetry.lock'],
    projects: 'in-manifest',
    refresh: 'run `poetry lock`',
    parse: inOneFile((text) => parsePoetryLock(text)),
  },
  {
    fileNames: ['pdm.lock'],
    projects: 'in-manifest',
    refresh: 'run `pdm lock`',
    parse: inOneFile((text) => parsePdmLock(text)),
  },
  {
    fileNames: ['pylock.toml'],
    projects: 'by-marker',
    refresh: 'lock again',
    parse: inOneFile((text) => parsePylock(text)),
  },
  {
    fileNames: ['requirements.txt', 'requirements.lock', 'requirements-lock.txt'],
    projects: 'by-marker',
    refresh: 'compile the requirements again',
    parse: (read, file) => parsePinnedRequirements(read, file),
  },
];

function inOneFile(parse: (text: string) => Lock): LockFormat['parse'] {
  return (read, file) => ({ kind: 'lock', lock: parse(read(file) ?? ''), files: [file] });
}
