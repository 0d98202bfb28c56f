/** The embedded index with the tools that people have: twine and uv upload, pip and uv install, and the rules of PyPI. */
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeDists, run, sha256Of, temporaryFolder, tool } from '../../testing/publish/tools.js';
import { type RunningIndex, startLocalIndex } from './server.js';

let folder: string;
let index: RunningIndex;

beforeEach(async () => {
  folder = temporaryFolder();
  index = await startLocalIndex(join(folder, 'index'));
});

afterEach(async () => {
  await index.close();
  rmSync(folder, { recursive: true, force: true });
});

const ledger = () => join(folder, 'index', 'ledger.jsonl');
const accepted = () =>
  existsSync(ledger())
    ? readFileSync(ledger(), 'utf8')
        .split('\n')
        .filter((line) => line.startsWith('{"event"') && line.endsWith('}'))
        .map((line) => (JSON.parse(line) as { filename: string }).filename)
    : [];

function twine(files: readonly string[], token = index.token()) {
  return run(
    'twine',
    ['upload', '--non-interactive', '--disable-progress-bar', '--repository-url', index.uploadUrl, ...files],
    {
      TWINE_USERNAME: '__token__',
      TWINE_PASSWORD: token,
    },
  );
}

function uvPublish(files: readonly string[], token = index.token()) {
  return run('uv', ['publish', '--publish-url', index.uploadUrl, '--check-url', index.simpleUrl, ...files], {
    UV_PUBLISH_TOKEN: token,
    UV_NO_CONFIG: '1',
  });
}

/** One upload by hand, to say what no tool would. */
async function post(path: string, fields: Record<string, string>): Promise<string> {
  const form = new FormData();
  const all = { ':action': 'file_upload', filetype: 'bdist_wheel', sha256_digest: sha256Of(path), ...fields };
  for (const [name, value] of Object.entries(all)) form.append(name, value);
  form.append('content', new Blob([readFileSync(path)]), basename(path));
  const Authorization = `Basic ${Buffer.from(`__token__:${index.token()}`).toString('base64')}`;
  const answer = await fetch(index.uploadUrl, { method: 'POST', body: form, headers: { Authorization } });
  return `${answer.status} ${await answer.text()}`;
}

describe('uploading', () => {
  test('twine uploads a wheel and an sdist, and the same again', async () => {
    const files = makeDists(join(folder, 'dist'), [{ name: 'Alpha.One', version: '1.0' }]);
    expect(await twine(files)).toMatchObject({ status: 0 });
    expect(await twine(files)).toMatchObject({ status: 0 });
    expect(accepted().sort()).toEqual(files.map((file) => basename(file)).sort());
  });

  test('uv uploads a wheel and an sdist, and skips them the second time', async () => {
    const files = makeDists(join(folder, 'dist'), [{ name: 'beta', version: '1.0' }]);
    expect(await uvPublish(files)).toMatchObject({ status: 0 });
    expect((await uvPublish(files)).output).toContain('already exists');
    expect(accepted()).toHaveLength(2);
  });

  test('a wrong token is refused and nothing is stored', async () => {
    const files = makeDists(join(folder, 'dist'), [{ name: 'beta', version: '1.0' }]);
    expect((await twine(files, 'wrong')).output).toContain('403');
    expect((await uvPublish(files, 'wrong')).status).not.toBe(0);
    expect(accepted()).toEqual([]);
  });

  test('other bytes under a known name are refused with the hash of the known ones', async () => {
    const first = makeDists(join(folder, 'first'), [{ name: 'beta', version: '1.0' }]).filter((file) =>
      file.endsWith('.whl'),
    );
    const second = makeDists(join(folder, 'second'), [{ name: 'beta', version: '1.0', note: 'x' }]).filter((file) =>
      file.endsWith('.whl'),
    );
    await twine(first);
    const { status, output } = await twine(second);
    expect(status).not.toBe(0);
    expect(output.replace(/\s+/g, '')).toContain(sha256Of(first[0] as string));
  });

  test('a file name is never used again, not even after its file is deleted', async () => {
    const [file = ''] = makeDists(join(folder, 'dist'), [{ name: 'beta', version: '1.0' }]).filter((one) =>
      one.endsWith('.whl'),
    );
    await twine([file]);
    rmSync(join(folder, 'index', 'files', 'beta', basename(file)));
    expect(await post(file, { name: 'beta', version: '1.0' })).toMatch(/^400 .*never used again/);
    expect((await fetch(`${index.simpleUrl}beta/`)).status).toBe(404);
  });

  test.each([
    ['a wrong digest', { sha256_digest: '0'.repeat(64) }, /digest supplied does not match/],
    ['another name than the metadata have', { name: 'gamma' }, /it is a file of beta, not gamma/],
    ['another version than the metadata have', { version: '2.0' }, /it is version 1.0, not 2.0/],
    ['another file type', { filetype: 'sdist' }, /file type "sdist" is wrong/],
    ['another action', { ':action': 'remove' }, /:action must be file_upload/],
  ])('%s is refused', async (_, claim, reason) => {
    const [file = ''] = makeDists(join(folder, 'dist'), [{ name: 'beta', version: '1.0' }]).filter((one) =>
      one.endsWith('.whl'),
    );
    expect(await post(file, { name: 'beta', version: '1.0', ...claim })).toMatch(reason);
    expect(accepted()).toEqual([]);
    expect(readdirSync(join(folder, 'index', 'incoming'))).toEqual([]);
  });

  test.each([
    ['a local version', { name: 'beta', version: '1.0+here' }, /local version/],
    [
      'a requirement on a URL',
      { name: 'beta', version: '1.0', requires: ['x @ https://index.example/x.whl'] },
      /no project of the index/,
    ],
    [
      'a requirement on a path',
      { name: 'beta', version: '1.0', requires: ['x @ file:///tmp/x.whl'] },
      /nobody else has what is at that path/,
    ],
    ['a requirement that is none', { name: 'beta', version: '1.0', requires: ['x y z'] }, /cannot be read/],
  ])('%s is refused', async (_, pkg, reason) => {
    const files = makeDists(join(folder, 'dist'), [pkg]);
    const [wheel = ''] = files.filter((one) => one.endsWith('.whl'));
    expect(await post(wheel, { name: pkg.name, version: pkg.version })).toMatch(reason);
    expect(accepted()).toEqual([]);
  });

  test('a torn last line of the ledger loses nothing else', async () => {
    const files = makeDists(join(folder, 'dist'), [
      { name: 'beta', version: '1.0' },
      { name: 'gamma', version: '1.0' },
    ]);
    await twine(files.filter((file) => file.includes('beta')));
    appendFileSync(ledger(), '{"event":"upload","filename":"tor');
    await index.close();
    index = await startLocalIndex(join(folder, 'index'));
    expect(await twine(files)).toMatchObject({ status: 0 });
    expect(accepted()).toHaveLength(4);
    expect((await (await fetch(index.simpleUrl)).text()).match(/<a /g)).toHaveLength(2);
  });

  test('a lock that a killed process left behind holds nobody up', async () => {
    index.token();
    writeFileSync(join(folder, 'index', 'lock'), '999999999');
    const files = makeDists(join(folder, 'dist'), [{ name: 'beta', version: '1.0' }]);
    expect(await twine(files)).toMatchObject({ status: 0 });
  });

  test('two servers over one folder list what the other took', async () => {
    const other = await startLocalIndex(join(folder, 'index'));
    try {
      const files = makeDists(join(folder, 'dist'), [{ name: 'beta', version: '1.0' }]);
      expect(await (await fetch(`${other.simpleUrl}beta/`)).status).toBe(404);
      await twine(files);
      expect(await (await fetch(`${other.simpleUrl}beta/`)).text()).toContain('beta-1.0.tar.gz');
    } finally {
      await other.close();
    }
  });
});

describe('reading', () => {
  test.each(['server', 'folder'] as const)(
    'pip and uv install a package and what it needs from the %s',
    async (kind) => {
      const packages = [
        { name: 'alpha', version: '1.0' },
        { name: 'beta', version: '2.0', requires: ['alpha>=1'] },
      ];
      await twine(makeDists(join(folder, 'dist'), packages));
      const url = kind === 'server' ? index.simpleUrl : `${pathToFileURL(join(folder, 'index', 'simple')).href}/`;
      if (kind === 'folder') await index.close();

      const pip = ['-m', 'pip', 'install', '--isolated', '--no-cache-dir', '--disable-pip-version-check'];
      const viaPip = await run('python', [...pip, '--index-url', url, '--target', join(folder, 'pip'), 'beta']);
      expect(viaPip).toMatchObject({ status: 0 });
      const uv = ['pip', 'install', '--no-config', '--cache-dir', join(folder, 'cache'), '--python', tool('python')];
      for (const [place, option] of [
        ['uv', '--default-index'],
        ['uv2', '--index'],
      ] as const) {
        const answer = await run('uv', [
          ...uv,
          option,
          url.replace(/\/$/, ''),
          '--target',
          join(folder, place),
          'beta',
        ]);
        expect(answer).toMatchObject({ status: 0 });
      }
      for (const place of ['pip', 'uv', 'uv2']) {
        expect(existsSync(join(folder, place, 'alpha', '__init__.py'))).toBe(true);
        expect(existsSync(join(folder, place, 'beta', '__init__.py'))).toBe(true);
      }
    },
  );

  test('the JSON form gives hashes, sizes and the metadata of a wheel beside it', async () => {
    const files = makeDists(join(folder, 'dist'), [{ name: 'beta', version: '1.0' }]);
    await twine(files);
    const answer = await fetch(`${index.simpleUrl}beta/`, {
      headers: { Accept: 'application/vnd.pypi.simple.v1+json' },
    });
    expect(answer.headers.get('content-type')).toBe('application/vnd.pypi.simple.v1+json');
    const page = (await answer.json()) as {
      files: { filename: string; url: string; size: number; hashes: { sha256: string } }[];
    };
    expect(page.files).toHaveLength(2);
    for (const { filename, url, size, hashes } of page.files) {
      const sent = join(folder, 'dist', filename);
      expect({ size, sha256: hashes.sha256 }).toEqual({ size: statSync(sent).size, sha256: sha256Of(sent) });
      const got = await fetch(new URL(url, answer.url));
      expect(Buffer.from(await got.arrayBuffer()).equals(readFileSync(sent))).toBe(true);
      if (filename.endsWith('.whl')) {
        expect(await (await fetch(new URL(`${url}.metadata`, answer.url))).text()).toContain('Name: beta');
      }
    }
  });

  test('the page for people lists packages, versions, files and hashes, and links to the files', async () => {
    const page = async () => (await fetch(new URL('/', index.simpleUrl))).text();
    expect(await page()).toContain('Nothing has been published');
    const files = makeDists(join(folder, 'dist'), [
      { name: 'beta', version: '1.0' },
      { name: 'beta', version: '2.0' },
    ]);
    await twine(files);
    const html = await page();
    for (const file of files) {
      expect(html).toContain(sha256Of(file));
      const link = /href="([^"]+)"/.exec(html.slice(html.lastIndexOf('<a', html.indexOf(`>${basename(file)}<`))))?.[1];
      const got = await fetch(new URL(link ?? '', index.simpleUrl));
      expect(Buffer.from(await got.arrayBuffer()).equals(readFileSync(file))).toBe(true);
    }
  });

  test('a yanked release is passed over by pip and uv unless asked for exactly, and can be taken back', async () => {
    const versions = ['1.0', '2.0'].map((version) => ({ name: 'beta', version }));
    await twine(makeDists(join(folder, 'dist'), versions));
    const post = (what: string, token = index.token()) => {
      const Authorization = `Basic ${Buffer.from(`__token__:${token}`).toString('base64')}`;
      const url = new URL(`/${what}/beta/2.0`, index.simpleUrl);
      return fetch(url, { method: 'POST', body: 'broken <b>', headers: { Authorization } }).then(
        ({ status }) => status,
      );
    };
    const installed = async (what: string) => {
      const uv = ['pip', 'compile', '--no-config', '--no-cache', '--no-header', '--no-annotate', '--quiet'];
      const requirements = join(folder, 'requirements.in');
      writeFileSync(requirements, what);
      const pip = ['-m', 'pip', 'install', '--isolated', '--no-cache-dir', '--dry-run', '--ignore-installed'];
      const viaPip = await run('python', [...pip, '--index-url', index.simpleUrl, what]);
      const viaUv = await run('uv', [...uv, '--default-index', index.simpleUrl, requirements]);
      return [/Would install beta-(\S+)/.exec(viaPip.output)?.[1], /beta==(\S+)/.exec(viaUv.output)?.[1]];
    };
    expect(await post('yank', 'wrong')).toBe(403);
    expect(await post('yank')).toBe(200);
    expect(await installed('beta')).toEqual(['1.0', '1.0']);
    expect(await installed('beta==2.0')).toEqual(['2.0', '2.0']);
    const html = await (await fetch(new URL('/', index.simpleUrl))).text();
    expect(html).toContain('yanked broken &lt;b&gt;');
    await index.close();
    index = await startLocalIndex(join(folder, 'index'));
    expect(await post('unyank')).toBe(200);
    expect(await installed('beta')).toEqual(['2.0', '2.0']);
  });

  test('nothing outside the files of the index can be read', async () => {
    index.token();
    for (const path of ['files/..%2ftoken/x', 'files/beta/..%2f..%2ftoken', 'token', 'ledger.jsonl']) {
      expect((await fetch(new URL(`/${path}`, index.simpleUrl))).status).toBe(404);
    }
  });

  test('a request under another host name is refused', async () => {
    const { output } = await run('python', [
      '-c',
      `import http.client, urllib.parse
url = urllib.parse.urlsplit(${JSON.stringify(index.simpleUrl)})
connection = http.client.HTTPConnection(url.hostname, url.port)
connection.request("GET", "/simple/", headers={"Host": "evil.index.example"})
print(connection.getresponse().status)`,
    ]);
    expect(output.trim()).toBe('421');
  });

  test('looking makes no folder, and the token is readable by its owner only', async () => {
    expect((await fetch(`${index.simpleUrl}beta/`)).status).toBe(404);
    expect(existsSync(join(folder, 'index'))).toBe(false);
    index.token();
    if (process.platform !== 'win32') expect(statSync(join(folder, 'index', 'token')).mode & 0o777).toBe(0o600);
  });
});
