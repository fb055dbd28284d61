import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { type BuildRecord, isNewer } from '../../../src/history/build-record.ts';
import { mayHaveReference, packBuilds, unpackBuilds, unpackNewest } from '../../../src/history/packed-builds.ts';

/** References as they are, and whatever else may stand in their place. */
const reference = fc.oneof(
  fc.constantFrom(
    `team/app@sha256:${'0a'.repeat(32)}`,
    `@sha256:${'f'.repeat(64)}@`,
    'harbor.example.com:5000/team/app:1',
    'team/app',
    'team/app@sha256:1',
    'a:b@c',
    ':',
    '@',
    '',
  ),
  fc.string({ unit: 'binary' }),
);
const text = fc.oneof(fc.constantFrom('', 'a'), fc.string({ unit: 'binary' }));

const record: fc.Arbitrary<BuildRecord> = fc
  .record({
    name: text,
    uid: text,
    isFinished: fc.boolean(),
    reference: fc.option(reference, { nil: undefined }),
    previous: fc.option(
      fc.record({
        number: fc.nat(),
        image: reference,
        chainDepth: fc.nat(),
        chainStarted: fc.option(fc.nat(), { nil: undefined }),
        chainFullSeconds: fc.option(fc.nat(), { nil: undefined }),
        originFrom: text,
        source: text,
        envNames: fc.array(text, { maxLength: 3 }),
      }),
      { nil: undefined },
    ),
  })
  .map(({ previous, ...rest }) => ({ ...rest, previous: previous && { name: rest.name, ...previous } }));

/** As a text that does not depend on the order. */
function sorted(builds: readonly BuildRecord[]): readonly string[] {
  return builds.map((build) => inspect(build, { depth: 9, maxStringLength: null })).sort();
}

describe('packed Builds', () => {
  it('are what they were, whatever their texts, the newest first', () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 4 }), (builds) => {
        const packed = packBuilds(builds);
        const unpacked = unpackBuilds(packed);
        assert.deepEqual(sorted(unpacked), sorted(builds));
        const newest = unpackNewest(packed);
        const isPossible = builds.some(({ previous }) => previous !== undefined);
        assert.deepEqual(newest, isPossible ? unpacked[0] : undefined);
        for (const { previous } of unpacked) assert.ok(previous === undefined || !isNewer(previous, newest?.previous));
      }),
      { numRuns: 500 },
    );
  });

  it('may have each of their references, and no tag that none of them has', () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 4 }), (builds) => {
        const packed = packBuilds(builds);
        for (const each of builds) assert.ok(each.reference === undefined || mayHaveReference(packed, each.reference));
        assert.ok(!mayHaveReference(packed, 'harbor.example.com/team/app:20260131120000'));
      }),
    );
  });

  it('have once what they share', () => {
    const previous = {
      image: `harbor.example.com/team/app@sha256:${'00'.repeat(32)}`,
      chainDepth: 0,
      chainStarted: 0,
      chainFullSeconds: undefined,
      originFrom: 'ImageStreamTag/python:3.12',
      source: 'https://git.example.com/app.git ',
      envNames: ['PIP_INDEX_URL'],
    };
    const build = { uid: 'uid-of-app', isFinished: true, reference: 'harbor.example.com/team/app:1' };
    const builds = [1, 3, 2].map((number) => {
      const name = `app-${number}`;
      return { ...build, name, previous: { ...previous, name, number } };
    });
    const digest = `${'A'.repeat(43)}=`;
    const texts = [
      'harbor.example.com/team/app',
      'app-',
      'uid-of-app',
      'ImageStreamTag/python:3.12',
      'https://git.example.com/app.git ',
      'PIP_INDEX_URL',
    ];
    const [first, others] = [
      [texts, [[digest, ':1', '3', 3, 0, null, 0, true, 0, 0, 1, 2, 3, 4, [5]]]],
      [
        [],
        [
          [digest, ':1', '1', 1],
          [digest, ':1', '2', 2],
        ],
      ],
    ];
    assert.equal(packBuilds(builds), `${JSON.stringify(first)}\n${JSON.stringify(others)}`);
  });
});
