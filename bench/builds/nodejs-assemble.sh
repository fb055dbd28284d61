#!/bin/bash
# Replaces the assemble of the Node.js builder images: it treats files alike, and traverses them as often.
set -e
shopt -s dotglob
echo '---> Installing application source ...'
mv /tmp/src/* ./
fix-permissions ./
if [[ -n $NPM_MIRROR ]]; then npm config set registry "$NPM_MIRROR"; fi
echo '---> Installing all dependencies'
NODE_ENV=development npm install
npm run build --if-present
echo '---> Pruning the development dependencies'
npm prune
rm -rf "$(npm config get cache)"
fix-permissions ./
