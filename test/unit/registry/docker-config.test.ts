import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { authorizationFor } from '../../../src/registry/docker-config.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

/** Returns a file with one password per key: the key itself. */
const fileFor = (...keys: readonly string[]) =>
  JSON.stringify({ auths: Object.fromEntries(keys.map((key) => [key, { auth: base64(`user:${key}`) }])) });

function chosen(text: string, host: string, path: string): string | undefined {
  const authorization = authorizationFor(text, host, path);
  return authorization && Buffer.from(authorization.slice('Basic '.length), 'base64').toString();
}

describe('authorizationFor', () => {
  const cases: readonly (readonly [keys: readonly string[], host: string, path: string, key: string | undefined])[] = [
    [['harbor.example.com'], 'harbor.example.com', 'team/app', 'harbor.example.com'],
    [['harbor.example.com:8443'], 'harbor.example.com:8443', 'team/app', 'harbor.example.com:8443'],
    [['harbor.example.com'], 'harbor.example.com:8443', 'team/app', undefined],
    [['harbor.example.com'], 'harbor.example.com.evil.example', 'team/app', undefined],
    [['https://harbor.example.com'], 'harbor.example.com', 'team/app', 'https://harbor.example.com'],
    [['https://harbor.example.com/v2/'], 'harbor.example.com', 'team/app', 'https://harbor.example.com/v2/'],
    [['https://index.docker.io/v1/'], 'registry-1.docker.io', 'library/x', 'https://index.docker.io/v1/'],
    [['docker.io'], 'registry-1.docker.io', 'library/x', 'docker.io'],
    [['quay.io/team'], 'quay.io', 'team/app', 'quay.io/team'],
    [['quay.io/team'], 'quay.io', 'team-2/app', undefined],
    [['quay.io/team/app'], 'quay.io', 'team/app', 'quay.io/team/app'],
    [['quay.io', 'quay.io/team', 'quay.io/other/longer'], 'quay.io', 'team/app', 'quay.io/team'],
    [['quay.io/team', 'quay.io'], 'quay.io', 'team/app', 'quay.io/team'],
    [[''], 'quay.io', 'team/app', undefined],
    [[], 'quay.io', 'team/app', undefined],
  ];
  for (const [keys, host, path, key] of cases) {
    it(`of ${JSON.stringify(keys)} has ${key ?? 'nothing'} for ${host}/${path}`, () => {
      assert.equal(chosen(fileFor(...keys), host, path), key && `user:${key}`);
    });
  }

  it('reads a separate user and password', () => {
    const text = JSON.stringify({ auths: { 'quay.io': { username: 'robot', password: 'pä:ss' } } });
    assert.equal(chosen(text, 'quay.io', 'team/app'), 'robot:pä:ss');
  });

  it('ignores malformed entries', () => {
    for (const entry of [null, 'auth', {}, { auth: '' }, { auth: 7 }, { username: 'robot' }]) {
      assert.equal(authorizationFor(JSON.stringify({ auths: { 'quay.io': entry } }), 'quay.io', 'app'), undefined);
    }
    for (const text of ['null', '[]', '{}', '{"auths":[]}']) {
      assert.equal(authorizationFor(text, 'quay.io', 'app'), undefined);
    }
  });

  it('rejects invalid JSON', () => {
    assert.throws(() => authorizationFor('auths:', 'quay.io', 'app'), SyntaxError);
  });
});
