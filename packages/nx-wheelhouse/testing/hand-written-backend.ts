/** Packages with build backends of their own, of nothing but the standard library: right dists, after what a test says comes first. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folderWith, project } from './workspace-folder.js';

/** Statements of Python by hook. They see the workspace's folder as `ROOT`. */
export type Fault = Partial<Record<'requires' | 'sdist' | 'wheel', string>>;

/**
 * A workspace of packages that do as they are told while its root has a file `armed`, and else nothing wrong.
 * @param faults by the name of the package
 * @param requires the build requirements of all
 * @returns the folder, absolute
 */
export function faultyWorkspace(faults: Readonly<Record<string, Fault>>, requires: readonly string[] = []): string {
  const system = `[build-system]\nrequires = ${JSON.stringify(requires)}\nbuild-backend = "backend"\nbackend-path = ["."]\n`;
  const manifests = Object.keys(faults).map((name) => [`${name}/pyproject.toml`, project(name, {}, system)]);
  const root = folderWith({ armed: '', ...Object.fromEntries(manifests) });
  for (const [name, fault] of Object.entries(faults)) {
    writeFileSync(join(root, name, 'backend.py'), backend(name, fault, root));
  }
  return root;
}

const block = (statements = 'pass') => statements.replaceAll('\n', '\n        ');

const backend = (name: string, fault: Fault, root: string) => `
import os, shutil, signal, sys, tarfile, time, zipfile, hashlib, base64

ROOT = ${JSON.stringify(root)}

def armed():
    return os.path.exists(os.path.join(ROOT, "armed"))

def wait_for(path):
    while not os.path.exists(path):
        time.sleep(0.02)

def daemon():
    if os.fork() == 0:
        os.setsid()
        with open(os.path.join(ROOT, "armed.daemon"), "w") as file:
            file.write(str(os.getpid()))
        time.sleep(600)
        os._exit(0)

def get_requires_for_build_sdist(config_settings=None):
    if armed():
        ${block(fault.requires)}
    return []

def build_sdist(directory, config_settings=None):
    if armed():
        ${block(fault.sdist)}
    with open("PKG-INFO", "w") as file:
        file.write("Metadata-Version: 2.1\\nName: ${name}\\nVersion: 1.0\\n")
    with tarfile.open(os.path.join(directory, "${name}-1.0.tar.gz"), "w:gz") as archive:
        for name in ("pyproject.toml", "backend.py", "PKG-INFO"):
            archive.add(name, "${name}-1.0/" + name)
    return "${name}-1.0.tar.gz"

def build_wheel(directory, config_settings=None, metadata_directory=None):
    if armed():
        ${block(fault.wheel)}
    return write_wheel(directory, "${name}-1.0-py3-none-any.whl")

def write_wheel(directory, name):
    files = {
        "${name}.py": b"",
        "${name}-1.0.dist-info/METADATA": b"Metadata-Version: 2.1\\nName: ${name}\\nVersion: 1.0\\n",
        "${name}-1.0.dist-info/WHEEL": b"Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
    }
    lines = []
    with zipfile.ZipFile(os.path.join(directory, name), "w") as archive:
        for path, content in files.items():
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
            lines.append("%s,sha256=%s,%d\\n" % (path, digest, len(content)))
            archive.writestr(path, content)
        archive.writestr("${name}-1.0.dist-info/RECORD", "".join(lines) + "${name}-1.0.dist-info/RECORD,,\\n")
    return name
`;
