/** The three classic tutorials of making and publishing a Python package, followed step by step with the plugin. */
import { afterEach, describe, expect, test } from 'vitest';
import { aWorkspace, type Workspace } from './harness/workspace.js';

const SIMPLE = '.wheelhouse/index/simple';

describe('the classic tutorials', () => {
  let workspace: Workspace;
  afterEach(() => workspace?.dispose());

  test('a package with a setup.py: made, built, checked, published, installed, called', async () => {
    workspace = await aWorkspace();
    await workspace.nx(
      'g python-package mypackage --manifest=setup.py --version=0.1 --license=MIT --dependencies=idna',
      '--author=Your Name',
      '--email=your.email@index.example',
      '--description=A brief description of your package',
      '--url=https://index.example/yourusername/mypackage',
    );
    const files = (await workspace.git('ls-files', '--others', '--exclude-standard', 'mypackage'))
      .trim()
      .split('\n')
      .sort();
    expect(files).toEqual([
      'mypackage/LICENSE',
      'mypackage/README.md',
      'mypackage/mypackage/__init__.py',
      'mypackage/mypackage/module.py',
      'mypackage/setup.py',
      'mypackage/tests/test_module.py',
    ]);
    expect(workspace.read('mypackage/setup.py')).toBe(`from setuptools import find_packages, setup

with open("README.md", encoding="utf-8") as readme:
    long_description = readme.read()

setup(
    name="mypackage",
    version="0.1",
    packages=find_packages(exclude=["tests", "tests.*"]),
    install_requires=["idna"],
    python_requires=">=3.9",
    author="Your Name",
    author_email="your.email@index.example",
    description="A brief description of your package",
    long_description=long_description,
    long_description_content_type="text/markdown",
    url="https://index.example/yourusername/mypackage",
    license="MIT",
    classifiers=[
        "Programming Language :: Python :: 3",
        "License :: OSI Approved :: MIT License",
        "Operating System :: OS Independent",
    ],
)
`);
    expect(workspace.read('mypackage/LICENSE')).toContain(`Copyright (c) ${new Date().getFullYear()} Your Name`);
    expect(workspace.read('mypackage/mypackage/module.py')).toContain('def say_hello');

    await workspace.nx('run-many -t build test');
    expect(workspace.list('mypackage/dist')).toEqual(['mypackage-0.1-py3-none-any.whl', 'mypackage-0.1.tar.gz']);
    await workspace.run(
      'twine',
      'check',
      '--strict',
      'mypackage/dist/mypackage-0.1-py3-none-any.whl',
      'mypackage/dist/mypackage-0.1.tar.gz',
    );
    await workspace.nx('publish mypackage');
    await workspace.run('uv', 'venv', '--quiet', '--seed', 'fresh');
    await workspace.run('fresh/bin/pip', 'install', '--quiet', 'idna');
    await workspace.run(
      'fresh/bin/pip',
      'install',
      '--quiet',
      '--index-url',
      `file://${workspace.path(SIMPLE)}`,
      'mypackage',
    );
    const call = 'from mypackage.module import say_hello; print(say_hello())';
    expect(await workspace.run('fresh/bin/python', '-c', call)).toBe('Hello, World!\n');
  });

  test('a package with modules of its own that needs numpy', async () => {
    workspace = await aWorkspace();
    await workspace.nx('g python-package my_package --manifest=setup.py --version=1.0.0 --dependencies=numpy');
    workspace.remove('my_package/my_package/module.py');
    workspace.remove('my_package/tests');
    workspace.write(
      'my_package/my_package/__init__.py',
      'from .module1 import function1, class1\nfrom .module2 import function2, class2\n',
    );
    workspace.write(
      'my_package/my_package/module1.py',
      'import numpy as np\n\n\ndef function1():\n    return int(np.arange(4).sum())\n\n\nclass class1:\n    pass\n',
    );
    workspace.write(
      'my_package/my_package/module2.py',
      'def function2():\n    return 2\n\n\nclass class2:\n    pass\n',
    );
    expect(workspace.read('my_package/setup.py')).toContain('install_requires=["numpy"]');

    await workspace.nx('build my_package');
    expect(workspace.list('my_package/dist')).toEqual(['my_package-1.0.0-py3-none-any.whl', 'my_package-1.0.0.tar.gz']);
    await workspace.nx('publish my_package');
    await workspace.run('uv', 'venv', '--quiet', 'fresh');
    await workspace.run(
      'uv',
      'pip',
      'install',
      '--quiet',
      '--python',
      'fresh',
      '--index',
      `file://${workspace.path(SIMPLE)}`,
      'my_package',
    );
    const call =
      'from my_package import class1, class2, function1, function2; print(function1(), function2(), class1(), class2())';
    expect(await workspace.run('fresh/bin/python', '-c', call)).toMatch(/^6 2 /);
  });

  test('an sdist, uploaded, looked up on the index, installed, then a new version', async () => {
    workspace = await aWorkspace();
    await workspace.nx('g python-package your-package-name --manifest=setup.py');
    await workspace.nx('build your-package-name --format=sdist');
    expect(workspace.list('your-package-name/dist')).toEqual(['your_package_name-0.1.0.tar.gz']);
    await workspace.nx('publish your-package-name', '--', '--dry-run');
    expect(workspace.has(`${SIMPLE}/your-package-name/index.html`)).toBe(false);
    // The task that publishes builds first, so the format belongs into the project's configuration.
    workspace.write(
      'your-package-name/project.json',
      JSON.stringify({ name: 'your-package-name', targets: { build: { options: { format: 'sdist' } } } }),
    );
    await workspace.nx('publish your-package-name');
    expect(workspace.read(`${SIMPLE}/your-package-name/index.html`)).toContain(
      'your_package_name-0.1.0.tar.gz#sha256=',
    );

    const install = async (version: string) => {
      const index = `file://${workspace.path(SIMPLE)}`;
      await workspace.run(
        'uv',
        'pip',
        'install',
        '--quiet',
        '--python',
        'fresh',
        '--refresh',
        '--index',
        index,
        `your-package-name==${version}`,
      );
      const call =
        'import importlib.metadata as m, your_package_name.module as n; print(m.version("your-package-name"), n.say_hello())';
      return workspace.run('fresh/bin/python', '-c', call);
    };
    await workspace.run('uv', 'venv', '--quiet', 'fresh');
    expect(await install('0.1.0')).toBe('0.1.0 Hello, World!\n');

    workspace.write(
      'your-package-name/setup.py',
      workspace.read('your-package-name/setup.py').replace('"0.1.0"', '"0.1.1"'),
    );
    await workspace.nx('publish your-package-name');
    expect(workspace.list('your-package-name/dist')).toEqual(['your_package_name-0.1.1.tar.gz']);
    const listing = workspace.read(`${SIMPLE}/your-package-name/index.html`);
    expect(listing).toContain('your_package_name-0.1.0.tar.gz');
    expect(listing).toContain('your_package_name-0.1.1.tar.gz');
    expect(await install('0.1.1')).toBe('0.1.1 Hello, World!\n');
  });
});
