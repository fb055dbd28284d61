// Replacements with the behaviour of stock assemble scripts that matters to the wrapper. Without a network, an
// "installed" package is a file.

import type { Lab } from './assemble-lab.ts';

// The wrapper's PATH is not the image's.
const head = (lab: Lab): string => `#!/bin/bash
PATH=/usr/bin:/bin
umask 022
cd ${lab.home}
set -e
`;

/**
 * Python: moves the source with dotfiles, and has a venv outside of $HOME, a growing pip.ini and a link that must not
 * exist.
 */
export const pythonAssemble = (lab: Lab): string => `${head(lab)}
shopt -s dotglob
echo "---> Installing application source ..."
mv ${lab.source}/* "$HOME"
printf '[global]\\nindex-url = https://pypi.example.com/simple\\n' >> pip.ini
mkdir -p .local/bin .cache/pip
ln -s ../venvs/pipenv/bin/pipenv .local/bin/pipenv
echo wheel > .cache/pip/flask
if [ -e ${lab.scripts}/venv-flask ]; then
  echo "Requirement already satisfied: flask"
else
  echo "Successfully installed flask"
  touch ${lab.scripts}/venv-flask
fi
`;

/** The profile that nodeAssemble needs. */
export const nodeProfile = { keep: ['node_modules'] };

/** Node: copies the source over existing files, and installs into $HOME. */
export const nodeAssemble = (lab: Lab): string => `${head(lab)}
echo "---> Installing application source ..."
cp -Rf ${lab.source}/. ./
if [ -e node_modules/express/package.json ]; then
  echo "up to date"
else
  echo "added 1 package"
  mkdir -p node_modules/express .npm
  echo '{"name":"express"}' > node_modules/express/package.json
fi
`;
