#!/bin/sh
# The s2i-incremental run: with scripts of the webhook, S2I takes /usr/libexec/s2i/run as the command of the image, unless
# there is a run among them. This one hands over to the repository's own, kept by the assemble wrapper, else to the
# image's, wherever it is.

# Filled in by the webhook.
wrapper_scripts_dir='/usr/libexec/s2i'
wrapper_source_dir='/tmp/src'
