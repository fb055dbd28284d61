import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildConfigKeyOf, ownerKeyOf, summarizeBuild } from '../../../src/status/build-summary.ts';
import { digest, ourAnnotations } from '../history/example-builds.ts';
import { admittedBuild, exampleBuildConfig } from './example-builds.ts';

describe('summarizeBuild', () => {
  it('returns what the status needs', () => {
    const patch = ourAnnotations({ 'chain-full-seconds': '300' });
    assert.deepEqual(summarizeBuild(admittedBuild(2, 'incremental', 31, patch)), {
      name: 'app-2',
      number: 2,
      createdAt: 1_769_763_600_000,
      phase: 'Complete',
      recorded: {
        decision: 'incremental',
        reason: 'continued',
        chainDepth: 1,
        chainStarted: Date.parse('2026-01-29T08:00:00Z'),
        chainFullSeconds: 300,
      },
      from: 'harbor.example.com/team/app:0',
      image: `harbor.example.com/team/app@${digest}`,
      seconds: 31,
    });
  });

  it('returns no duration and no image unless Complete', () => {
    const { phase, seconds, image } = summarizeBuild(admittedBuild(2, 'full', 31, { status: { phase: 'Failed' } }));
    assert.deepEqual({ phase, seconds, image }, { phase: 'Failed', seconds: undefined, image: undefined });
  });

  const unrecorded: readonly [name: string, annotations: Readonly<Record<string, string | null>>][] = [
    ['was admitted under another name', { 'admitted-as': 'app-1' }],
    ['was not admitted', { 'admitted-as': null }],
    ['has no decision', { decision: null }],
    ['has an unknown decision', { decision: 'maybe' }],
  ];
  for (const [name, annotations] of unrecorded) {
    it(`returns no decision of a Build that ${name}`, () => {
      assert.equal(summarizeBuild(admittedBuild(2, 'full', 31, ourAnnotations(annotations))).recorded, undefined);
    });
  }

  for (const text of ['', '-1', '1.5', '1e3', '99999999999', '86401', '0x10']) {
    it(`ignores ${JSON.stringify(text)} as seconds`, () => {
      const build = admittedBuild(2, 'incremental', 31, ourAnnotations({ 'chain-full-seconds': text }));
      assert.equal(summarizeBuild(build).recorded?.chainFullSeconds, undefined);
    });
  }

  it('accepts an empty object', () => {
    assert.deepEqual(summarizeBuild({}), {
      name: '',
      number: -1,
      createdAt: undefined,
      phase: 'New',
      recorded: undefined,
      from: undefined,
      image: undefined,
      seconds: undefined,
    });
  });
});

it('ownerKeyOf equals buildConfigKeyOf, except after the BuildConfig was created again', () => {
  const build = admittedBuild(1, 'full', 1);
  assert.equal(ownerKeyOf(build), buildConfigKeyOf(exampleBuildConfig()));
  assert.notEqual(ownerKeyOf(build), buildConfigKeyOf(exampleBuildConfig({ metadata: { uid: 'another' } })));
  assert.equal(ownerKeyOf({ metadata: { name: 'by-hand' } }), undefined);
});
