/** Names and credentials of repositories. */
import { describe, expect, test } from 'vitest';
import { askPython } from '../../../python-packaging/testing/reference.js';
import { tool } from '../../testing/publish/tools.js';
import { findCredential, redactor } from './credentials.js';
import { parseNetrc } from './netrc.js';
import { parsePypirc } from './pypirc.js';
import { findRepository, listingBeside } from './repositories.js';
import { uvIndexes } from './uv-indexes.js';

const NOBODY = async (): Promise<string> => {
  throw new Error('no tool is needed for this');
};

const known = (pypirc: string, manifest = '') => ({ pypirc: parsePypirc(pypirc), uvIndexes: uvIndexes(manifest) });

const PYPIRC = `
[distutils]
index-servers =
    company
    other

# where we work
[company]
repository = https://company.index.example/legacy/
username = me
password = pass%word=1

[other]
repository: https://other.index.example/
password:   tok
`;

describe('addresses', () => {
  test.each([
    ['https://upload.index.example/legacy/', 'https://index.example/simple/'],
    ['https://index.example/team/legacy/', 'https://index.example/team/simple/'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080/simple/'],
    ['http://127.0.0.1:8080/root/dev/', 'http://127.0.0.1:8080/root/dev/simple/'],
  ])('%s lists its files at %s', (upload, listing) => {
    expect(listingBeside(upload)).toBe(listing);
  });

  test('a section of .pypirc is a repository', async () => {
    expect(await findRepository('company', undefined, known(PYPIRC), NOBODY)).toEqual({
      kind: 'private',
      name: 'company',
      uploadUrl: 'https://company.index.example/legacy/',
      listingUrl: 'https://company.index.example/simple/',
    });
  });

  test('the addresses of the public indexes are those that twine uploads to and pip installs from', async () => {
    const source = `
from twine import utils
from pip._internal.models.index import PyPI, TestPyPI
def answer(name):
    return [
        {"pypi": utils.DEFAULT_REPOSITORY, "testpypi": utils.TEST_REPOSITORY}[name],
        {"pypi": PyPI, "testpypi": TestPyPI}[name].simple_url + "/"]
`;
    for (const name of ['pypi', 'testpypi']) {
      const { uploadUrl, listingUrl } = await findRepository(name, undefined, known(''), async () => tool('python'));
      expect([[uploadUrl, listingUrl]]).toEqual(askPython(source, [name]));
    }
  });

  test('a uv index with a publish-url is a repository, unless a public one has the name', async () => {
    const index = (name: string) =>
      `[[tool.uv.index]]\nname = "${name}"\nurl = "https://uv.index.example/simple"\npublish-url = "https://uv.index.example/up/"\n`;
    expect(await findRepository('team', undefined, known('', index('team')), NOBODY)).toMatchObject({
      uploadUrl: 'https://uv.index.example/up/',
      listingUrl: 'https://uv.index.example/simple/',
    });
    await expect(findRepository('pypi', undefined, known('', index('pypi')), NOBODY)).rejects.toThrow(
      'no tool is needed',
    );
  });

  test('an unknown name is answered with those that are known', async () => {
    const asked = findRepository('pipy', undefined, known(PYPIRC), NOBODY);
    await expect(asked).rejects.toThrow(/local, pypi, testpypi, company, other/);
  });

  test('a password in the address is refused and not repeated', async () => {
    const error: unknown = await findRepository('https://me:hidden@index.example/', undefined, known(''), NOBODY).catch(
      (reason) => reason,
    );
    expect(String(error)).toContain('environment variables');
    expect(String(error)).not.toContain('hidden');
  });
});

describe('.pypirc', () => {
  test('reads as configparser does', () => {
    const [reference] = askPython<string, Record<string, Record<string, string>>>(
      `
import configparser
def answer(text):
    parser = configparser.RawConfigParser()
    parser.read_string(text)
    return {name: dict(parser[name]) for name in ("company", "other")}`,
      [PYPIRC],
    );
    const sections = parsePypirc(PYPIRC);
    for (const name of ['company', 'other']) {
      const stated = Object.entries(sections.get(name) ?? {}).filter(([, value]) => value !== undefined);
      expect(Object.fromEntries(stated)).toEqual(reference?.[name]);
    }
  });
});

describe('.netrc', () => {
  test.each([
    'machine a.example login me password secret',
    'machine a.example\n  login me\n  password "a b"\nmachine b.example password only\n',
    '# nothing\nmachine a.example login me password one # two\nmachine c.example login x account y password z',
    'macdef init\ncd /tmp\nmachine no.example login x password y\n\nmachine a.example login "q\\"t" password p',
    'default login anonymous password guest',
  ])('%j reads as Python reads it', (text) => {
    const source = `
import netrc, os, tempfile
def answer(text):
    path = os.path.join(tempfile.mkdtemp(), "netrc")
    open(path, "w").write(text)
    hosts = netrc.netrc(path).hosts
    return {host: {"username": login, "password": password} for host, (login, _, password) in hosts.items() if host != "default"}
`;
    expect([Object.fromEntries(parseNetrc(text))]).toEqual(askPython(source, [text]));
  });
});

describe('credentials', () => {
  const stores = (pypirc: string, netrc = '', kept: Readonly<Record<string, string>> = {}) => ({
    pypirc: parsePypirc(pypirc),
    netrc: parseNetrc(netrc),
    keyring: async (url: string, username: string) => kept[`${username} ${url}`],
  });
  const company = {
    kind: 'private' as const,
    name: 'company',
    uploadUrl: 'https://company.index.example/legacy/',
    listingUrl: '',
  };

  test('the environment comes before .pypirc, and a line end behind a token does no harm', async () => {
    const found = await findCredential(company, { NX_WHEELHOUSE_TOKEN_COMPANY: ' t0ken\r\n' }, stores(PYPIRC));
    expect(found).toEqual({ kind: 'found', credential: { username: '__token__', password: 't0ken' } });
  });

  test('.pypirc gives name and password', async () => {
    const found = await findCredential(company, {}, stores(PYPIRC));
    expect(found).toEqual({ kind: 'found', credential: { username: 'me', password: 'pass%word=1' } });
  });

  test('a URL goes by its host', async () => {
    const url = {
      kind: 'private' as const,
      name: 'https://my-host.index.example:8443/up/',
      uploadUrl: 'https://my-host.index.example:8443/up/',
      listingUrl: '',
    };
    const environment = {
      NX_WHEELHOUSE_TOKEN_MY_HOST_INDEX_EXAMPLE_8443: 'x',
      NX_WHEELHOUSE_USERNAME_MY_HOST_INDEX_EXAMPLE_8443: 'me',
    };
    expect(await findCredential(url, environment, stores(''))).toMatchObject({
      credential: { username: 'me', password: 'x' },
    });
  });

  test('the token of one repository is not found for another', async () => {
    const found = await findCredential({ ...company, name: 'testpypi' }, { NX_WHEELHOUSE_TOKEN_PYPI: 'x' }, stores(''));
    expect(found).toMatchObject({
      kind: 'none',
      lookedAt: ['NX_WHEELHOUSE_TOKEN_TESTPYPI', '~/.pypirc', '~/.netrc', 'the keyring'],
    });
  });

  test('.netrc is asked by host, behind .pypirc; the keyring last', async () => {
    const netrc = 'machine company.index.example login her password "two words"\n';
    const kept = { '__token__ https://company.index.example/legacy/': 'kept\n' };
    expect(await findCredential(company, {}, stores(PYPIRC, netrc, kept))).toMatchObject({
      credential: { username: 'me' },
    });
    expect(await findCredential(company, {}, stores('', netrc, kept))).toMatchObject({
      credential: { username: 'her', password: 'two words' },
    });
    expect(await findCredential(company, {}, stores('', '', kept))).toMatchObject({
      credential: { username: '__token__', password: 'kept' },
    });
  });

  test('a section of .pypirc is for its address, not for whoever takes its name', async () => {
    const stranger = { ...company, uploadUrl: 'https://stranger.index.example/' };
    expect(await findCredential(stranger, {}, stores(PYPIRC))).toMatchObject({ kind: 'none' });
  });

  test('no form of a credential survives redaction', () => {
    const password = 'p/a+s s&w=rd';
    const pair = `__token__:${password}`;
    const forms = [password, encodeURIComponent(password), pair, Buffer.from(pair).toString('base64')];
    forms.push(Buffer.from(password).toString('base64'), Buffer.from(pair).toString('base64url'));
    const text = redactor({ username: '__token__', password })(forms.map((form) => `<${form}>`).join(' '));
    expect(text).toBe(Array(forms.length).fill('<[hidden]>').join(' '));
  });
});
