import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type PullSecretRequest, choosePullSecret } from '../../../src/policy/pull-secret.ts';

const digest = `sha256:${'0'.repeat(64)}`;
const request: PullSecretRequest = {
  image: `harbor.example.com/team/app@${digest}`,
  replaced: 'quay.example.com/python:3.12',
  annotated: undefined,
  configured: '',
  current: 'there',
  output: 'quay.example.com/team/app:2',
  pushSecret: 'push',
};
const replaced = 'harbor.example.com/base/python:3.12';
const output = 'harbor.example.com/team/app:2';

describe('choosePullSecret', () => {
  const rows: readonly [title: string, changes: Partial<PullSecretRequest>, expected: string | undefined][] = [
    ['annotated', { annotated: 'note' }, 'note'],
    ['annotated before all else', { annotated: 'note', configured: 'config', replaced, output }, 'note'],
    ['configured', { configured: 'config' }, 'config'],
    ['configured before what is there', { configured: 'config', replaced, output }, 'config'],
    ['configured, whatever the image', { configured: 'config', image: '' }, 'config'],
    ['the replaced base is in the same registry', { replaced }, 'there'],
    ['the replaced base goes before the output', { replaced, output }, 'there'],
    ['nothing is there for the replaced base', { replaced, current: undefined }, undefined],
    [
      'nothing is there for the replaced base, the output is there too',
      { replaced, current: undefined, output },
      'push',
    ],
    ['the output is in the same registry', { output }, 'push'],
    ['the output is in the same registry, without a push secret', { output, pushSecret: undefined }, undefined],
    ['another registry', {}, undefined],
    ['another port is another registry', { output: 'harbor.example.com:8443/team/app:2' }, undefined],
    ['no base and no output', { replaced: undefined, output: undefined }, undefined],
    ['a base that is no reference', { replaced: 'NO REFERENCE', output: '::' }, undefined],
    ['an image that is no reference', { image: '::', replaced: '::', output: '::' }, undefined],
    [
      'the default registry, named and unnamed',
      { image: `team/app@${digest}`, replaced: 'docker.io/library/python' },
      'there',
    ],
    ['the default registry of the output', { image: `docker.io/team/app@${digest}`, output: 'team/app:2' }, 'push'],
  ];
  for (const [title, changes, expected] of rows) {
    it(`returns ${String(expected)} for: ${title}`, () => {
      assert.equal(choosePullSecret({ ...request, ...changes }), expected);
    });
  }
});
