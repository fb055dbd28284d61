// Packages for pip, created here, so that nothing is fetched.

import { execFileSync } from 'node:child_process';
import type { Tree } from './file-tree.ts';

const script = `
import sys, json, zipfile
for name, version, requires, extras in json.loads(sys.argv[2]):
    info = f"{name}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n"
    metadata += "".join(f"Provides-Extra: {extra}\\n" for extra in extras)
    metadata += "".join(f"Requires-Dist: {text}\\n" for text in requires)
    with zipfile.ZipFile(f"{sys.argv[1]}/{name}-{version}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{name}.py", f"version = {version!r}\\n")
        wheel.writestr(f"{info}/METADATA", metadata)
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(f"{info}/RECORD", "")
`;

/** Name, version, requirements, extras. */
export type Wheel = readonly [name: string, version: string, requires: readonly string[], extras: readonly string[]];

/** Creates wheels of packages with one module each. */
export function makeWheels(folder: string, wheels: readonly Wheel[]): void {
  execFileSync('python3', ['-c', script, folder, JSON.stringify(wheels)]);
}

/** A package with its own build, which works in build/lib like setuptools. */
export const ownPackage = (name: string, ...modules: string[]): Tree => ({
  'pyproject.toml': '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
  'setup.cfg': `[metadata]\nname = ${name}\n`,
  'backend.py': `import os, shutil, zipfile
def build_wheel(folder, settings=None, metadata=None):
    shutil.copytree("${name}", "build/lib/${name}", dirs_exist_ok=True)
    with zipfile.ZipFile(os.path.join(folder, "${name}-1-py3-none-any.whl"), "w") as wheel:
        for file in sorted(os.listdir("build/lib/${name}")):
            wheel.write("build/lib/${name}/" + file, "${name}/" + file)
        info = "${name}-1.dist-info/"
        wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: ${name}\\nVersion: 1\\nRequires-Dist: flask\\n")
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(info + "RECORD", "")
    return "${name}-1-py3-none-any.whl"
`,
  [name]: Object.fromEntries(['__init__', ...modules].map((module) => [`${module}.py`, ''])),
});
