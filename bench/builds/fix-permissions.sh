#!/bin/sh
# As in the builder images: gives the group the owner's rights, only on files that lack them.
find "$1" -uid "$(id -u)" ! -perm -g+rw -exec chmod g+rw {} +
find "$1" -uid "$(id -u)" -perm /u+x ! -perm /g+x -exec chmod g+x {} +
