import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Challenge, parseChallenge } from '../../../src/registry/challenge.ts';

const bearer = (realm: string, service?: string): Challenge => ({ scheme: 'bearer', realm: new URL(realm), service });

describe('parseChallenge', () => {
  const cases: readonly (readonly [header: string, challenge: Challenge | undefined])[] = [
    ['', undefined],
    ['Negotiate', undefined],
    ['Basic realm="Registry"', { scheme: 'basic' }],
    ['basic', { scheme: 'basic' }],
    ['Digest realm="x", Basic realm="y"', { scheme: 'basic' }],
    [
      'Bearer realm="https://auth.example.com/token",service="registry.example.com",scope="repository:app:pull"',
      bearer('https://auth.example.com/token', 'registry.example.com'),
    ],
    ['bearer  service="r", realm="https://auth.example.com/"', bearer('https://auth.example.com/', 'r')],
    ['Bearer realm="https://auth.example.com/token"', bearer('https://auth.example.com/token')],
    ['Basic realm="x", Bearer realm="https://auth.example.com/t"', bearer('https://auth.example.com/t')],
    ['Bearer realm="https://auth.example.com/t", Basic realm="x"', bearer('https://auth.example.com/t')],
    ['Bearer realm="/token"', undefined],
    ['Bearer service="r"', undefined],
    ['Bearer realm="/token", Basic realm="x"', { scheme: 'basic' }],
    [`${', '.repeat(8_000)}bearer`, undefined],
  ];
  for (const [header, challenge] of cases) {
    it(`of ${header.slice(0, 80) || 'no header'}`, () => assert.deepEqual(parseChallenge(header), challenge));
  }
});
