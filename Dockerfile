# The image holds Node.js and one bundled file; nothing in it needs a shell, a package manager or a writable root.
ARG NODE=node:24-bookworm-slim
FROM ${NODE} AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci
COPY tsconfig.json ./
COPY hack ./hack
COPY src ./src
RUN npm run build

FROM ${NODE}
COPY --from=build /build/dist/main.js /build/dist/package.json /build/dist/main.js.LEGAL.txt /app/
COPY LICENSE /app/
# Any uid will do; OpenShift assigns one of its own.
USER 65532:0
EXPOSE 8443 8080 8081
# Mount a folder with tls.crt and tls.key at /certs, or an empty writable one to have self-signed ones made.
# docs/performance.md has what each of these is worth.
# Two arenas: by default the C library has eight a core, each with garbage of its own.
ENV MALLOC_ARENA_MAX=2
# What is larger than that is given back when it is freed. By default the C library raises this limit with each large piece it
# frees, and then keeps holes of many megabytes between what lives long.
ENV MALLOC_MMAP_THRESHOLD_=32768
# --max-semi-space-size=4: by default V8 lets its young generation grow past 100 MB, which costs more memory than it saves time; with
#   less, what 64 requests at a time need does not fit, and is taken for long-lived.
# --no-allocation-site-pretenuring: while the history is read V8 learns that requests live long, and from then on puts those that it
#   serves among the old objects, where they pile up, with all they refer to, until the whole heap is walked over.
# --heap-growing-percent=50: the heap may grow by that much before it is walked over; by default it triples while the history is read.
ENTRYPOINT ["node", "--max-semi-space-size=4", "--no-allocation-site-pretenuring", "--heap-growing-percent=50", "/app/main.js"]
CMD ["serve", "--cert-dir", "/certs"]
