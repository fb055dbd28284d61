/** The registry client with Debian's docker-registry. */
import assert from 'node:assert/strict';
import { X509Certificate, createPrivateKey, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, after, before, describe, it } from 'node:test';
import { applyPatch } from '../../src/admission/patch.ts';
import { type KeyPair, createAuthority, createServingCertificate } from '../../src/certificates/self-signed.ts';
import { openRegistry } from '../../src/cli/open-registry.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { type JsonObject, stringAt } from '../../src/openshift/json.ts';
import { MountedFiles } from '../../src/registry/mounted-files.ts';
import { createRegistryClient } from '../../src/registry/registry-client.ts';
import { exampleBuild, merge, reviewOf } from '../helpers/fixtures.ts';
import { startOddRegistry } from '../helpers/registry-server.ts';
import { patchIn, startTestWebhook, testNow } from '../helpers/webhook.ts';
import { type DockerRegistry, startDockerRegistry } from './docker-registry.ts';
import { imageTypes, pushImage, pushList } from './push-image.ts';

const gone = `sha256:${'0'.repeat(64)}`;
const validity = { notBefore: Date.now() - 60_000, notAfter: Date.now() + 3_600_000 };
const repository = 'team/app';

const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

function fileWith(t: TestContext, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 's2i-incremental-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'file'), text);
  return join(folder, 'file');
}

interface Access {
  readonly plainHttp?: readonly string[];
  readonly credentialsFile?: string;
  readonly caFile?: string;
}

/** Returns the client's answer; for an error its code. */
async function ask(image: string, { plainHttp = [], credentialsFile = '', caFile = '' }: Access) {
  const client = createRegistryClient({ plainHttp }, new MountedFiles({ credentialsFile, caFile }));
  const answer = await client(image, AbortSignal.timeout(5_000));
  return answer.kind === 'unknown' ? answer.error.code : answer;
}

describe('registry client with docker-registry, without TLS', () => {
  let registry: DockerRegistry;
  before(async () => {
    registry = await startDockerRegistry('');
  });
  after(() => registry.remove());

  const askFor = (reference: string) => ask(`${registry.host}/${reference}`, { plainHttp: [registry.host] });

  for (const kind of ['docker', 'oci'] as const) {
    for (const [what, push] of [
      [imageTypes[kind].manifest, () => pushImage(registry, repository, kind, { kind })],
      [imageTypes[kind].list, () => pushList(registry, repository, `${kind}-list`, kind)],
    ] as const) {
      it(`finds an image of the type ${what} and its digest`, async () => {
        const digest = await push();
        const tag = what === imageTypes[kind].list ? `${kind}-list` : kind;
        const present = { kind: 'present', digest };
        assert.deepEqual(await askFor(`${repository}@${digest}`), present);
        assert.deepEqual(await askFor(`${repository}:${tag}`), present);
      });
    }
  }

  it('reports an image that was never pushed as missing', async () => {
    await pushImage(registry, repository, 'other');
    for (const reference of [`${repository}@${gone}`, `nobody/knows@${gone}`, `${repository}:gone`]) {
      assert.deepEqual(await askFor(reference), { kind: 'missing' }, reference);
    }
  });

  it('returns the new digest of a moved tag', async () => {
    const first = await pushImage(registry, repository, 'moving', { text: 'first' });
    assert.deepEqual(await askFor(`${repository}:moving`), { kind: 'present', digest: first });
    const second = await pushImage(registry, repository, 'moving', { text: 'second' });
    assert.notEqual(first, second);
    assert.deepEqual(await askFor(`${repository}:moving`), { kind: 'present', digest: second });
    assert.deepEqual(await askFor(`${repository}@${first}`), { kind: 'present', digest: first });
  });

  it('has no answer while the registry is stopped', async () => {
    const digest = await pushImage(registry, repository, 'kept', { text: 'kept' });
    await registry.stop();
    assert.equal(await askFor(`${repository}@${digest}`), 'unreachable');
    await registry.start();
    assert.deepEqual(await askFor(`${repository}@${digest}`), { kind: 'present', digest });
  });
});

describe('registry client with docker-registry, TLS and passwords', () => {
  let registry: DockerRegistry;
  let authority: KeyPair;
  let digest: string;
  before(async () => {
    authority = await createAuthority('registries', validity);
    registry = await startDockerRegistry(authority.cert, {
      certificate: await createServingCertificate(authority, ['localhost', '127.0.0.1'], validity),
      // Written by `htpasswd -B`; the password is s3cret.
      auth: (write) => ({
        htpasswd: {
          realm: 'registry',
          path: write('robot:$2y$05$abcdefghijklmnopqrstuuLK7U1u6pVRmL7L1BBM2aS35PSZnDXlK\n'),
        },
      }),
    });
    digest = await pushImage(registry, repository, '1', { headers: { Authorization: basic('robot', 's3cret') } });
  });
  after(() => registry.remove());

  const accessWith = (t: TestContext, ca: string | undefined, password: string | undefined): Access => ({
    ...(ca !== undefined && { caFile: fileWith(t, ca) }),
    ...(password !== undefined && {
      credentialsFile: fileWith(t, JSON.stringify({ auths: { [registry.host]: { username: 'robot', password } } })),
    }),
  });

  it('gets an answer with CA and password', async (t) => {
    const access = accessWith(t, authority.cert, 's3cret');
    assert.deepEqual(await ask(`${registry.host}/${repository}@${digest}`, access), { kind: 'present', digest });
    assert.deepEqual(await ask(`${registry.host}/${repository}:1`, access), { kind: 'present', digest });
    assert.deepEqual(await ask(`${registry.host}/${repository}@${gone}`, access), { kind: 'missing' });
  });

  it('gets no answer with a wrong password, without one, or without the CA', async (t) => {
    const image = `${registry.host}/${repository}@${digest}`;
    assert.equal(await ask(image, accessWith(t, authority.cert, 'wrong')), 'unauthorized');
    assert.equal(await ask(image, accessWith(t, authority.cert, undefined)), 'unauthorized');
    assert.equal(await ask(image, accessWith(t, undefined, 's3cret')), 'unreachable');
    const { cert } = await createAuthority('others', validity);
    assert.equal(await ask(image, accessWith(t, cert, 's3cret')), 'unreachable');
  });
});

describe('registry client with docker-registry, tokens', () => {
  it('gets an answer with a token of the named server', async (t) => {
    const authority = await createAuthority('tokens', validity);
    const signer = await createServingCertificate(authority, ['tokens'], validity);
    const tokens = await startOddRegistry(t, ({ url = '', headers }, response) => {
      const { searchParams } = new URL(url, 'http://tokens');
      const isKnown = headers.authorization === basic('robot', 's3cret');
      const token = tokenFor(signer, searchParams.get('service') ?? '', searchParams.get('scope') ?? '');
      response.writeHead(isKnown ? 200 : 401).end(JSON.stringify({ token }));
    });
    const registry = await startDockerRegistry('', {
      auth: (write) => ({
        token: {
          realm: `http://${tokens.host}/token`,
          service: 'the registry',
          issuer: 'the test',
          rootcertbundle: write(authority.cert),
        },
      }),
    });
    t.after(() => registry.remove());
    const push = `Bearer ${tokenFor(signer, 'the registry', `repository:${repository}:pull,push`)}`;
    const digest = await pushImage(registry, repository, '1', { headers: { Authorization: push } });
    const askWith = (password: string) =>
      ask(`${registry.host}/${repository}:1`, {
        plainHttp: [registry.host, tokens.host],
        credentialsFile: fileWith(
          t,
          JSON.stringify({ auths: { [registry.host]: { auth: basic('robot', password).slice('Basic '.length) } } }),
        ),
      });
    assert.deepEqual(await askWith('s3cret'), { kind: 'present', digest });
    assert.equal(await askWith('wrong'), 'unauthorized');
  });
});

/** Returns a token that distribution's registry accepts: a JWT with the signer's certificate. */
function tokenFor({ cert, key }: KeyPair, audience: string, scope: string): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const [type, name, actions = ''] = scope.split(':');
  const now = Math.floor(Date.now() / 1000);
  const header = { typ: 'JWT', alg: 'ES256', x5c: [new X509Certificate(cert).raw.toString('base64')] };
  const claims = {
    iss: 'the test',
    sub: 'robot',
    aud: audience,
    nbf: now - 60,
    iat: now,
    exp: now + 300,
    jti: '1',
    access: [{ type, name, actions: actions.split(',') }],
  };
  const signed = `${encode(header)}.${encode(claims)}`;
  const signature = sign('sha256', Buffer.from(signed), { key: createPrivateKey(key), dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}

describe('chain whose previous image is deleted', () => {
  it('restarts with a full build, and continues from it', async (t) => {
    const registry = await startDockerRegistry('');
    t.after(() => registry.remove());
    const config = `registry: {check: true, resolveBase: true, plainHttp: ["${registry.host}"]}`;
    let now = testNow;
    const results: string[] = [];
    const objects: JsonObject[] = [];
    const webhook = await startTestWebhook(t, {
      config,
      objects: () => objects,
      clock: () => now,
      moreFactSources: await openRegistry(
        parseConfig(config, {}),
        (result) => results.push(result),
        () => now,
      ),
    });

    /** Admits a Build and pushes its image; resolves with the webhook's record and the image's digest. */
    const build = async (number: number) => {
      const created = exampleBuild({
        metadata: {
          name: `api-${number}`,
          annotations: { 'openshift.io/build.number': String(number) },
          labels: { 's2i-incremental.io/assemble-wrapper': 'false' },
        },
        spec: {
          strategy: { sourceStrategy: { from: { kind: 'DockerImage', name: `${registry.host}/base/python:3` } } },
          output: { to: { kind: 'DockerImage', name: `${registry.host}/${repository}:latest` } },
        },
      });
      const { text } = await webhook.post(reviewOf(created));
      const admitted = applyPatch(created, patchIn(text));
      const tag = stringAt(admitted, 'spec', 'output', 'to', 'name')?.split(':').at(-1) ?? '';
      const imageDigest = await pushImage(registry, repository, tag, { text: `build ${number}` });
      objects.push(merge(admitted, { status: { phase: 'Complete', output: { to: { imageDigest } } } }) as JsonObject);
      // Later than any cached answer.
      now += 61_000;
      const recorded = (key: string) => stringAt(admitted, 'metadata', 'annotations', `s2i-incremental.io/${key}`);
      const from = stringAt(admitted, 'spec', 'strategy', 'sourceStrategy', 'from', 'name');
      return { imageDigest, told: { reason: recorded('reason'), base: recorded('origin-from'), from } };
    };
    const base = `${registry.host}/base/python:3`;
    const image = (digest: string) => `${registry.host}/${repository}@${digest}`;
    const key = (digest: string) => `DockerImage/${base}@${digest}`;

    const python = await pushImage(registry, 'base/python', '3', { text: 'python' });
    const first = await build(1);
    assert.deepEqual(first.told, { reason: 'first_build', base: key(python), from: base });
    const second = await build(2);
    assert.deepEqual(second.told, { reason: 'continued', base: key(python), from: image(first.imageDigest) });

    const deleted = await registry.request(`/v2/${repository}/manifests/${second.imageDigest}`, '', {
      method: 'DELETE',
    });
    assert.equal(deleted.status, 202);
    const third = await build(3);
    assert.deepEqual(third.told, { reason: 'previous_image_missing', base: key(python), from: base });
    const fourth = await build(4);
    assert.deepEqual(fourth.told, { reason: 'continued', base: key(python), from: image(third.imageDigest) });

    const newer = await pushImage(registry, 'base/python', '3', { text: 'newer python' });
    const fifth = await build(5);
    assert.deepEqual(fifth.told, { reason: 'base_image_changed', base: key(newer), from: base });
    // For each Build its base image, and after the first its previous image.
    const present = 'present';
    assert.deepEqual(results, [present, present, present, 'missing', present, present, present, present, present]);

    await registry.stop();
    const { text } = await webhook.post(reviewOf(exampleBuild({ metadata: { name: 'api-6' } })));
    assert.notDeepEqual(patchIn(text), []);
    assert.deepEqual(results.slice(9), ['unreachable']);
  });
});
