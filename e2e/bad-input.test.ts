/** What cannot be read, through Nx itself: one line each that names the file, and every other project is there and is built. */
import { symlinkSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aPackage } from './harness/packages.js';
import { aWorkspace, type Workspace } from './harness/workspace.js';

const manifest = (name: string, more = '') => `[project]\nname = "${name}"\nversion = "1.0"\n${more}`;
/** 10 MB in one line. */
const LONG = `x${'>=1,'.repeat(2_500_000)}`;

/** By folder: its files, and the beginning of the one line that is to be printed. */
const BAD: Record<string, { readonly files: Record<string, string | Buffer>; readonly line: RegExp }> = {
  'not-toml': { files: { 'pyproject.toml': '[project]\nname = "x\n' }, line: /^not-toml\/pyproject\.toml:2: / },
  'not-utf8': {
    files: { 'pyproject.toml': Buffer.from('[project]\nname = "b\xe4d"\n', 'latin1') },
    line: /^not-utf8\/pyproject\.toml:2: .*is not UTF-8/,
  },
  'in-circles': {
    files: { 'pyproject.toml': manifest('in-circles'), 'requirements-test.txt': 'six\n-r requirements-test.txt\n' },
    line: /^in-circles\/requirements-test\.txt:2: requirements-test\.txt includes itself/,
  },
  'too-long': {
    files: { 'pyproject.toml': manifest('too-long', `dependencies = ["six", "${LONG}"]\n`) },
    line: /^too-long\/pyproject\.toml:4: .{1,300}is too long for a requirement/,
  },
  'groups-in-circles': {
    files: {
      'pyproject.toml': manifest(
        'groups',
        '[dependency-groups]\na = [{ include-group = "b" }]\nb = [{ include-group = "a" }]\n',
      ),
    },
    line: /^groups-in-circles\/pyproject\.toml:6: the group "a" includes itself/,
  },
  'later-lock': {
    files: { 'pyproject.toml': manifest('later-lock'), 'uv.lock': 'version = 99\n' },
    line: /^later-lock\/uv\.lock:1: its format version is 99/,
  },
  'twin-one': {
    files: { 'pyproject.toml': manifest('twin') },
    line: /^twin-one\/pyproject\.toml:2: the name twin is also/,
  },
  'twin-two': {
    files: { 'pyproject.toml': manifest('twin') },
    line: /^twin-two\/pyproject\.toml:2: the name twin is also/,
  },
};

describe('input that cannot be read', () => {
  let workspace: Workspace;
  beforeAll(async () => {
    workspace = await aWorkspace({ files: aPackage('good', 'good') });
    for (const [folder, { files }] of Object.entries(BAD)) {
      for (const [file, content] of Object.entries(files)) {
        workspace.write(`${folder}/${file}`, '');
        writeFileSync(workspace.path(folder, file), content);
      }
    }
    if (process.platform !== 'win32') {
      workspace.write('linked/pyproject.toml', manifest('linked'));
      symlinkSync('..', workspace.path('linked', 'up'));
      workspace.write('looped/module.py', '');
      symlinkSync('pyproject.toml', workspace.path('looped', 'pyproject.toml'));
      symlinkSync('around.py', workspace.path('linked', 'around.py'));
      workspace.write('dangling/module.py', '');
      symlinkSync('../gone.toml', workspace.path('dangling', 'pyproject.toml'));
      symlinkSync('../gone.cfg', workspace.path('good', 'setup.cfg'));
    }
    if (process.platform === 'linux') {
      writeFileSync(Buffer.from(workspace.path('good', 'src', 'good', 'caf\xe9.py'), 'latin1'), '');
      writeFileSync(Buffer.from(workspace.path('good', 'na\xefve.md'), 'latin1'), '');
    }
    await workspace.commit('Bad input');
  });
  afterAll(() => workspace?.dispose());

  test('is said in one line each, and every project is there', async () => {
    const { status, output, stdout } = await workspace.tryNx('show projects --json');
    expect(status).toBe(0);
    const projects = ['good', 'groups', 'in-circles', 'later-lock', 'not-toml', 'not-utf8', 'too-long'];
    const all = [...projects, 'twin-one', 'twin-two', ...(process.platform === 'win32' ? [] : ['linked'])];
    expect(JSON.parse(stdout).sort()).toEqual(all.sort());
    const lines = output.split('\n').flatMap((line) => /^nx-wheelhouse: (.*)$/.exec(line)?.[1] ?? []);
    const expected = Object.values(BAD).map(({ line }) => line);
    // Links in a circle in the place of a module and of a manifest.
    if (process.platform !== 'win32')
      expected.push(
        /^linked\/around\.py: cannot be read \(ELOOP\)/,
        /^looped\/pyproject\.toml: cannot be read \(ELOOP\): its package is left out/,
        /^dangling\/pyproject\.toml: is a link to \.\.\/gone\.toml, which is not there: it is left out/,
        /^good\/setup\.cfg: is a link to \.\.\/gone\.cfg, which is not there: it is left out/,
      );
    // Other systems have no such names.
    if (process.platform === 'linux')
      expected.push(/^good\/na\uFFFDve\.md: its name is not UTF-8, nor are those of others \(1\): rename it/);
    expect(lines.filter((line) => !expected.some((each) => each.test(line)))).toEqual([]);
    expect(expected.filter((each) => lines.filter((line) => each.test(line)).length !== 1)).toEqual([]);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(600);
  });

  test('leaves the others to be built and tested, and its own targets say what is wrong', async () => {
    expect(await workspace.tasks('run-many -t build test --projects=good,not-toml')).toMatchObject({
      'good:build': 'executed',
      'good:test': 'executed',
    });
    const { status, output } = await workspace.tryNx('run not-toml:build');
    expect(status).not.toBe(0);
    expect(output).toContain('not-toml/pyproject.toml:2');
  });
});
