// Replacements for the assemble scripts of the eight languages: they change files in the same way, without network and
// compiler. A dependency is a name in the file `deps`; build output is a copy of the source.

import { join } from 'node:path';
import type { Lab, LabProfile } from './assemble-lab.ts';
import { builtinProfiles } from '../../src/config/builtin-profiles.ts';

export type Language = keyof typeof builtinProfiles;

/** Installs each missing dependency into a folder, like a tool with a local cache. */
const install = (folder: string): string => `
mkdir -p ${folder}
for dep in $(cat deps); do
  [ -e ${folder}/$dep ] || { mkdir ${folder}/$dep; echo "$dep" > ${folder}/$dep/code; echo "fetched $dep"; }
done`;

/** Removes dependencies that are no longer needed. */
const prune = (folder: string): string => `
for there in ${folder}/*; do grep -qx "\${there##*/}" deps || rm -r "$there"; done`;

const move = (lab: Lab): string => `shopt -s dotglob\nmv ${lab.source}/* ./\nshopt -u dotglob`;

/** Output of the project's build, if it has one, from the existing files into folders that may exist. */
const build = 'if [ -f build.sh ]; then mkdir -p build dist; cp -R lib dist/; ls > build/seen; fi';

const bodies: Record<Language, (lab: Lab) => string> = {
  // packages.test.ts tests packages with the real pip.
  python: (lab) => `${move(lab)}
printf '[global]\\n' >> pip.ini
mkdir -p .local/venvs/pipenv/bin .local/bin
ln -s $HOME/.local/venvs/pipenv/bin/pipenv .local/bin/pipenv
${build}`,
  nodejs: (lab) => `${move(lab)}
echo registry >> .npmrc
mkdir -p .npm${install('node_modules')}${prune('node_modules')}
cp deps package-lock.json
${build}
rm -rf .npm`,
  java: (lab) => `cd ${lab.source}
mkdir -p ${lab.root}/artifacts${install(`${lab.root}/artifacts/m2`)}
mkdir -p target
cp version target/shop-$(cat version).jar
cp -R lib target/
cp -R target/* ${lab.output}/
if [ -d configuration ]; then cp -R configuration/. ${lab.output}/; fi
cd "$HOME"
rm -rf ${lab.source}`,
  php: (lab) => `rm -rf ${lab.source}/.git
${move(lab)}
touch composer.phar
if [ -f composer.lock ] && ! cmp -s composer.lock deps; then echo 'the lock is out of date' >&2; exit 4; fi
mkdir -p .config/composer${install('vendor')}${prune('vendor')}
cp deps composer.lock
${build}`,
  ruby: (lab) => `${move(lab)}
if [ -f Gemfile.lock ]; then mkdir -p .bundle; echo deployment > .bundle/config; fi
if [ -f .bundle/config ] && ! cmp -s Gemfile.lock deps; then echo 'the lock is out of date' >&2; exit 16; fi
mkdir -p .bundle; echo path >> .bundle/config${install('bundle')}${prune('bundle')}
cp deps Gemfile.lock
mkdir -p public/assets; cp version public/assets/app-$(cat version).js
${build}`,
  golang: (lab) => `pushd ${lab.source} > /dev/null${install('$HOME/go/pkg')}
mkdir -p $HOME/.cache/go-build; chmod 555 $HOME/go/pkg/*
cp version ${lab.output}/gobinary
popd > /dev/null`,
  perl: (lab) => `${move(lab)}
if [ -d configuration ]; then cp configuration/* ${lab.output}/; fi
echo "requires 'FCGI'" >> cpanfile${install('extlib')}
[ ! -e extlib/patched ] || { echo 'patch: reversed' >&2; exit 1; }
touch extlib/patched
${build}`,
  dotnet: (lab) => `${move(lab)}
mkdir -p obj bin ${lab.output}/app
cp version obj/$(cat version).cache
cp -R lib ${lab.output}/app/
cp version ${lab.output}/app/shop.dll
mkdir ${lab.output}/packages-for-incremental-build
${build}`,
};

/** Returns the image's own script. */
export function stockAssemble(lab: Lab, language: Language): string {
  return `#!/bin/bash
PATH=/usr/bin:/bin
umask 002
set -e
echo "---> Installing application source ..."
${bodies[language](lab)}
chmod -R g=u "$HOME" 2> /dev/null || :
`;
}

/** Returns the built-in profile, with the folders of the lab. */
export function stockProfile(lab: Lab, language: Language): LabProfile {
  const { keep, outputs } = builtinProfiles[language];
  const here = outputs
    .filter((path) => path.startsWith('/') || path.startsWith('$HOME/'))
    .map((path) => (path.startsWith('/') ? outputIn(lab, path) : path));
  return { keep, outputs: here };
}

function outputIn(lab: Lab, path: string): string {
  return path.startsWith('/opt/app-root/') && !path.endsWith('httpd.d')
    ? join(lab.output, path.slice('/opt/app-root/'.length))
    : lab.output;
}
