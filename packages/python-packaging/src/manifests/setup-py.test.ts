import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { lists, packageOf, shown, stated, texts } from './testing/folders.js';

const FILES = {
  'README.md': 'About a\n\nmore\n',
  VERSION: '7.8\n',
  'requirements.txt': '# for all\nb>=1\nc  # why\n\n-r more.txt\n',
  'a/__init__.py': '"""Doc."""\nfrom .version import VERSION\n__version__ = "9.1"\n',
  'a/version.py': 'major, minor = 4, 5\nVERSION = "%d.%s" % (major, minor)\n__version__ = VERSION\n',
  'meta.json': '{"version": "6.0", "name": "js"}',
};

/** Bodies of a setup.py that can be followed; the last statement is the call. */
const FOLLOWED = [
  `setup(name="a", version="1" ".0", install_requires=["b", 'c'] + ["d"])`,
  `NAME = "a"\nV = (1, 2, 3)\nsetup(name=NAME, version=".".join(map(str, V)))`,
  `V = "1.2"\nsetup(name=f"a-{V}", version=f'{V}.0', description="%s %d" % (V, 3))`,
  `setup(name="a", version=open("VERSION").read().strip())`,
  `here = os.path.abspath(os.path.dirname(__file__))\nwith open(os.path.join(here, "VERSION"), encoding="utf-8") as f:\n    v = f.read().strip()\nsetup(name="a", version=v)`,
  `setup(name="a", version=pathlib.Path(__file__).parent.joinpath("VERSION").read_text().rstrip("\\n"))`,
  `def read(*parts):\n    with io.open(os.path.join(os.path.dirname(__file__), *parts)) as f:\n        return f.read()\nv = re.search(r"^__version__ = ['\\"]([^'\\"]*)['\\"]", read("a", "__init__.py"), re.M).group(1)\nsetup(name="a", version=v)`,
  `def get_version(path):\n    for line in open(path).read().splitlines():\n        if line.startswith("__version__"):\n            delim = '"' if '"' in line else "'"\n            return line.split(delim)[1]\n    else:\n        raise RuntimeError("none")\nsetup(name="a", version=get_version("a/__init__.py"))`,
  `about = {}\nexec(open("a/version.py").read(), about)\nsetup(name="a", version=about["__version__"])`,
  `ns = {}\nwith open("a/version.py") as f:\n    exec(f.read(), None, ns)\nsetup(name="a", version=ns["VERSION"])`,
  `sys.path.insert(0, "")\nfrom a import VERSION, __version__\nsetup(name="a", version=VERSION, description=__version__)`,
  `reqs = [l.split("#")[0].strip() for l in open("requirements.txt") if l.strip() and not l.startswith(("#", "-"))]\nsetup(name="a", install_requires=reqs)`,
  `reqs = open("requirements.txt").read().split("\\n")[1:3]\nsetup(name="a", install_requires=reqs)`,
  `extras = {"x": ["b"], "y": ["c", "b"]}\nextras["all"] = sorted(set(sum(extras.values(), [])))\nextras["each"] = [r for rs in extras.values() for r in rs]\nsetup(name="a", extras_require=extras)`,
  `reqs = ["b"]\nalias = reqs\nalias.append("c")\nreqs += ["d"]\nreqs.extend(("e",))\nsetup(name="a", install_requires=reqs)`,
  `base = dict(name="a", version="1")\nbase.update(description="d")\nsetup(**base, python_requires=">=3.8")`,
  `kw = {"name": "a"}\nif __name__ == "__main__":\n    setup(version="2", **kw)`,
  `name = "a"\nfor part in ["b", "c"]:\n    name += "-" + part\nsetup(name=name)`,
  `names = [n for n in ("a", "b") if n != "a"]\nsetup(name=names[0], version="1.0"[:1], description="abc"[::-1])`,
  `meta = json.load(open("meta.json"))\nsetup(name=meta["name"], version=meta.get("version", "0"))`,
  `setup(name="a", version="{}.{minor}".format(1, minor=2), description="\\x41\\u00e9\\101\\t|" r"\\n" '''\n"quoted"''')`,
  `setup(name="a", description=(lambda x, y="!": x + y)("hi"), version="a1b".strip("ab") or "0")`,
  `pin = "==1.0"\ndeps = {"b": pin, "c": None}\nsetup(name="a", install_requires=[k + (v or "") for k, v in deps.items()])`,
  `try:\n    with open("VERSION") as f:\n        v = f.read().strip()\nexcept IOError:\n    v = "0"\nsetup(name="a", version=v)`,
  `setup(name="a", version="1", install_requires="""\n  b>=1\n  c # note\n""")`,
  `try:\n    import a\n    try:\n        a.none\n        raise Exception("x")\n    except AttributeError:\n        pass\nexcept ImportError:\n    pass\nsetup(name="a", version="1")`,
  `import codecs\nwith codecs.open("VERSION", "rb", "utf-8") as f:\n    v = f.read().strip()\nsetup(name="a", version=v)`,
  `reqs = [stripped for line in open("requirements.txt") if (stripped := line.strip()) and not stripped.startswith(("#", "-"))]\nsetup(name="a", description=stripped, install_requires=reqs)`,
  `ns = runpy.run_path("a/version.py")\nsetup(name="a", version=ns["__version__"])`,
  `spec = importlib.util.spec_from_file_location("v", os.path.join(os.path.dirname(os.path.abspath(__file__)), "a", "version.py"))\nmodule = importlib.util.module_from_spec(spec)\nspec.loader.exec_module(module)\nsetup(name="a", version=module.VERSION)`,
  `pins = {"b": "==1", "c": [">=2", ">=3; os_name == \\"nt\\""]}\npins = {k: [k + v for v in vs] if isinstance(vs, list) else k + vs for k, vs in pins.items()}\nsetup(name="a", install_requires=[r for i in pins.values() for r in (i if isinstance(i, (list, tuple)) else [i])])`,
  `pins = dict(zip(["b", "c", "d"], [">=1", "<2"]))\nmore = dict([("e", "==1")], f="==2")\nsetup(name="a", version=".".join(str(i) for i in range(1, 4)), install_requires=[k + v for k, v in {**pins, **more}.items()] + [x for i, x in enumerate(["g", "h"], 1) if i in range(2)])`,
  `x = y = ["b"]\n(p, q), r = ("1", "2"), "3"\nsetup(name="a", version=p + q + r, install_requires=list(x))`,
  `reqs = ["b"]\nif sys.version_info < (3, 8):\n    reqs.append("c")\nif sys.version_info >= (3,):\n    reqs.append("d")\nsetup(name="a", install_requires=reqs)`,
  `PY2 = sys.version_info[0] == 2\nsetup(name="x" if PY2 else "a", version="1" if sys.version_info.major >= 3 else "2", description="d" if sys.version_info[:2] > (3, 7) and sys.version[0] != "2" else "e")`,
  `from sys import version_info as v\nif v < (2, 7) or (3, 0) <= v < (3, 5):\n    sys.exit("too old")\nsetup(name="a", install_requires=["b"] if v.major == 3 and v.minor >= 8 else ["c"])`,
  `if (1, 2) < (1, 2, 0) and not (2,) <= (1, 9) and [1, "b"] > [1, "a"]:\n    setup(name="a")\nelse:\n    setup(name="b")`,
];

const IMPORTS =
  'import ast, codecs, importlib.util, io, json, os, pathlib, re, runpy, sys\nfrom setuptools import setup, find_packages\n';

/** Executes each body with a \`setup\` that records its arguments: what CPython makes of the same text. */
const REFERENCE = `
import json, os, sys, tempfile, types
given = json.load(sys.stdin)
results = []
for body in given["bodies"]:
    calls = []
    module = types.ModuleType("setuptools")
    module.setup = lambda **kwargs: calls.append(kwargs)
    module.find_packages = lambda *a, **k: []
    sys.modules["setuptools"] = module
    for name in [n for n in sys.modules if n == "a" or n.startswith("a.")]:
        del sys.modules[name]
    with tempfile.TemporaryDirectory() as folder:
        for path, text in given["files"].items():
            os.makedirs(os.path.dirname(os.path.join(folder, path)), exist_ok=True)
            with open(os.path.join(folder, path), "w", encoding="utf-8", newline="") as file:
                file.write(text)
        os.chdir(folder)
        before = list(sys.path)
        script = os.path.join(folder, "setup.py")
        exec(compile(body, script, "exec"), {"__name__": "__main__", "__file__": script})
        sys.path[:] = before
        os.chdir(os.path.dirname(sys.executable))
    results.append(calls[0])
json.dump(results, sys.stdout)
`;

interface Expected {
  readonly name: string;
  readonly version?: string;
  readonly description?: string;
  readonly python_requires?: string;
  readonly install_requires?: readonly string[] | string;
  readonly extras_require?: Readonly<Record<string, readonly string[]>>;
}

test('what is followed is what CPython passes to setup()', () => {
  const bodies = FOLLOWED.map((body) => IMPORTS + body);
  const expected = askPython(REFERENCE, { bodies, files: FILES }) as readonly Expected[];
  const followed = bodies.map((body) => packageOf({ ...FILES, 'setup.py': body }));
  expect(followed.map(({ name }) => shown(name))).toEqual(expected.map(({ name }) => name));
  expect(followed.map(({ version }) => shown(version))).toEqual(expected.map(({ version }) => version));
  expect(followed.map(({ description }) => shown(description))).toEqual(expected.map(({ description }) => description));
  expect(followed.map(({ requiresPython }) => shown(requiresPython))).toEqual(
    expected.map((each) => each.python_requires),
  );
  const asLines = (list: readonly string[] | string | undefined) =>
    (typeof list === 'string' ? list.split('\n') : list)
      ?.map((line) => line.replace(/#.*/, '').trim())
      .filter((line) => line !== '');
  expect(
    followed.map(({ dependencies }) => (dependencies.kind === 'static' ? texts(dependencies.value) : undefined)),
  ).toEqual(expected.map((each) => asLines(each.install_requires)));
  expect(followed.map(({ extras }) => (extras.kind === 'static' ? lists(extras.value) : undefined))).toEqual(
    expected.map((each) => each.extras_require),
  );
});

describe('what only running the script would tell is dynamic, for that field alone', () => {
  test.each([
    ['the environment', `setup(name="a", version=os.environ["V"], install_requires=["b"])`],
    [
      'a process',
      `import subprocess\nv = subprocess.check_output(["git"]).decode()\nsetup(name="a", version=v, install_requires=["b"])`,
    ],
    [
      'a condition',
      `v = "1"\nif sys.platform == "win32":\n    v = "2"\nsetup(name="a", version=v, install_requires=["b"])`,
    ],
    [
      'a handler',
      `try:\n    import thing\n    v = "1"\nexcept ImportError:\n    v = "2"\nsetup(name="a", version=v, install_requires=["b"])`,
    ],
    ['a loop', `v = "1"\nfor x in os.listdir("."):\n    v = x\nsetup(name="a", version=v, install_requires=["b"])`],
    ['a missing file', `setup(name="a", version=open("none").read(), install_requires=["b"])`],
    ['a path of this machine', `setup(name="a", version=os.path.abspath("x"), install_requires=["b"])`],
    ['a fraction', `setup(name="a", version=str(1.10), install_requires=["b"])`],
    [
      'a decorator',
      `def d(f):\n    return lambda: "2"\n@d\ndef v():\n    return "1"\nsetup(name="a", version=v(), install_requires=["b"])`,
    ],
    ['a class', `class V:\n    v = "1"\nsetup(name="a", version=V.v, install_requires=["b"])`],
    [
      'a global',
      `v = "1"\ndef f():\n    global v\n    v = "2"\nf()\nsetup(name="a", version=v, install_requires=["b"])`,
    ],
    ['a while loop', `v = "1"\nwhile len(v) < 3:\n    v += "1"\nsetup(name="a", version=v, install_requires=["b"])`],
    ['another directory', `os.chdir("a")\nsetup(name="a", version=open("VERSION").read(), install_requires=["b"])`],
    ['the version control system', `setup(name="a", use_scm_version=True, install_requires=["b"])`],
  ])('%s', (_, body) => {
    const manifest = packageOf({ ...FILES, 'setup.py': IMPORTS + body });
    expect(manifest.version.kind).toBe('dynamic');
    expect(shown(manifest.name)).toBe('a');
    expect(texts(stated(manifest.dependencies))).toEqual(['b']);
  });

  test.each([
    ['appended under a condition', `reqs = ["b"]\nif sys.version_info < (3, 12):\n    reqs.append("c")`],
    ['appended by another name', `reqs = ["b"]\nalias = reqs\nif sys.argv:\n    alias.append("c")`],
    ['appended in a function', `reqs = ["b"]\ndef f():\n    reqs.append("c")\nif sys.argv:\n    f()`],
    ['given to something unknown', `reqs = ["b"]\nimport tool\ntool.add(reqs)`],
    ['sliced away', `reqs = ["b"]\ndel reqs[0]`],
    ['stored at an unknown place', `reqs = ["b"]\nreqs[len(sys.argv)] = "c"`],
    ['extended by something unknown', `reqs = ["b"]\nreqs += os.environ["R"].split()`],
    ['replaced by names of a module', `reqs = ["b"]\nfrom tool import *`],
  ])('a list %s', (_, body) => {
    const manifest = packageOf({
      'setup.py': `${IMPORTS}${body}\nsetup(name="a", version="1", install_requires=reqs)`,
    });
    expect(manifest.dependencies.kind).toBe('dynamic');
  });
});

test('keywords added under a condition leave the others known', () => {
  const manifest = packageOf({
    'setup.py': `${IMPORTS}kw = {"version": "1"}\nif os.environ.get("N"):\n    kw["ext_modules"] = []\n    kw["description"] = "d"\nsetup(name="a", install_requires=["b"], **kw)`,
  });
  expect(shown(manifest.version)).toBe('1');
  expect(manifest.description.kind).toBe('dynamic');
  expect(manifest.extras.kind).toBe('absent');
});

test.each([
  ['requirements that cannot be followed', 'setup(name="a", version="1", install_requires=find())', true],
  ['a version that code makes', 'setup(name="a", version=find())', true],
  ['a version of the repository', 'setup(name="a", use_scm_version=True)', false],
  ['constants', 'setup(name="a", version="1", install_requires=["b"])', false],
])('%s: whether any file may be read', (_, call, expected) => {
  const manifest = packageOf({ 'setup.py': `${IMPORTS}def find():\n    return sorted(glob())\n${call}` });
  expect(manifest.mayReadAnyFile).toBe(expected);
});

test('calls of setup() on several ways agree or are dynamic', () => {
  const manifest = packageOf({
    'setup.py': `${IMPORTS}def run(native):\n    kw = {}\n    if native:\n        kw["ext_modules"] = [1]\n    setup(name="a", version="1" if native else "2", install_requires=["b"], **kw)\nif sys.platform == "x":\n    run(False)\nelse:\n    run(True)`,
  });
  expect(shown(manifest.name)).toBe('a');
  expect(manifest.version.kind).toBe('dynamic');
  expect(texts(stated(manifest.dependencies))).toEqual(['b']);
});

test('a sibling by an absolute path is one beside the package', () => {
  const manifest = packageOf({
    'setup.py': `${IMPORTS}here = os.path.dirname(os.path.abspath(__file__))\nsetup(name="a", install_requires=[f"b @ file://{here}/../b"])`,
  });
  expect(texts(stated(manifest.dependencies))).toEqual(['b @ file:../b']);
});

test('requirements are found on the line they were written on', () => {
  const manifest = packageOf({
    ...FILES,
    'setup.py': `${IMPORTS}setup(name="a", install_requires=[\n  "x",\n  "y",\n] + open("requirements.txt").read().split("\\n")[1:2])`,
  });
  expect(stated(manifest.dependencies).map(({ at }) => at)).toEqual([
    { file: 'setup.py', line: 4 },
    { file: 'setup.py', line: 5 },
    { file: 'requirements.txt', line: 2 },
  ]);
});

test('an extra may carry a marker', () => {
  const manifest = packageOf({
    'setup.py': `${IMPORTS}setup(name="a", install_requires=["b"], extras_require={":os_name=='nt'": ["c"], "x:os_name=='nt'": ["d"], "x": ["e"]})`,
  });
  expect(
    stated(manifest.dependencies).map(({ requirement }) => [requirement.name, requirement.marker !== undefined]),
  ).toEqual([
    ['b', false],
    ['c', true],
  ]);
  expect(
    stated(manifest.extras)
      .get('x' as never)
      ?.map(({ requirement }) => requirement.name),
  ).toEqual(['d', 'e']);
});

test.each([
  ['endless recursion', 'def f():\n    return f()\nsetup(name=f())'],
  ['endless growth', 's = "x"\nfor i in "y" * 999999:\n    s = s + s\nsetup(name=s)'],
  ['a costly expression', 'import re\nsetup(name=re.match("(a+)+$", "a" * 40 + "b").group(0))'],
  ['deep nesting', `setup(name=${'('.repeat(5000)}1${')'.repeat(5000)})`],
  ['a list in itself', 'l = []\nl.append(l)\nsetup(name="a", install_requires=l)\n'],
  ['lists that double', `l = ["a"]\n${'l.extend(l)\n'.repeat(60)}setup(name="a")`],
  ['nested lists that double', `l = ["a"]\n${'l = [l, l]\n'.repeat(60)}setup(name="a", install_requires=l)`],
  ['texts that grow', `s = "xx"\n${'s = s.join([s, s, s])\n'.repeat(60)}setup(name="a")`],
  ['many calls', 'def f(n):\n    return n if n < 2 else f(n - 1) + f(n - 2)\nsetup(name="a", version=f(38))'],
  ['a text that is too long', `${'#\n'.repeat(600_000)}setup(name="a")`],
  ['no Python', 'setup(name="a'],
  ['Python 2', 'print "x"\nexec "y" in {}\nsetup(name="a" `1`)'],
])('%s ends, and leaves the name dynamic', (_, body) => {
  expect(packageOf({ 'setup.py': IMPORTS + body }).name.kind).toBe('dynamic');
});

/**
 * Runs a program with JSON on its standard input.
 * @returns the JSON it prints
 */
function askPython(program: string, input: unknown): unknown {
  const { status, stdout, stderr } = spawnSync(interpreter(), ['-c', program], {
    input: JSON.stringify(input),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

/** The one of the repository's tools. */
function interpreter(): string {
  const inVenv = process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python'];
  for (let folder = __dirname; ; folder = dirname(folder)) {
    const path = join(folder, '.tools', 'venv', ...inVenv);
    if (existsSync(path)) return path;
    if (dirname(folder) === folder) throw new Error('no .tools/venv: run node scripts/tools.mjs');
  }
}
