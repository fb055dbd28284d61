import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, describe, it } from 'node:test';
import { createAuthority, createServingCertificate } from '../../../src/certificates/self-signed.ts';
import type { ImageAnswer } from '../../../src/registry/image-answer.ts';
import { MountedFiles } from '../../../src/registry/mounted-files.ts';
import { createRegistryClient } from '../../../src/registry/registry-client.ts';
import { startOddRegistry } from '../../helpers/registry-server.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const other = `sha256:${'b'.repeat(64)}`;
const byDigest = `/v2/team/app/manifests/${digest}`;
const basic = `Basic ${Buffer.from('robot:secret').toString('base64')}`;
const validity = { notBefore: Date.now() - 60_000, notAfter: Date.now() + 3_600_000 };

function fileWith(t: TestContext, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'registry-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'file'), text);
  return join(folder, 'file');
}

/** The content of a Secret of the type dockerconfigjson. */
const credentialsFor = (host: string) =>
  JSON.stringify({ auths: { [host]: { username: 'robot', password: 'secret' } } });

interface Lookup {
  readonly image: string;
  readonly plainHttp?: readonly string[];
  readonly credentialsFile?: string;
  readonly caFile?: string;
}

/** Returns a configured client whose answers can be compared; for an error code and message. */
function clientOf({ image, plainHttp = [], credentialsFile = '', caFile = '' }: Lookup) {
  const client = createRegistryClient({ plainHttp }, new MountedFiles({ credentialsFile, caFile }));
  return async (signal = AbortSignal.timeout(5_000)) => told(await client(image, signal));
}

const ask = (lookup: Lookup) => clientOf(lookup)();

function told(answer: ImageAnswer): unknown {
  return answer.kind === 'unknown' ? [answer.error.code, answer.error.message] : answer;
}

/** Asks a server without TLS with this answer. */
async function askPlain(t: TestContext, answer: RequestListener, reference = `@${digest}`) {
  const { host, requests } = await startOddRegistry(t, answer);
  const answered = await ask({ image: `${host}/team/app${reference}`, plainHttp: [host] });
  return { answered, host, lines: requests.map(({ line }) => line) };
}

const status =
  (code: number, headers: Readonly<Record<string, string>> = {}): RequestListener =>
  (_request, response) =>
    response.writeHead(code, headers).end();

describe('createRegistryClient, image by digest', () => {
  it('is present, whatever digest is answered', async (t) => {
    const { answered, lines } = await askPlain(t, status(200, { 'docker-content-digest': other }));
    assert.deepEqual(answered, { kind: 'present', digest });
    assert.deepEqual(lines, [`HEAD ${byDigest}`]);
  });

  it('is requested with all types of images and lists', async (t) => {
    const accepted: unknown[] = [];
    await askPlain(t, (request, response) => {
      accepted.push(request.headers.accept);
      response.end();
    });
    assert.deepEqual(accepted, [
      'application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, ' +
        'application/vnd.docker.distribution.manifest.list.v2+json, ' +
        'application/vnd.docker.distribution.manifest.v2+json, ' +
        'application/vnd.docker.distribution.manifest.v1+prettyjws',
    ]);
  });

  it('is missing with a 404', async (t) => {
    assert.deepEqual((await askPlain(t, status(404))).answered, { kind: 'missing' });
  });

  for (const [code, error] of [
    [401, 'unauthorized'],
    [403, 'unauthorized'],
    [429, 'unavailable'],
    [500, 'unavailable'],
    [503, 'unavailable'],
    [204, 'unexpected_answer'],
    [304, 'unexpected_answer'],
    [400, 'unexpected_answer'],
  ] as const) {
    it(`is unknown with a ${code}`, async (t) => {
      const { answered, host } = await askPlain(t, status(code));
      assert.deepEqual(answered, [error, `${host} answered ${code}`]);
    });
  }

  it('is unknown if nothing answers, or no HTTP', async (t) => {
    for (const answer of [
      (request) => request.socket.destroy(),
      (request) => request.socket.end('SSH-2.0-OpenSSH\r\n'),
    ] satisfies RequestListener[]) {
      const { answered, host } = await askPlain(t, answer);
      assert.deepEqual(answered, ['unreachable', `${host} cannot be reached`]);
    }
  });

  it('is unknown if the answer is late', async (t) => {
    const { host } = await startOddRegistry(t, () => undefined);
    const asked = clientOf({ image: `${host}/team/app@${digest}`, plainHttp: [host] });
    assert.deepEqual(await asked(AbortSignal.timeout(50)), ['timeout', `${host} did not answer in time`]);
  });
});

describe('createRegistryClient, image by tag', () => {
  it("has the digest of the registry's answer", async (t) => {
    const { answered, lines } = await askPlain(t, status(200, { 'docker-content-digest': other }), ':1.0');
    assert.deepEqual(answered, { kind: 'present', digest: other });
    assert.deepEqual(lines, ['HEAD /v2/team/app/manifests/1.0']);
  });

  it('is requested as latest without a tag', async (t) => {
    const { answered, lines } = await askPlain(t, status(404), '');
    assert.deepEqual([answered, lines], [{ kind: 'missing' }, ['HEAD /v2/team/app/manifests/latest']]);
  });

  for (const headers of [{}, { 'docker-content-digest': 'sha256:short' }]) {
    it(`is unknown with ${JSON.stringify(headers)}`, async (t) => {
      const { answered, host } = await askPlain(t, status(200, headers), ':1.0');
      assert.deepEqual(answered, ['unexpected_answer', `${host} does not tell the digest of a tag`]);
    });
  }
});

it('is unknown for an invalid reference', async () => {
  assert.deepEqual(await ask({ image: 'Not A Reference' }), ['invalid_reference', 'the image is no reference']);
});

describe('createRegistryClient, credentials', () => {
  const withPassword: RequestListener = ({ headers }, response) =>
    headers.authorization === basic
      ? response.end()
      : response.writeHead(401, { 'www-authenticate': 'Basic realm="r"' }).end();

  /** Asks a registry with passwords, using this file. */
  async function askWith(t: TestContext, fileFor: (host: string) => string, answer = withPassword) {
    const { host, requests } = await startOddRegistry(t, answer);
    const credentialsFile = fileWith(t, fileFor(host));
    const asked = clientOf({ image: `${host}/team/app@${digest}`, plainHttp: [host], credentialsFile });
    return { answered: await asked(), asked, credentialsFile, host, requests };
  }

  it('are sent after a challenge', async (t) => {
    const { answered, requests } = await askWith(t, credentialsFor);
    assert.deepEqual(answered, { kind: 'present', digest });
    assert.deepEqual(requests, [
      { line: `HEAD ${byDigest}`, authorization: undefined },
      { line: `HEAD ${byDigest}`, authorization: basic },
    ]);
  });

  it('are sent to a registry that hides its images', async (t) => {
    const hide: RequestListener = ({ url, headers }, response) => {
      if (headers.authorization === basic) response.end();
      else if (url === '/v2/') response.writeHead(401, { 'www-authenticate': 'Basic realm="r"' }).end();
      else response.writeHead(404).end();
    };
    const { answered, requests } = await askWith(t, credentialsFor, hide);
    assert.deepEqual(answered, { kind: 'present', digest });
    assert.deepEqual(requests, [
      { line: `HEAD ${byDigest}`, authorization: undefined },
      { line: 'GET /v2/', authorization: undefined },
      { line: `HEAD ${byDigest}`, authorization: basic },
    ]);
  });

  it('are not sent to an open registry', async (t) => {
    const open: RequestListener = ({ url }, response) => response.writeHead(url === '/v2/' ? 200 : 404).end();
    const { answered, requests } = await askWith(t, credentialsFor, open);
    assert.deepEqual(answered, { kind: 'missing' });
    assert.deepEqual(requests, [
      { line: `HEAD ${byDigest}`, authorization: undefined },
      { line: 'GET /v2/', authorization: undefined },
    ]);
  });

  it('of another host are not sent', async (t) => {
    const { answered, host, requests } = await askWith(t, () => credentialsFor('other.example.com'));
    assert.deepEqual(answered, ['unauthorized', `${host} answered 401`]);
    assert.deepEqual(requests, [{ line: `HEAD ${byDigest}`, authorization: undefined }]);
  });

  it('that are wrong are sent once', async (t) => {
    const refuse = status(401, { 'www-authenticate': 'Basic realm="r"' });
    const { answered, host, requests } = await askWith(t, credentialsFor, refuse);
    assert.deepEqual(answered, ['unauthorized', `${host} answered 401`]);
    assert.equal(requests.length, 2);
  });

  it('are read again for the next lookup', async (t) => {
    const { answered, asked, credentialsFile, host } = await askWith(t, () => '{"auths":{}}');
    assert.deepEqual(answered, ['unauthorized', `${host} answered 401`]);
    writeFileSync(credentialsFile, JSON.stringify({ auths: { [host]: { auth: basic.slice('Basic '.length) } } }));
    assert.deepEqual(await asked(), { kind: 'present', digest });
    rmSync(credentialsFile);
    assert.deepEqual(await asked(), ['file_unreadable', `registry.credentialsFile: ${credentialsFile} cannot be read`]);
    writeFileSync(credentialsFile, 'auths: none');
    assert.deepEqual(await asked(), ['file_unreadable', `registry.credentialsFile: ${credentialsFile} is no JSON`]);
  });

  it('that are no valid header are an error, not an exception', async (t) => {
    const { answered, host } = await askWith(t, (own) => JSON.stringify({ auths: { [own]: { auth: 'a\nb' } } }));
    assert.deepEqual(answered, ['unreachable', `${host} cannot be reached`]);
  });
});

describe('createRegistryClient, tokens', () => {
  /** Starts a registry that needs a token, and a server for tokens. */
  async function startWithTokens(t: TestContext, giveToken: RequestListener) {
    const tokens = await startOddRegistry(t, giveToken);
    const challenge = `Bearer realm="http://${tokens.host}/token",service="the registry"`;
    const registry = await startOddRegistry(t, ({ headers }, response) =>
      headers.authorization === 'Bearer t0ken'
        ? response.end()
        : response.writeHead(401, { 'www-authenticate': challenge }).end(),
    );
    const credentialsFile = fileWith(t, credentialsFor(registry.host));
    const answer = (plainHttp = [registry.host, tokens.host]) =>
      ask({ image: `${registry.host}/team/app@${digest}`, plainHttp, credentialsFile });
    return { tokens, registry, answer };
  }

  for (const key of ['token', 'access_token']) {
    it(`are sent as ${key}`, async (t) => {
      const { tokens, registry, answer } = await startWithTokens(t, (_request, response) =>
        response.end(JSON.stringify({ [key]: 't0ken' })),
      );
      assert.deepEqual(await answer(), { kind: 'present', digest });
      assert.deepEqual(tokens.requests, [
        { line: 'GET /token?service=the+registry&scope=repository%3Ateam%2Fapp%3Apull', authorization: basic },
      ]);
      assert.deepEqual(registry.requests, [
        { line: `HEAD ${byDigest}`, authorization: undefined },
        { line: `HEAD ${byDigest}`, authorization: 'Bearer t0ken' },
      ]);
    });
  }

  for (const [name, giveToken, error, said] of [
    ['no JSON', (_request, response) => response.end('<html>'), 'unexpected_answer', 'answers without a token'],
    ['a number', (_request, response) => response.end('{"token":7}'), 'unexpected_answer', 'answers without a token'],
    ['a refusal', status(401), 'unauthorized', 'answered 401'],
    ['an outage', status(502), 'unavailable', 'answered 502'],
  ] satisfies readonly (readonly [string, RequestListener, string, string])[]) {
    it(`are unknown with ${name} instead`, async (t) => {
      const { tokens, answer } = await startWithTokens(t, giveToken);
      assert.deepEqual(await answer(), [error, `${tokens.host} ${said}`]);
    });
  }

  it('are unknown if the answer is too large', async (t) => {
    const { answer } = await startWithTokens(t, (_request, response) => response.end(' '.repeat(65_537)));
    assert.deepEqual(await answer(), ['unexpected_answer', 'an answer is larger than 65536 bytes']);
  });

  it('are unknown if they are no valid header', async (t) => {
    const { registry, answer } = await startWithTokens(t, (_request, response) => response.end('{"token":"a\\nb"}'));
    assert.deepEqual(await answer(), ['unreachable', `${registry.host} cannot be reached`]);
  });

  it('are not requested with a password over plain HTTP', async (t) => {
    const { tokens, registry, answer } = await startWithTokens(t, status(200));
    assert.deepEqual(await answer([registry.host]), [
      'unexpected_answer',
      `${tokens.host} is to be asked without TLS, and not in registry.plainHttp`,
    ]);
    assert.deepEqual(tokens.requests, []);
  });
});

describe('createRegistryClient, redirects', () => {
  it('keep credentials within a host, and drop them for another', async (t) => {
    const mirror = await startOddRegistry(t, status(200));
    const { host, requests } = await startOddRegistry(t, ({ url, headers }, response) => {
      const location = url === byDigest ? '/moved' : `http://${mirror.host}/there`;
      if (headers.authorization === undefined) response.writeHead(401, { 'www-authenticate': 'Basic' }).end();
      else response.writeHead(307, { location }).end();
    });
    const credentialsFile = fileWith(t, credentialsFor(host));
    const image = `${host}/team/app@${digest}`;
    assert.deepEqual(await ask({ image, plainHttp: [host, mirror.host], credentialsFile }), {
      kind: 'present',
      digest,
    });
    assert.deepEqual(requests, [
      { line: `HEAD ${byDigest}`, authorization: undefined },
      { line: `HEAD ${byDigest}`, authorization: basic },
      { line: 'HEAD /moved', authorization: basic },
    ]);
    assert.deepEqual(mirror.requests, [{ line: 'HEAD /there', authorization: undefined }]);
  });

  it('do not answer the challenge of another host', async (t) => {
    const thief = await startOddRegistry(t, status(401, { 'www-authenticate': 'Basic realm="r"' }));
    const { host, requests } = await startOddRegistry(t, status(302, { location: `http://${thief.host}/` }));
    const credentialsFile = fileWith(t, credentialsFor(host));
    const answered = await ask({
      image: `${host}/team/app@${digest}`,
      plainHttp: [host, thief.host],
      credentialsFile,
    });
    assert.deepEqual(answered, ['unauthorized', `${thief.host} answered 401`]);
    assert.deepEqual([requests.length, thief.requests], [1, [{ line: 'HEAD /', authorization: undefined }]]);
  });

  it('are not followed to plain HTTP', async (t) => {
    const plain = await startOddRegistry(t, status(200));
    const { answered } = await askPlain(t, status(301, { location: `http://${plain.host}/` }));
    assert.deepEqual(answered, [
      'unexpected_answer',
      `${plain.host} is to be asked without TLS, and not in registry.plainHttp`,
    ]);
    assert.deepEqual(plain.requests, []);
  });

  it('are followed at most three times', async (t) => {
    const { answered, host, lines } = await askPlain(t, status(302, { location: '/again' }));
    assert.deepEqual(answered, ['unexpected_answer', `${host} redirects more than 3 times`]);
    assert.deepEqual(lines, [`HEAD ${byDigest}`, 'HEAD /again', 'HEAD /again', 'HEAD /again']);
  });

  it('are an error for an invalid URL', async (t) => {
    const { answered, host } = await askPlain(t, status(302, { location: 'http://:x' }));
    assert.deepEqual(answered, ['unexpected_answer', `${host} redirects to what is no URL`]);
  });
});

describe('createRegistryClient, TLS', () => {
  it('needs a trusted certificate, and follows a changed CA', async (t) => {
    const [authority, stranger] = await Promise.all(
      ['registries', 'others'].map((name) => createAuthority(name, validity)),
    );
    assert(authority !== undefined && stranger !== undefined);
    const certificate = await createServingCertificate(authority, ['127.0.0.1'], validity);
    const { host } = await startOddRegistry(t, status(200), certificate);
    const image = `${host}/team/app@${digest}`;
    const untrusted = ['unreachable', `${host} cannot be reached`];
    assert.deepEqual(await ask({ image }), untrusted);
    const caFile = fileWith(t, stranger.cert);
    const asked = clientOf({ image, caFile });
    assert.deepEqual(await asked(), untrusted);
    writeFileSync(caFile, `${stranger.cert}\n${authority.cert}`);
    assert.deepEqual(await asked(), { kind: 'present', digest });
  });

  it('is used unless the host is in plainHttp', async (t) => {
    const { host, requests } = await startOddRegistry(t, status(200));
    assert.deepEqual(await ask({ image: `${host}/team/app@${digest}` }), ['unreachable', `${host} cannot be reached`]);
    assert.deepEqual(requests, []);
  });

  it('rejects a file without certificate', async (t) => {
    for (const text of ['', 'none', '-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----\n']) {
      const caFile = fileWith(t, text);
      await assert.rejects(new MountedFiles({ credentialsFile: '', caFile }).readAll(), {
        code: 'file_unreadable',
        message: `registry.caFile: ${caFile} holds no certificate`,
      });
    }
  });
});
