#!/bin/sh
# As in the builder images: gives the group what the owner has, of those files alone that lack it.
find "$1" -uid "$(id -u)" ! -perm -g+rw -exec chmod g+rw {} +
find "$1" -uid "$(id -u)" -perm /u+x ! -perm /g+x -exec chmod g+x {} +
