# The image contains Node.js and one bundled file, which needs no shell, package manager or writable root.
#
# The base may be any image with Node.js 22.19 or later and, for the build stage, npm and /bin/sh. Red Hat's UBI
# instead of Debian:
#   --build-arg NODE=registry.access.redhat.com/ubi9/nodejs-24-minimal@sha256:c7b8cb436feace96ca0b43eab7326394893e0ac9c2c6b46895727e3b9202fb9d
ARG NODE=docker.io/library/node:24.21.0-bookworm-slim@sha256:0e0ff40c39bc087845bfb27465a0df4ea419520094bc35842ff83dd8cbe6f9b6
FROM ${NODE} AS build
# UBI's user may not write here.
USER root
WORKDIR /build
# Another npm registry, and a file with its CA.
ARG NPM_CONFIG_REGISTRY
ARG NODE_EXTRA_CA_CERTS
COPY package.json package-lock.json ./
# Scripts of packages do not run: everything the build uses is in the lock file with its hash, or is the image's Node.js.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json ./
COPY hack/build.ts hack/sbom.ts ./hack/
COPY src ./src
RUN node hack/build.ts

FROM ${NODE}
ARG VERSION=0.1.0
ARG REVISION=unknown
# From `name` on: overrides labels of UBI's images.
LABEL org.opencontainers.image.title="s2i-incremental-webhook" \
      org.opencontainers.image.description="Lets OpenShift S2I builds continue from the previous image" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.source="https://github.com/s2i-incremental/s2i-incremental-webhook" \
      org.opencontainers.image.documentation="https://github.com/s2i-incremental/s2i-incremental-webhook#readme" \
      org.opencontainers.image.vendor="s2i-incremental-webhook maintainers" \
      name="s2i-incremental-webhook" vendor="s2i-incremental-webhook maintainers" \
      maintainer="s2i-incremental-webhook maintainers" version="${VERSION}" release="${REVISION}" \
      summary="Lets OpenShift S2I builds continue from the previous image" \
      description="Lets OpenShift S2I builds continue from the previous image" \
      io.k8s.display-name="s2i-incremental-webhook" \
      io.k8s.description="Lets OpenShift S2I builds continue from the previous image" \
      io.openshift.tags="s2i,build,admission" \
      io.openshift.expose-services="8443:https" \
      io.openshift.s2i.scripts-url="" \
      io.s2i.scripts-url="" \
      usage=""
COPY --from=build \
     /build/dist/main.js /build/dist/package.json /build/dist/main.js.LEGAL.txt /build/dist/sbom.cdx.json /app/
COPY LICENSE /app/
# Any uid works; OpenShift assigns its own.
USER 65532:0
WORKDIR /app
EXPOSE 8443 8080 8081
# Mount a folder with tls.crt and tls.key at /certs, or an empty writable one for self-signed certificates.
# Blocks of 4 KiB or more are returned to the system when freed, such as those of V8's compiler and of connections: with
# 128 KiB, 20 MB more under load. By default the C library raises this limit with each large block, and keeps more.
ENV MALLOC_MMAP_THRESHOLD_=4096
# --max-semi-space-size: by default V8's young generation grows to 48 MB: 130 MB more under load.
# --max-old-space-size: by default the heap may fill the container's limit, leaving nothing for the rest of the process.
# Half of the chart's 256 MiB is enough, because everything kept is bounded: 50 MB less under load.
ENTRYPOINT ["node", "--max-semi-space-size=4", "--max-old-space-size=128", "/app/main.js"]
CMD ["serve", "--cert-dir", "/certs"]
