/** Names and credentials of repositories. */
import { describe, expect, test } from 'vitest';
import { askPython } from '../../../python-packaging/testing/reference.js';
import { tool } from '../../testing/publish/tools.js';
import { findCredential, redactor } from './credentials.js';
import { parsePypirc } from './pypirc.js';
import { findRepository, listingBeside } from './repositories.js';

const NOBODY = async (): Promise<string> => {
  throw new Error('no tool is needed for this');
};

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
    expect(await findRepository('company', undefined, parsePypirc(PYPIRC), NOBODY)).toEqual({
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
      const { uploadUrl, listingUrl } = await findRepository(name, undefined, new Map(), async () => tool('python'));
      expect([[uploadUrl, listingUrl]]).toEqual(askPython(source, [name]));
    }
  });

  test('an unknown name is answered with those that are known', async () => {
    const asked = findRepository('pipy', undefined, parsePypirc(PYPIRC), NOBODY);
    await expect(asked).rejects.toThrow(/local, pypi, testpypi, company, other/);
  });

  test('a password in the address is refused and not repeated', async () => {
    const error: unknown = await findRepository('https://me:hidden@index.example/', undefined, new Map(), NOBODY).catch(
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

describe('credentials', () => {
  const company = { name: 'company', uploadUrl: 'https://company.index.example/legacy/', listingUrl: '' };

  test('the environment comes before .pypirc, and a line end behind a token does no harm', () => {
    const found = findCredential(company, { NX_WHEELHOUSE_TOKEN_COMPANY: ' t0ken\r\n' }, parsePypirc(PYPIRC));
    expect(found).toEqual({ kind: 'found', credential: { username: '__token__', password: 't0ken' } });
  });

  test('.pypirc gives name and password', () => {
    const found = findCredential(company, {}, parsePypirc(PYPIRC));
    expect(found).toEqual({ kind: 'found', credential: { username: 'me', password: 'pass%word=1' } });
  });

  test('a URL goes by its host', () => {
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
    expect(findCredential(url, environment, new Map())).toMatchObject({
      credential: { username: 'me', password: 'x' },
    });
  });

  test('the token of one repository is not found for another', () => {
    const found = findCredential({ ...company, name: 'testpypi' }, { NX_WHEELHOUSE_TOKEN_PYPI: 'x' }, new Map());
    expect(found).toEqual({ kind: 'none', lookedAt: ['NX_WHEELHOUSE_TOKEN_TESTPYPI', '~/.pypirc'] });
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
