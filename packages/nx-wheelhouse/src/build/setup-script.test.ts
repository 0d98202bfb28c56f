/** Which setup.py is known to leave nothing in its process, from its text alone: python/wheelhouse_host/setup_script.py. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { toolPrograms } from '../../testing/tools.js';

const FOLDER = join(import.meta.dirname, '..', '..', 'python');
const PROGRAM = `import json, sys
sys.path.insert(0, sys.argv[1])
from wheelhouse_host.setup_script import is_plain
print(json.dumps([is_plain(text) for text in json.load(sys.stdin)]))`;

function arePlain(scripts: readonly string[]): boolean[] {
  const args = ['-I', '-B', '-c', PROGRAM, FOLDER];
  return JSON.parse(
    execFileSync(join(toolPrograms, 'python'), args, { input: JSON.stringify(scripts), encoding: 'utf8' }),
  );
}

const SETUP = 'from setuptools import setup\n';

test.each<[string, string]>([
  ['the one that setuptools makes up', 'from setuptools import setup; setup()'],
  ['a module imported', 'import setuptools\nsetuptools.setup(name="a")'],
  ['another name', 'from setuptools import find_packages as fp, setup as s\ns(packages=fp("src"))'],
  [
    'a readme that is read by a function of the script',
    `import os\n${SETUP}def read(*names):\n    with open(os.path.join(os.path.dirname(__file__), *names)) as f:\n        return f.read()\nsetup(long_description=read("README.md"))`,
  ],
  [
    'a version that is looked for',
    `import re\nfrom pathlib import Path\n${SETUP}text = Path(__file__).parent.joinpath("a.py").read_text(encoding="utf-8")\nsetup(version=re.search(r"v = '(.*)'", text, re.M).group(1))`,
  ],
  [
    'lists that are put together',
    `${SETUP}extras = {"a": ["b"]}\nextras["all"] = sorted({one for many in extras.values() for one in many})\nif __name__ == "__main__":\n    setup(extras_require=extras)`,
  ],
  [
    'what stands for a setuptools that is missing',
    `try:\n    ${SETUP}except ImportError:\n    from distutils.core import setup\nsetup(name="a")`,
  ],
  [
    'a requirement for old interpreters',
    `import sys\n${SETUP}old = ["b"] if sys.version_info < (3, 9) else []\nsetup(install_requires=old)`,
  ],
])('%s is plain', (_, script) => {
  expect(arePlain([script])).toEqual([true]);
});

test.each<[string, string]>([
  ['a variable of the environment', 'import os\nos.environ["A"] = "1"\nsetup()'],
  ['a variable of the environment under another name', 'from os import environ\nenviron["A"] = "1"\nsetup()'],
  ['the folders of imports', 'import sys\nsys.path.insert(0, ".")\nsetup()'],
  ['the working folder', 'import os\nos.chdir("..")\nsetup()'],
  ['a module handed on', 'import os\ndef f(m):\n    m.environ.clear()\nf(os)\nsetup()'],
  ['a module in a list', 'import os\n[m] = [os]\nsetup()'],
  ['a module of its own', 'import a\nsetup(version=a.__version__)'],
  ['a relative import', 'from . import a\nsetup()'],
  ['everything of a module', 'from os import *\nsetup()'],
  ['another text', 'exec(open("a.py").read())\nsetup()'],
  ['another text by its value', '(lambda: 0).__globals__["__builtins__"]["eval"]("1")\nsetup()'],
  ['a class', 'class A:\n    pass\nsetup()'],
  ['a decorator', '@open\ndef f():\n    pass\nsetup()'],
  ['an attribute that is set', 'import setuptools\nsetuptools.setup.__doc__ = ""\nsetup()'],
  ['an attribute that is removed', 'import re\ndel re.sub\nsetup()'],
  ['a name from nowhere', 'vars(setup)\nsetup()'],
  ['a command', 'setup(cmdclass={})'],
  ['an extension', 'setup(ext_modules=[])'],
  ['arguments that stand elsewhere', 'arguments = {}\nsetup(**arguments)'],
  ['setup() handed on', 'f = setup\nf(cmdclass={})'],
  ['setup() of a module handed on', 'import setuptools\nf = setuptools.setup\nf(cmdclass={})'],
  ['requirements that are installed for it', 'setup(setup_requires=["a"])'],
  ['no Python at all', 'setup('],
])('%s is not', (_, script) => {
  expect(arePlain([SETUP + script])).toEqual([false]);
});
