/**
 * Runs each command and YAML of the README, docs/install.md and the tutorial, in order, in one cluster: kube-apiserver
 * with OpenShift's kinds, the release's pods as processes, a registry, buildah. stand-ins.ts replaces some tools.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parse, parseAllDocuments } from 'yaml';
import { parseConfig } from '../../src/config/load-config.ts';
import { type JsonObject, arrayAt, at, stringAt } from '../../src/openshift/json.ts';
import { chart, helm, installMode, release, renderedObjects, theOnly } from '../chart/helm.ts';
import { startReleasePods } from '../chart/release-pods.ts';
import type { PodSet } from '../helpers/cluster/pod-set.ts';
import { createDesk } from './desk.ts';
import { checkout } from './image-store.ts';

interface Block {
  readonly language: string;
  readonly text: string;
}

/** Returns the fenced blocks of a document. */
function blocksOf(document: string): readonly Block[] {
  const text = readFileSync(join(checkout, document), 'utf8');
  return [...text.matchAll(/^```(\w*)\n([^]*?)^```$/gm)].map(([, language = '', text = '']) => ({ language, text }));
}

/** Returns a pattern for shown output: times and digests vary, and long ones are cut. */
function patternOf(shown: string): RegExp {
  const escaped = shown.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(/\b\d{14}\b/g, '\\d{14}');
  return new RegExp(`^${escaped.replaceAll(/[0-9a-f]{8}…/g, '[0-9a-f]{64}')}$`);
}

const desk = await createDesk();
const { bed, registry } = desk;
let pods: PodSet | undefined;
after(async () => {
  await pods?.stop();
  await desk.clear();
});

describe('README.md', () => {
  const blocks = blocksOf('README.md');

  it('has commands that work', async () => {
    const commands = blocks.filter(({ language }) => language === '');
    assert.equal(commands.length, 2);
    for (const { text } of commands) await desk.run(text);
    await bed.helm('uninstall', release.name);
  });

  it('has a configuration that the program reads', () => {
    const [configuration, ...others] = blocks.filter(({ language }) => language === 'yaml');
    assert.deepEqual(others, []);
    parseConfig(configuration?.text ?? '', {});
  });

  it('has nothing else', () => {
    assert.deepEqual([...new Set(blocks.map(({ language }) => language))].sort(), ['', 'mermaid', 'yaml']);
  });
});

describe('docs/install.md', () => {
  const blocks = blocksOf('docs/install.md');

  before(async () => {
    await bed.cluster.admin.create({
      apiVersion: 'build.openshift.io/v1',
      kind: 'BuildConfig',
      metadata: { name: 'shop', namespace: 'default' },
      spec: {
        strategy: { type: 'Source', sourceStrategy: { from: { kind: 'DockerImage', name: 'example.com/python' } } },
      },
    });
  });

  it('has commands that work', async () => {
    const values = blocks.find(({ text }) => text.includes('openshift3: true'))?.text ?? '';
    writeFileSync(join(desk.folder, 'openshift3.yaml'), values);
    await desk.run('cp "$COMPANY_CA" service-signer.crt');
    for (const { language, text } of blocks) {
      if (language !== '') continue;
      if (text.startsWith('sha256sum')) await layOutImages();
      if (text.startsWith('helm verify')) await layOutChart();
      const is3 = text.includes('openshift3.yaml');
      await desk.run(text, { KINDS_OF_1_11: is3 ? '1' : '0' });
    }
    const { text } = await registry.request('/v2/_catalog', '', { method: 'GET' });
    assert.deepEqual(at(JSON.parse(text), 'repositories'), ['platform/s2i-incremental-webhook']);
    const applied = parseAllDocuments(readFileSync(join(desk.folder, 'applied.yaml'), 'utf8'));
    const configuration = applied
      .map((one) => one.toJSON() as JsonObject)
      .find(({ kind }) => kind === 'MutatingWebhookConfiguration');
    assert.equal(configuration?.['apiVersion'], 'admissionregistration.k8s.io/v1beta1');
  });

  it('has valid YAML', async () => {
    const yaml = blocks.filter(({ language }) => language === 'yaml').map(({ text }) => text);
    const [values, ignored, ...others] = yaml;
    writeFileSync(join(desk.folder, 'values.yaml'), values ?? '');
    const { status, stderr } = await helm([
      'template',
      'x',
      chart,
      '--kube-version',
      '1.34.0',
      '--values',
      installMode('openshift').values,
      '--values',
      join(desk.folder, 'values.yaml'),
    ]);
    assert.equal(status, 0, stderr);
    const objects = await renderedObjects(installMode('self-signed'));
    for (const entry of arrayAt(parse(ignored ?? ''), 'ignoreDifferences') ?? []) {
      const kind = stringAt(entry, 'kind') ?? '';
      assert.equal(
        stringAt(entry, 'name') ?? theOnly(kind, objects).metadata.name,
        theOnly(kind, objects).metadata.name,
      );
    }
    // The configuration of OpenShift 3.11's masters, and values that a command above has used.
    assert.deepEqual(
      others.map((text) => text.split(':')[0]),
      ['admissionConfig', 'image'],
    );
  });

  /** Writes an image's archive of a release, like hack/release.ts, with its checksum. */
  async function layOutImages(): Promise<void> {
    const { version } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as { version: string };
    const archive = `s2i-incremental-webhook-${version}-linux-amd64.oci.tar`;
    await desk.run(`podman build -t released .
      buildah push released oci-archive:${archive}:${version}
      sha256sum ${archive} >SHA256SUMS`);
  }

  /** Writes the signed chart package. */
  async function layOutChart(): Promise<void> {
    await desk.run(`mkdir -m 700 "$GNUPGHOME"
      gpg --batch --passphrase '' --quick-generate-key release@example.com rsa2048 sign never 2>/dev/null
      gpg --batch --export-secret-keys release@example.com >secret.gpg
      helm package charts/s2i-incremental-webhook --sign --key release@example.com --keyring secret.gpg
      gpg --batch --export release@example.com >s2i-incremental-webhook.gpg`);
  }
});

describe('docs/tutorial-python-harbor.md', () => {
  const blocks = blocksOf('docs/tutorial-python-harbor.md');

  before(async () => {
    // In this cluster only the webhook can create certificates.
    await bed.helm('uninstall', release.name, '--ignore-not-found');
    const { status, stderr } = await bed.helm(
      'install',
      release.name,
      chart,
      '--values',
      installMode('self-signed').values,
    );
    assert.equal(status, 0, stderr);
    pods = await startReleasePods(bed);
  });

  it('has commands that work, and print what it says', async () => {
    let printed = '';
    let compared = 0;
    for (const [index, { language, text }] of blocks.entries()) {
      if (language === '') printed = await desk.run(text);
      // Only the block after its command is its output; the others are from a build pod's log.
      const follows = language === 'text' && blocks[index - 1]?.language === '';
      if (follows) {
        const lines = text.trimEnd().split('\n');
        assert.match(printed.trimEnd().split('\n').slice(-lines.length).join('\n'), patternOf(lines.join('\n')));
        compared += 1;
      }
    }
    assert.equal(compared, 2);
    assert.deepEqual([...new Set(blocks.map(({ language }) => language))].sort(), ['', 'text']);
    const { body } = await bed.api.request('GET', '/apis/build.openshift.io/v1/namespaces/shop/builds');
    assert.equal(arrayAt(body, 'items')?.length, 2);
  });
});
