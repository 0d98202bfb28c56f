/** Imports that are kept from one graph to the next. */
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { edgesOf, folderWith, project, removeFolders, workspaceIn } from '../../../testing/workspace-folder.js';
import { listFiles } from '../files.js';
import { withImportEdges } from '../import-edges.js';
import { KeptFile } from './kept-file.js';
import { KeptImports } from './kept-imports.js';

afterAll(removeFolders);

describe('the imports that are kept', () => {
  const FILES = {
    'a/pyproject.toml': project('a'),
    'a/a/__init__.py': 'import b\n',
    'b/pyproject.toml': project('b'),
    'b/b/__init__.py': 'import c\n',
    'c/pyproject.toml': project('c'),
    'c/c/__init__.py': '',
  };

  /** A workspace under git and the folder of its cache. */
  const kept = () => {
    const root = folderWith(FILES);
    const cache = folderWith({});
    const git = (...args: string[]) => {
      const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@index.example'];
      expect(spawnSync('git', [...identity, ...args], { cwd: root }).status).toBe(0);
    };
    git('init', '--quiet');
    git('add', '--all');
    git('commit', '--quiet', '--message', 'Start');
    const read = async (folder = cache) => {
      const imports = new KeptImports(folder);
      const workspace = await withImportEdges(workspaceIn(root), listFiles(root), imports);
      imports.save();
      return edgesOf(workspace);
    };
    return { root, cache, read, file: () => join(cache, readdirSync(cache)[0] ?? '') };
  };
  const START = ['a import:runtime b:1', 'b import:runtime c:1'];

  /** What is kept is believed: were the files read again, their lines would not be 7. */
  const withLine7 = (cache: string) => {
    const file = new KeptFile<{ imports: Int32Array }>(cache, 'imports');
    const table = file.read()!;
    file.write({ ...table, imports: table.imports.map((number, at) => (at % 3 === 1 ? 7 : number)) });
  };
  const AT_LINE_7 = START.map((edge) => edge.replace(/1$/, '7'));

  test('stand for files that git has', async () => {
    const { read, cache } = kept();
    expect(await read()).toEqual(START);
    withLine7(cache);
    expect(await read()).toEqual(AT_LINE_7);
  });

  test('stand for files that git does not have, as long as those stay as they are', async () => {
    const { root, read, cache } = kept();
    rmSync(join(root, '.git'), { recursive: true });
    // Files that have just been written may change again without a change of their stamps: they are read again.
    await read();
    withLine7(cache);
    expect(await read()).toEqual(AT_LINE_7);
    writeFileSync(join(root, 'a/a/__init__.py'), 'import d\n');
    expect(await read()).toEqual(AT_LINE_7.slice(1));
    writeFileSync(join(root, 'a/a/__init__.py'), '\nimport c\n');
    const edited = ['a import:runtime c:2', ...AT_LINE_7.slice(1)];
    expect(await read()).toEqual(edited);

    vi.useFakeTimers({ now: Date.now() + 10_000, toFake: ['Date'] });
    await read();
    const stamps = new KeptFile<{ unknownToGit: Map<string, object> }>(cache, 'imports');
    expect([...stamps.read()!.unknownToGit.keys()]).toEqual(['a/a/__init__.py', 'b/b/__init__.py', 'c/c/__init__.py']);
    expect(await read()).toEqual(edited);
    writeFileSync(join(root, 'a/a/__init__.py'), 'import b\n');
    expect(await read()).toContain('a import:runtime b:1');
    vi.useRealTimers();
  });

  test('are of a content: an edited file is read again, and one that is not tracked yet', async () => {
    const { root, read } = kept();
    await read();
    writeFileSync(join(root, 'a/a/__init__.py'), '\nimport c\n');
    writeFileSync(join(root, 'b/b/new.py'), 'import a\n');
    const edited = ['a import:runtime c:2', 'b import:runtime c:1', 'b import:runtime a:1'];
    expect(await read()).toEqual(edited);
    expect(await read()).toEqual(edited);
    unlinkSync(join(root, 'b/b/new.py'));
    unlinkSync(join(root, 'a/a/__init__.py'));
    expect(await read()).toEqual(['b import:runtime c:1']);
  });

  test('are only to save time: where they cannot be written, the edges are the same', async () => {
    const { cache, read } = kept();
    writeFileSync(join(cache, 'file'), '');
    expect(await read(join(cache, 'file', 'folder'))).toEqual(START);
  });

  test('are written once, in one step, and only when there is something new', async () => {
    const { cache, read, file } = kept();
    await read();
    const { mtimeMs, ino } = statSync(file());
    await read();
    expect(statSync(file())).toMatchObject({ mtimeMs, ino });
    expect(readdirSync(cache)).toEqual(['imports']);
  });
});
