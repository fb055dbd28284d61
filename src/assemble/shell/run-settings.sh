#!/bin/sh
# The s2i-incremental run. With scripts from the webhook, S2I makes /usr/libexec/s2i/run the command of the image,
# unless run is one of them. This one starts the repository's own run, which the assemble wrapper kept, else the
# image's.

# The webhook fills these in.
wrapper_scripts_dir='/usr/libexec/s2i'
wrapper_source_dir='/tmp/src'
