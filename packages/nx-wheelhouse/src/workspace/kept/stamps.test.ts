/** Files that change without a change of their stamps: twice within one tick of the file system's clock, to another text as long. */
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { folderWith, project, removeFolders } from '../../../testing/workspace-folder.js';
import { isSure, stampOf } from '../../stamps.js';
import { KeptLocks } from '../locks/kept-locks.js';
import { readImports } from '../python-imports.js';
import { KeptImports } from './kept-imports.js';
import { KeptManifests } from './kept-manifests.js';
import { KeptTexts } from './kept-texts.js';

vi.mock('../../stamps.js', async (importActual) => {
  const actual = await importActual<typeof import('../../stamps.js')>();
  return { ...actual, stampOf: vi.fn(actual.stampOf) };
});

afterAll(removeFolders);

const lock = (version: string) =>
  `version = 1\n[[package]]\nname = "x"\nversion = "${version}"\nsource = { registry = "https://index.example" }\n`;

/** What each reader makes of the one file that it is asked for. */
const READERS: Record<
  string,
  { file: string; texts: readonly [string, string]; reader: (root: string) => () => unknown }
> = {
  manifests: {
    file: 'a/pyproject.toml',
    texts: [project('aa'), project('bb')],
    reader: (root) => {
      const kept = new KeptManifests();
      return () => {
        const reading = kept.read(root, ['a']).get('a');
        return reading?.kind === 'package' && reading.manifest.name;
      };
    },
  },
  imports: {
    file: 'a.py',
    texts: ['import aa\n', 'import bb\n'],
    reader: (root) => {
      const kept = new KeptImports();
      const files = {
        paths: ['a.py'],
        symlinks: new Map(),
        blobs: new Map(),
        executables: new Set<string>(),
        repositories: [],
      };
      return () => readImports(root, ['a.py'], files, kept).imports.get('a.py');
    },
  },
  texts: {
    file: 'tox.ini',
    texts: ['[aa]\n', '[bb]\n'],
    reader: (root) => {
      const kept = new KeptTexts();
      return () => {
        kept.begin();
        const text = kept.read(root, 'tox.ini');
        kept.end();
        return text;
      };
    },
  },
  locks: {
    file: 'uv.lock',
    texts: [lock('1'), lock('2')],
    reader: (root) => {
      const kept = new KeptLocks();
      return () => {
        kept.begin();
        const content = kept.read(root, 'uv.lock')?.content;
        kept.end();
        return content?.kind === 'read' && content.index.lock.packages[0]?.version;
      };
    },
  },
};

describe.each(Object.entries(READERS))('%s', (_, { file, texts, reader }) => {
  let root: string;
  beforeEach(() => {
    root = folderWith({ [file]: texts[0] });
    const first = stampOf(join(root, file));
    // From here on the clock of the file system stands still.
    vi.mocked(stampOf).mockReturnValue(first);
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.mocked(stampOf).mockReset();
  });

  const readsTheSame = () => {
    const read = reader(root);
    const before = read();
    writeFileSync(join(root, file), texts[1]);
    return JSON.stringify(read()) === JSON.stringify(before);
  };

  test('read in the tick of the change are read again', () => {
    vi.useFakeTimers({ now: statSync(join(root, file)).mtimeMs + 5, toFake: ['Date'] });
    expect(readsTheSame()).toBe(false);
  });

  test('read long after it are known by their stamps', () => {
    vi.useFakeTimers({ now: Date.now() + 10_000, toFake: ['Date'] });
    expect(readsTheSame()).toBe(true);
  });
});

test('a file system that counts by the second needs longer', () => {
  const root = folderWith({ fine: '', coarse: '' });
  const { sureFrom } = stampOf(join(root, 'fine'));
  expect(sureFrom - statSync(join(root, 'fine')).ctimeMs).toBeLessThan(200);
  expect([isSure(sureFrom, sureFrom), isSure(sureFrom, sureFrom + 1)]).toEqual([false, true]);
});
