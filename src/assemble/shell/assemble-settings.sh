#!/bin/sh
# The s2i-incremental assemble wrapper. An image built FROM the previous one still holds what earlier builds left: this
# removes it, but for the dependencies that are kept on purpose, runs the real assemble, and records what that left.
# Nothing of it can make a build fail: what it cannot do it says in a line, and the real assemble runs.
#
# /bin/sh, because S2I starts every script through it, so each builder image has it; where there is only bash, it is bash.
# Nothing else is needed but coreutils (or busybox): no find, grep or sed.

# Filled in by the webhook: wrapper_keep is names in the work directory with a / between them, wrapper_outputs paths with
# a space between them. The prefix matters: assigning to a name that the image exports would change the environment of
# assemble.
wrapper_version='dev'
wrapper_profile='default'
wrapper_scripts_dir='/usr/libexec/s2i'
wrapper_source_dir='/tmp/src'
wrapper_keep=''
# shellcheck disable=SC2016 # a variable in front of a path is looked up later
wrapper_outputs=''
