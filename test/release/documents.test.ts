/**
 * Each command and each YAML of the README, of docs/install.md and of the tutorial is run as it stands, from top to bottom, in one
 * cluster: kube-apiserver with the kinds of OpenShift, the release's pods as processes, a registry, buildah. What stands in for a
 * tool that needs more than that is a script of the same name, in `standIns` below.
 */
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parse, parseAllDocuments } from 'yaml';
import { createDevelopmentCertificate } from '../../src/certificates/certificate-files.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { type JsonObject, arrayAt, at, stringAt } from '../../src/openshift/json.ts';
import { ApiServer } from '../chart/api-server.ts';
import { type Manifest, chart, helm, installMode, release, renderedObjects, theOnly, tools } from '../chart/helm.ts';
import { startReleasePods } from '../chart/release-pods.ts';
import { type ChartBed, createChartBed } from '../chart/suites/chart-bed.ts';
import { OpenShift } from '../helpers/cluster/openshift.ts';
import type { PodSet } from '../helpers/cluster/pod-set.ts';
import { type DockerRegistry, startDockerRegistry } from '../registry/docker-registry.ts';
import { ImageStore, buildStandIn, checkout } from './image-store.ts';

interface Block {
  readonly language: string;
  readonly text: string;
}

/** The fenced blocks of a document, but for the README's demo: test/cli/demo.test.ts compares that one. */
function blocksOf(document: string): readonly Block[] {
  const text = readFileSync(join(checkout, document), 'utf8').replace(/<!-- demo -->[^]*<!-- \/demo -->/, '');
  return [...text.matchAll(/^```(\w*)\n([^]*?)^```$/gm)].map(([, language = '', text = '']) => ({ language, text }));
}

const folder = mkdtempSync(join(tmpdir(), 's2i-incremental-documents-'));
const desk = join(folder, 'desk');
const store = new ImageStore();
let bed: ChartBed;
let registry: DockerRegistry;
let pods: PodSet | undefined;
let environment: NodeJS.ProcessEnv;
const servers: { close(): void }[] = [];

/** Scripts that go by the name of a tool; `real` is the tool itself. */
const standIns: Readonly<Record<string, string>> = {
  // kubectl, and what oc has beside it. Builds are started as OpenShift does it, and complete at once.
  oc: `case "$1" in
    new-project) exec kubectl create namespace "$2" ;;
    start-build)
      name=$2 namespace=$(kubectl config view --minify -o 'jsonpath={..namespace}')
      shift 2
      while [ $# -gt 0 ]; do
        case "$1" in
          --namespace) namespace=$2; shift ;;
          --follow) ;;
          *) echo "oc start-build: $1?" >&2; exit 1 ;;
        esac
        shift
      done
      exec curl -fsS "$START_BUILD?name=$name&namespace=$namespace" ;;
    s2i-incremental) shift; exec node "$CHECKOUT/src/main.ts" "$@" ;;
    apply) if [ "$KINDS_OF_1_11" = 1 ]; then exec cat >applied.yaml; fi; exec kubectl "$@" ;;
    *) exec kubectl "$@" ;;
  esac`,
  // No kubelet runs the pod of helm test; test/chart/check.test.ts runs what is in it.
  helm: `if [ "$1" = test ]; then real get hooks "$2" --namespace "$4" | grep -q '^kind: Pod$'; else real "$@"; fi`,
  // buildah, with a base that is there, a bundle that is built, and the registry of this test.
  podman: `case "$1" in
    build)
      shift
      args=()
      for arg in "$@"; do [ "$arg" = . ] || args+=("\${arg/#\\/etc\\/pki\\/ca-trust\\/source\\/anchors\\/company.pem/$COMPANY_CA}"); done
      exec buildah build --pull-never --layers=false --build-context "build=$BUNDLE" "\${args[@]}" \\
        --build-arg NODE=localhost/debian "$CHECKOUT" ;;
    push) exec buildah push "$2" "docker://$REGISTRY/\${2#registry.example.com/}" ;;
  esac`,
  skopeo: `real "$1" "$2" "docker://$REGISTRY/\${3#docker://registry.example.com/}"`,
  // The tests are what runs this test, and the packages are installed.
  npm: `case "$*" in ci | test) ;; *) real "$@" ;; esac`,
};

/** Runs a block as a shell script on the desk; what it printed. */
function runBlock(text: string, more: NodeJS.ProcessEnv = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { cwd: desk, env: { ...environment, ...more }, maxBuffer: 16 * 1024 * 1024 };
    execFile('bash', ['-euo', 'pipefail', '-c', text], options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${text}\n${stdout}${stderr}`));
    });
  });
}

/** A pattern for what a document shows of an output: times and digests are others each time, and long ones are cut. */
function patternOf(shown: string): RegExp {
  const escaped = shown.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(/\b\d{14}\b/g, '\\d{14}');
  return new RegExp(`^${escaped.replaceAll(/[0-9a-f]{8}…/g, '[0-9a-f]{64}')}$`);
}

/** `oc start-build`: the Build of a BuildConfig, complete. One of strategy Docker is not made: all about it is in its BuildConfig. */
async function startBuild(name: string, namespace: string): Promise<string> {
  const openShift = new OpenShift(bed.cluster.admin, namespace);
  const buildConfig = await openShift.get('BuildConfig', name);
  if (at(buildConfig, 'spec', 'strategy', 'type') === 'Docker') return `${name}: strategy Docker\n`;
  const number = Number(at(buildConfig, 'status', 'lastVersion') ?? 0) + 1;
  await openShift.startBuild(name, { number });
  await openShift.completeBuild(`${name}-${number}`);
  return `build.build.openshift.io/${name}-${number} started\n`;
}

before(async () => {
  bed = await createChartBed();
  const { api } = bed;
  await bed.create(imageStreams);
  // Short names, as OpenShift has them.
  for (const [plural, short] of [
    ['buildconfigs', 'bc'],
    ['builds', 'build'],
  ] as const) {
    const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${plural}.build.openshift.io`;
    const body = { spec: { names: { shortNames: [short] } } };
    const { status } = await api.request('PATCH', path, { body, contentType: 'application/merge-patch+json' });
    assert.equal(status, 200);
  }
  const { ca = '', ...certificate } = await createDevelopmentCertificate(['127.0.0.1', 'localhost'], Date.now());
  registry = await startDockerRegistry(ca, { certificate });
  await buildStandIn(store, 'debian');

  const builds = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '', 'http://localhost');
    startBuild(String(searchParams.get('name')), String(searchParams.get('namespace'))).then(
      (text) => response.end(text),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  }).listen(0, '127.0.0.1');
  servers.push(builds);
  await once(builds, 'listening');

  mkdirSync(desk);
  for (const file of [
    'charts',
    'deploy',
    'Dockerfile',
    '.dockerignore',
    'LICENSE',
    'src',
    'hack',
    'package.json',
    'package-lock.json',
    'tsconfig.json',
  ]) {
    symlinkSync(join(checkout, file), join(desk, file));
  }
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  const path = `${tools}:${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`;
  for (const [name, script] of Object.entries(standIns)) {
    const real = `real() { PATH=$REAL_PATH command ${name} "$@"; }`;
    writeFileSync(join(bin, name), `#!/bin/bash\n${real}\n${script}\n`, { mode: 0o755 });
  }
  // What docs/install.md lays on the desk from a release.
  environment = {
    ...store.environment,
    PATH: `${bin}:${path}`,
    REAL_PATH: path,
    HOME: folder,
    KUBECONFIG: kubeconfigIn('default'),
    GNUPGHOME: join(folder, 'gnupg'),
    SSL_CERT_FILE: join(folder, 'ca.crt'),
    COMPANY_CA: join(folder, 'ca.crt'),
    REGISTRY: registry.host,
    BUNDLE: join(folder, 'bundle'),
    CHECKOUT: checkout,
    START_BUILD: `http://127.0.0.1:${(builds.address() as AddressInfo).port}/`,
  };
  writeFileSync(join(folder, 'ca.crt'), ca);
  writeFileSync(join(desk, 'service-signer.crt'), ca);
  execFileSync(process.execPath, ['hack/build.ts'], { cwd: checkout, stdio: 'pipe' });
  cpSync(join(checkout, 'dist'), join(folder, 'bundle', 'build', 'dist'), {
    recursive: true,
    filter: (file) => !/plugins|release|image-context/.test(file),
  });
});
after(async () => {
  for (const server of servers) server.close();
  await pods?.stop();
  await registry.remove();
  await bed.stop();
  execFileSync('gpgconf', ['--homedir', join(folder, 'gnupg'), '--kill', 'gpg-agent']);
  rmSync(folder, { recursive: true, force: true });
});

/** The administrator's kubeconfig with a namespace to work in. */
function kubeconfigIn(namespace: string): string {
  const config = JSON.parse(readFileSync(join(bed.cluster.directory, 'users', 'admin.yaml'), 'utf8')) as JsonObject;
  const [context] = arrayAt(config, 'contexts') as readonly [{ name: string; context: JsonObject }];
  const file = join(folder, `kubeconfig-${namespace}`);
  const contexts = [{ ...context, context: { ...context.context, namespace } }];
  writeFileSync(file, JSON.stringify({ ...config, contexts }), { mode: 0o600 });
  return file;
}

/** OpenShift's ImageStream, with any fields. */
const imageStreams: Manifest = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: {
    name: 'imagestreams.image.openshift.io',
    annotations: { 'api-approved.kubernetes.io': 'unapproved, a stand-in for OpenShift in tests' },
  },
  spec: {
    group: 'image.openshift.io',
    scope: 'Namespaced',
    names: { kind: 'ImageStream', plural: 'imagestreams', singular: 'imagestream', listKind: 'ImageStreamList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
};

describe('README.md', () => {
  const blocks = blocksOf('README.md');

  it('has commands that work', async () => {
    const commands = blocks.filter(({ language }) => language === '');
    assert.ok(commands.length >= 3);
    for (const { text } of commands) await runBlock(text);
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
    writeFileSync(join(desk, 'openshift3.yaml'), values);
    for (const { language, text } of blocks) {
      if (language !== '') continue;
      if (text.startsWith('sha256sum')) await layOutImages();
      if (text.startsWith('helm verify')) await layOutChart();
      const is3 = text.includes('openshift3.yaml');
      await runBlock(text, { KINDS_OF_1_11: is3 ? '1' : '0' });
    }
    const { text } = await registry.request('/v2/_catalog', '', { method: 'GET' });
    assert.deepEqual(at(JSON.parse(text), 'repositories'), ['platform/s2i-incremental-webhook']);
    const applied = parseAllDocuments(readFileSync(join(desk, 'applied.yaml'), 'utf8'));
    const configuration = applied
      .map((one) => one.toJSON() as JsonObject)
      .find(({ kind }) => kind === 'MutatingWebhookConfiguration');
    assert.equal(configuration?.['apiVersion'], 'admissionregistration.k8s.io/v1beta1');
  });

  it('has YAML that is what it says', async () => {
    const yaml = blocks.filter(({ language }) => language === 'yaml').map(({ text }) => text);
    const [values, ignored, ...others] = yaml;
    writeFileSync(join(desk, 'values.yaml'), values ?? '');
    const { status, stderr } = await helm([
      'template',
      'x',
      chart,
      '--kube-version',
      '1.34.0',
      '--values',
      installMode('openshift').values,
      '--values',
      join(desk, 'values.yaml'),
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

  /** The archives of the images in a release, as hack/release.ts makes them, with their checksums. */
  async function layOutImages(): Promise<void> {
    const { version } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as { version: string };
    await store.buildah(
      'build',
      '--pull-never',
      '--layers=false',
      '--build-context',
      `build=${join(folder, 'bundle')}`,
      '--build-arg',
      'NODE=localhost/debian',
      '--tag',
      'released',
      checkout,
    );
    await store.buildah(
      'push',
      'released',
      `oci-archive:${join(desk, `s2i-incremental-webhook-${version}-linux-amd64.oci.tar`)}:${version}`,
    );
    await runBlock('sha256sum *.oci.tar >SHA256SUMS');
  }

  /** The chart's package, signed. */
  async function layOutChart(): Promise<void> {
    await runBlock(`mkdir -m 700 "$GNUPGHOME"
      gpg --batch --passphrase '' --quick-generate-key release@example.com rsa2048 sign never 2>/dev/null
      gpg --batch --export-secret-keys release@example.com >secret.gpg
      helm package charts/s2i-incremental-webhook --sign --key release@example.com --keyring secret.gpg
      gpg --batch --export release@example.com >s2i-incremental-webhook.gpg`);
  }
});

describe('docs/tutorial-python-harbor.md', () => {
  const blocks = blocksOf('docs/tutorial-python-harbor.md');

  before(async () => {
    // On this cluster nobody makes certificates but the webhook itself.
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
    const api = new ApiServer(join(bed.cluster.directory, 'users', 'admin.yaml'));
    let printed = '';
    let compared = 0;
    for (const [index, { language, text }] of blocks.entries()) {
      if (language === '') printed = await runBlock(text);
      // Only what stands right behind its command is its output; the others are of a build pod's log.
      const follows = language === 'text' && blocks[index - 1]?.language === '';
      if (follows) {
        const lines = text.trim().split('\n');
        assert.match(printed.trim().split('\n').slice(-lines.length).join('\n'), patternOf(lines.join('\n')));
        compared += 1;
      }
    }
    assert.equal(compared, 2);
    assert.deepEqual([...new Set(blocks.map(({ language }) => language))].sort(), ['', 'text']);
    const { body } = await api.request('GET', '/apis/build.openshift.io/v1/namespaces/shop/builds');
    assert.equal(arrayAt(body, 'items')?.length, 2);
  });
});
