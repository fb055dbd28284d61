import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isWrapperUnavailable } from '../../../src/policy/wrapper.ts';
import { exampleBuild } from '../../helpers/fixtures.ts';

const url = 'http://s2i.example.com/s2i';

describe('isWrapperUnavailable', () => {
  const rows: readonly [
    wanted: boolean,
    baseUrl: string,
    scripts: string | null,
    env: readonly string[],
    expected: boolean,
  ][] = [
    [false, '', null, [], false],
    [false, url, 'http://own.example.com', ['HTTP_PROXY'], false],
    [true, '', null, [], true],
    [true, '', '', [], true],
    [true, '', 'http://own.example.com', ['HTTP_PROXY'], true],
    [true, url, 'http://own.example.com', [], true],
    [true, url, 'http://own.example.com', ['HTTP_PROXY'], true],
    [true, url, '', ['HTTP_PROXY'], true],
    [true, url, null, ['FOO', 'HTTPS_PROXY'], true],
    [true, url, null, ['http_proxy'], true],
    [true, url, null, ['https_proxy'], true],
    [true, url, null, ['Http_Proxy'], true],
    [true, url, null, ['NO_PROXY', 'FTP_PROXY', 'MY_HTTP_PROXY', 'HTTP_PROXY_HOST', 'HTTPSS_PROXY'], false],
    [true, url, '', [], false],
    [true, url, null, [], false],
  ];
  for (const [wanted, baseUrl, scripts, names, expected] of rows) {
    it(`wanted ${String(wanted)}, baseUrl ${baseUrl}, scripts ${String(scripts)}, env ${names.join()}: ${String(expected)}`, () => {
      const env = names.map((name) => ({ name, value: 'x' }));
      const build = exampleBuild({ spec: { strategy: { sourceStrategy: { scripts, env } } } });
      assert.equal(isWrapperUnavailable(build, wanted, { wrapper: true, baseUrl, profiles: [] }), expected);
    });
  }
});
