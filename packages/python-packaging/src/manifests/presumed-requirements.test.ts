/** What a setup.py will most likely require, where only running it would tell. */
import { describe, expect, test } from 'vitest';
import { lists, packageOf, texts } from './testing/folders.js';

const IMPORTS =
  'import ast, codecs, importlib.util, io, json, os, pathlib, re, runpy, sys\nfrom setuptools import setup, find_packages\n';

describe('requirements that do not follow from constants', () => {
  const presumedOf = (body: string, others: Readonly<Record<string, string>> = {}) => {
    const { dependencies, presumed } = packageOf({ 'setup.py': IMPORTS + body, ...others });
    expect(dependencies.kind).toBe('dynamic');
    return { dependencies: texts(presumed.dependencies), extras: lists(presumed.extras) };
  };

  test('are presumed on either way of an open condition', () => {
    const body =
      'reqs = ["b"]\nif os.environ.get("BUNDLED"):\n    reqs.append("c")\nelif sys.platform == "aix":\n    reqs += ["d"]\nelse:\n    reqs.extend(["e"])\n';
    expect(presumedOf(`${body}setup(name="a", install_requires=reqs)`)).toEqual({
      dependencies: ['b', 'd', 'e'],
      extras: {},
    });
  });

  test('are presumed as far as their text is known', () => {
    const body =
      'import subprocess\nv = subprocess.check_output(["git", "describe"]).decode()\nname = os.uname()\n' +
      'setup(name="a", install_requires=[f"b[x]=={v}", "c==" + v, "d>=%s" % v, "e=={}".format(v), "f" + v, v, *v, f"{name}-g"], extras_require={"more": ["h~=" + v], "plain": ["i"]})';
    expect(presumedOf(body)).toEqual({
      dependencies: ['b[x]==0.0', 'c==0.0', 'd>=0.0', 'e==0.0', 'f'],
      extras: { more: ['h~=0.0'], plain: ['i'] },
    });
  });

  test('are presumed through files that only exist when the package is built', () => {
    const body =
      'try:\n    from _version import version\nexcept ImportError:\n    version = "0"\nreqs = ["b==" + version]\n' +
      'with open("../requirements.txt") as f:\n    reqs += [l.strip() for l in f]\nsetup(name="a", install_requires=reqs + generated())';
    expect(presumedOf(body, { '../requirements.txt': 'c\nd\n' })).toEqual({
      dependencies: ['b==0.0', 'c', 'd', 'b==0'],
      extras: {},
    });
  });

  test('have the line they are written on', () => {
    const { presumed } = packageOf({
      'setup.py': `${IMPORTS}v = git()\nsetup(\n    name="a",\n    install_requires=[\n        f"b=={v}",\n    ],\n)`,
    });
    expect(presumed.dependencies.map(({ at }) => at)).toEqual([{ file: 'setup.py', line: 7 }]);
  });

  test('leave nothing presumed where the lists are static', () => {
    const { presumed } = packageOf({ 'setup.py': `${IMPORTS}setup(name="a", install_requires=["b"])` });
    expect(presumed).toEqual({ dependencies: [], extras: new Map() });
  });
});
