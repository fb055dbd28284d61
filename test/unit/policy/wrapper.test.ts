import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JsonObject } from '../../../src/openshift/json.ts';
import { type WrapperPlan, planWrapper } from '../../../src/policy/wrapper.ts';
import { exampleBuild } from '../../helpers/fixtures.ts';

const url = 'http://s2i.example.com/s2i';
const secure = 'https://s2i.example.com/s2i';

/** Variables as NAME=value, NAME without one, NAME<secret with a source. */
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
      const config = { wrapper: true, baseUrl, profiles: [] };
      for (const profile of [undefined, 'python']) {
        assert.deepEqual(planWrapper({ build, wanted, profile, env: envFrom(text), version: '0123456789ab', config }), {
          kind: expected,
          ...(expected === 'delivered' && { scripts: `${baseUrl}/0123456789ab/${profile ?? 'default'}` }),
        });
      }
    });
  }
});
