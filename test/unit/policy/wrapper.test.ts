import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JsonObject } from '../../../src/openshift/json.ts';
import { type WrapperPlan, planWrapper } from '../../../src/policy/wrapper.ts';
import { exampleBuild } from '../../helpers/fixtures.ts';

const url = 'http://s2i.example.com/s2i';
const secure = 'https://s2i.example.com/s2i';

const unasked = { isProxied: false, version: '0123456789ab', failedAt: () => undefined, now: 0 };

/** Returns variables from text: NAME=value, NAME without a value, NAME<secret with a source. */
function envFrom(text: string): readonly JsonObject[] {
  return text.split(' ').map((word) => {
    const [, name = '', sign, value] = /^([^=<]*)([=<]?)(.*)$/.exec(word) ?? [];
    return {
      name,
      ...(sign === '=' && { value }),
      ...(sign === '<' && { valueFrom: { secretKeyRef: { name: value } } }),
    };
  });
}

describe('planWrapper', () => {
  const rows: readonly [
    wanted: boolean,
    baseUrl: string,
    scripts: string | null,
    env: string,
    expected: WrapperPlan['kind'],
  ][] = [
    [false, '', null, '', 'not_wanted'],
    [false, url, 'http://own.example.com', 'HTTP_PROXY=p', 'not_wanted'],
    [true, '', null, '', 'unavailable'],
    [true, '', '', '', 'unavailable'],
    [true, '', 'http://own.example.com', 'HTTP_PROXY=p', 'unavailable'],
    [true, url, 'http://own.example.com', '', 'unavailable'],
    [true, url, 'http://own.example.com', 'HTTP_PROXY=p', 'unavailable'],
    [true, url, '', 'HTTP_PROXY=p', 'unavailable'],
    [true, url, null, 'http_proxy=p', 'unavailable'],
    [true, url, null, 'HTTP_PROXY= http_proxy=p', 'unavailable'],
    [true, url, null, 'HTTP_PROXY<secret', 'unavailable'],
    [true, url, null, 'http_proxy=p HTTP_PROXY=', 'delivered'],
    [true, url, null, 'HTTP_PROXY=', 'delivered'],
    [true, url, null, 'HTTP_PROXY', 'delivered'],
    [true, url, null, 'FOO=bar HTTPS_PROXY=p', 'delivered'],
    [true, url, null, 'https_proxy=p', 'delivered'],
    [true, url, null, 'Http_Proxy=p', 'delivered'],
    [true, url, null, 'NO_PROXY=p FTP_PROXY=p MY_HTTP_PROXY=p HTTP_PROXY_HOST=p HTTPSS_PROXY=p', 'delivered'],
    [true, secure, null, 'HTTPS_PROXY=p', 'unavailable'],
    [true, secure, null, 'https_proxy=p', 'unavailable'],
    [true, secure, null, 'HTTPS_PROXY= HTTP_PROXY=p', 'unavailable'],
    [true, secure, null, 'HTTPS_PROXY= HTTP_PROXY=', 'delivered'],
    [true, url, '', '', 'delivered'],
    [true, url, null, '', 'delivered'],
  ];
  for (const [wanted, baseUrl, scripts, text, expected] of rows) {
    it(`wanted ${String(wanted)}, baseUrl ${baseUrl}, scripts ${String(scripts)}, env ${text}: ${expected}`, () => {
      const build = exampleBuild({ spec: { strategy: { sourceStrategy: { scripts } } } });
      const config = { wrapper: true, baseUrl, image: '', imagePullSecret: '', profiles: [] };
      for (const profile of [undefined, 'python']) {
        const request = { ...unasked, build, wanted, profile, env: envFrom(text), config };
        assert.deepEqual(planWrapper(request), {
          kind: expected,
          ...(expected === 'delivered' && {
            scripts: `${baseUrl}/0123456789ab/${profile ?? 'default'}`,
            imageSource: undefined,
          }),
        });
      }
    });
  }
});

describe('planWrapper by URL', () => {
  const day = 24 * 3_600_000;
  const config = { wrapper: true, baseUrl: url, image: '', imagePullSecret: '', profiles: [] };
  const request = {
    ...unasked,
    build: exampleBuild(),
    wanted: true,
    profile: undefined,
    env: [],
    config,
    now: 2 * day,
  };
  const scripts = `${url}/0123456789ab/default`;

  it('is unavailable if BuildDefaults give each build pod a proxy', () => {
    assert.deepEqual(planWrapper({ ...request, isProxied: true }), { kind: 'unavailable' });
  });

  const rows: readonly [title: string, failedAt: number | undefined, kind: WrapperPlan['kind']][] = [
    ['that never failed', undefined, 'delivered'],
    ['that failed just now', 2 * day, 'unreachable'],
    ['that failed a day ago, less a millisecond', day + 1, 'unreachable'],
    ['that failed a day ago', day, 'delivered'],
  ];
  for (const [title, at, kind] of rows) {
    it(`is ${kind} for an address ${title}`, () => {
      const asked: string[] = [];
      const failedAt = (address: string) => {
        asked.push(address);
        return at;
      };
      assert.equal(planWrapper({ ...request, failedAt }).kind, kind);
      assert.deepEqual(asked, [scripts]);
    });
  }
});

describe('planWrapper by image', () => {
  const image = 'harbor.example.com/team/s2i-scripts@sha256:0';
  const config = { wrapper: true, baseUrl: '', image, imagePullSecret: '', profiles: [] };
  const request = {
    ...unasked,
    isProxied: true,
    wanted: true,
    profile: undefined,
    env: envFrom('HTTP_PROXY=p'),
    config,
  };
  const entry = (profile: string) => ({
    from: { kind: 'DockerImage', name: image },
    paths: [{ sourcePath: `/s2i/${profile}/.`, destinationDir: '.s2i-incremental-scripts' }],
  });
  const scripts = 'file:///tmp/build/inputs/.s2i-incremental-scripts';

  it('ignores proxies and failures, because it needs no connection', () => {
    assert.deepEqual(planWrapper({ ...request, build: exampleBuild(), failedAt: () => 0 }), {
      kind: 'delivered',
      scripts,
      imageSource: entry('default'),
    });
  });

  it('uses the scripts of the profile, and the configured Secret', () => {
    const secret = { ...config, imagePullSecret: 'harbor' };
    assert.deepEqual(planWrapper({ ...request, build: exampleBuild(), profile: 'python', config: secret }), {
      kind: 'delivered',
      scripts,
      imageSource: { ...entry('python'), pullSecret: { name: 'harbor' } },
    });
  });

  it('is unavailable if a Secret is put into the folder of the source', () => {
    const planFor = (destinationDir: string) =>
      planWrapper({
        ...request,
        build: exampleBuild({ spec: { source: { secrets: [{ secret: { name: 'a' }, destinationDir }] } } }),
      }).kind;
    for (const folder of ['/tmp/src', '/tmp/src/', '/tmp/src/conf', '//tmp/src/conf']) {
      assert.equal(planFor(folder), 'unavailable', folder);
    }
    for (const folder of ['', '.', 'tmp/src', '/tmp/srcs', '/opt/tmp/src']) {
      assert.equal(planFor(folder), 'delivered', folder);
    }
  });

  it('is unavailable if the source is absent or has that folder', () => {
    const own = { from: { kind: 'DockerImage', name: 'x' }, paths: [{ destinationDir: '.s2i-incremental-scripts' }] };
    for (const source of [null, { images: [own] }]) {
      assert.deepEqual(planWrapper({ ...request, build: exampleBuild({ spec: { source } }) }), { kind: 'unavailable' });
    }
  });
});
