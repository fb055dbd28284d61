import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { DockerRegistry } from './docker-registry.ts';

/** The media types of an image and of a list of images. */
export const imageTypes = {
  docker: {
    manifest: 'application/vnd.docker.distribution.manifest.v2+json',
    list: 'application/vnd.docker.distribution.manifest.list.v2+json',
    config: 'application/vnd.docker.container.image.v1+json',
    layer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
  },
  oci: {
    manifest: 'application/vnd.oci.image.manifest.v1+json',
    list: 'application/vnd.oci.image.index.v1+json',
    config: 'application/vnd.oci.image.config.v1+json',
    layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
  },
} as const;
type Kind = keyof typeof imageTypes;

type Headers = Readonly<Record<string, string>>;

/** Pushes an image with one empty layer and this text in its configuration; resolves with its digest. */
export async function pushImage(
  registry: DockerRegistry,
  repository: string,
  tag: string,
  { kind = 'docker', text = '', headers = {} }: { kind?: Kind; text?: string; headers?: Headers } = {},
): Promise<string> {
  const types = imageTypes[kind];
  // Two blocks of zeros: a tar file without entries.
  const tar = Buffer.alloc(1024);
  const configuration = {
    architecture: 'amd64',
    os: 'linux',
    config: { Labels: { text } },
    rootfs: { type: 'layers', diff_ids: [digestOf(tar)] },
  };
  const layer = await pushBlob(registry, repository, gzipSync(tar), headers);
  const config = await pushBlob(registry, repository, Buffer.from(JSON.stringify(configuration)), headers);
  return pushManifest(registry, repository, tag, types.manifest, headers, {
    config: { mediaType: types.config, ...config },
    layers: [{ mediaType: types.layer, ...layer }],
  });
}

/** Pushes a list of one image; resolves with its digest. */
export async function pushList(registry: DockerRegistry, repository: string, tag: string, kind: Kind): Promise<string> {
  const digest = await pushImage(registry, repository, `${tag}-amd64`, { kind });
  const { text } = await registry.request(`/v2/${repository}/manifests/${digest}`, '', {
    method: 'GET',
    headers: { Accept: imageTypes[kind].manifest },
  });
  const platform = { architecture: 'amd64', os: 'linux' };
  return pushManifest(
    registry,
    repository,
    tag,
    imageTypes[kind].list,
    {},
    {
      manifests: [{ mediaType: imageTypes[kind].manifest, digest, size: Buffer.byteLength(text), platform }],
    },
  );
}

async function pushManifest(
  registry: DockerRegistry,
  repository: string,
  tag: string,
  mediaType: string,
  headers: Headers,
  content: object,
): Promise<string> {
  const manifest = JSON.stringify({ schemaVersion: 2, mediaType, ...content });
  const { status, text } = await registry.request(`/v2/${repository}/manifests/${tag}`, manifest, {
    method: 'PUT',
    headers: { ...headers, 'Content-Type': mediaType },
  });
  assert.equal(status, 201, text);
  return digestOf(Buffer.from(manifest));
}

async function pushBlob(registry: DockerRegistry, repository: string, blob: Buffer, headers: Headers) {
  const started = await registry.request(`/v2/${repository}/blobs/uploads/`, '', { headers });
  assert.equal(started.status, 202, started.text);
  const { pathname, search } = new URL(started.headers.location ?? '', 'http://registry');
  const digest = digestOf(blob);
  const stored = await registry.request(`${pathname}${search}&digest=${digest}`, blob, {
    method: 'PUT',
    headers: { ...headers, 'Content-Type': 'application/octet-stream' },
  });
  assert.equal(stored.status, 201, stored.text);
  return { digest, size: blob.length };
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
