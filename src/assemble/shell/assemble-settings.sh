#!/bin/sh
# The s2i-incremental assemble wrapper. An image built from the previous image still contains the remains of earlier
# builds. This script removes them, except for the dependencies that are kept on purpose, runs the real assemble, and
# records what that leaves. It never makes a build fail: it reports what it cannot do, and the real assemble runs.
#
# It uses /bin/sh, as S2I does to start every script, so every builder image has it; it may be bash. It needs only
# coreutils (or busybox), not find, grep or sed.

# The webhook fills these in: wrapper_keep has names in the work directory, separated by /; wrapper_outputs has paths,
# separated by spaces. The prefix avoids names that the image exports: assigning one would change assemble's
# environment.
wrapper_version='dev'
wrapper_profile='default'
wrapper_scripts_dir='/usr/libexec/s2i'
wrapper_source_dir='/tmp/src'
wrapper_keep=''
# shellcheck disable=SC2016 # the variable in a path is expanded later
wrapper_outputs=''
