#!/bin/bash
# Stands in for the assemble of the Node.js builder images: what it does to files, and how often it walks over them, is the same.
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
