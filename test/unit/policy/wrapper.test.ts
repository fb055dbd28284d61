import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type WrapperPlan, planWrapper } from '../../../src/policy/wrapper.ts';
import { exampleBuild } from '../../helpers/fixtures.ts';

const url = 'http://s2i.example.com/s2i';

describe('planWrapper', () => {
  const rows: readonly [
    wanted: boolean,
    baseUrl: string,
    scripts: string | null,
    envNames: readonly string[],
    expected: WrapperPlan['kind'],
  ][] = [
    [false, '', null, [], 'not_wanted'],
    [false, url, 'http://own.example.com', ['HTTP_PROXY'], 'not_wanted'],
    [true, '', null, [], 'unavailable'],
    [true, '', '', [], 'unavailable'],
    [true, '', 'http://own.example.com', ['HTTP_PROXY'], 'unavailable'],
    [true, url, 'http://own.example.com', [], 'unavailable'],
    [true, url, 'http://own.example.com', ['HTTP_PROXY'], 'unavailable'],
    [true, url, '', ['HTTP_PROXY'], 'unavailable'],
    [true, url, null, ['FOO', 'HTTPS_PROXY'], 'unavailable'],
    [true, url, null, ['http_proxy'], 'unavailable'],
    [true, url, null, ['https_proxy'], 'unavailable'],
    [true, url, null, ['Http_Proxy'], 'unavailable'],
    [true, url, null, ['NO_PROXY', 'FTP_PROXY', 'MY_HTTP_PROXY', 'HTTP_PROXY_HOST', 'HTTPSS_PROXY'], 'delivered'],
    [true, url, '', [], 'delivered'],
    [true, url, null, [], 'delivered'],
  ];
  for (const [wanted, baseUrl, scripts, envNames, expected] of rows) {
    it(`wanted ${String(wanted)}, baseUrl ${baseUrl}, scripts ${String(scripts)}, env ${envNames.join()}: ${expected}`, () => {
      const build = exampleBuild({ spec: { strategy: { sourceStrategy: { scripts } } } });
      const config = { wrapper: true, baseUrl, profiles: [] };
      for (const profile of [undefined, 'python']) {
        assert.deepEqual(planWrapper({ build, wanted, profile, envNames, version: '0123456789ab', config }), {
          kind: expected,
          ...(expected === 'delivered' && { scripts: `${url}/0123456789ab/${profile ?? 'default'}` }),
        });
      }
    });
  }
});
