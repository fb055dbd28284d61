#!/bin/bash
# Replaces the assemble of the Python builder images: it treats files alike, and traverses them as often.
set -e
shopt -s dotglob
echo '---> Installing application source ...'
mv /tmp/src/* "$HOME"
if [[ -n $PIP_INDEX_URL ]]; then
  printf '[global]\nindex-url = %s\n' "$PIP_INDEX_URL" >>"$HOME/pip.ini"
fi
fix-permissions /opt/app-root
echo '---> Installing dependencies ...'
pip install -r requirements.txt
fix-permissions /opt/app-root
