/** The files of a new package but for its manifest: modules, a test, README. */
import type { NewPackage } from './options.js';

/** Files by path, relative to the package's folder. */
export type Files = Readonly<Record<string, string>>;

export function sourceFiles(pkg: NewPackage): Files {
  const folder = moduleFolder(pkg);
  return {
    [`${folder}/__init__.py`]: `"""${docstring(pkg.description)}"""\n`,
    [`${folder}/module.py`]: moduleText(pkg),
    ...(pkg.typed ? { [`${folder}/py.typed`]: '' } : {}),
    ...testFiles(pkg),
    'README.md': readme(pkg),
  };
}

/** The folder of the package that is imported, relative to the new package's folder. A namespace above it has no `__init__.py`. */
function moduleFolder({ importName, layout }: NewPackage): string {
  const path = importName.replaceAll('.', '/');
  return layout === 'src' ? `src/${path}` : path;
}

function moduleText({ name, script }: NewPackage): string {
  const main =
    script === undefined ? '' : `\n\ndef main() -> None:\n    """The command ${script}."""\n    print(say_hello())\n`;
  return `"""A first module of ${name}."""


def say_hello(name: str = "World") -> str:
    """A greeting for whoever is named."""
    return f"Hello, {name}!"
${main}`;
}

function testFiles({ importName, testRunner }: NewPackage): Files {
  switch (testRunner) {
    case 'none':
      return {};
    case 'pytest':
      return {
        'tests/test_module.py': `from ${importName}.module import say_hello


def test_say_hello() -> None:
    assert say_hello() == "Hello, World!"
    assert say_hello("you") == "Hello, you!"
`,
      };
    case 'unittest':
      return {
        // unittest finds tests in packages only.
        'tests/__init__.py': '',
        'tests/test_module.py': `import unittest

from ${importName}.module import say_hello


class SayHelloTest(unittest.TestCase):
    def test_say_hello(self) -> None:
        self.assertEqual(say_hello(), "Hello, World!")
        self.assertEqual(say_hello("you"), "Hello, you!")


if __name__ == "__main__":
    unittest.main()
`,
      };
  }
}

function readme({ name, description, importName, script }: NewPackage): string {
  const command = script === undefined ? '' : `\nOr on the command line:\n\n\`\`\`\n${script}\n\`\`\`\n`;
  return `# ${name}

${description}

## Installation

\`\`\`
pip install ${name}
\`\`\`

## Usage

\`\`\`python
from ${importName}.module import say_hello

print(say_hello())
\`\`\`
${command}`;
}

function docstring(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
}
