import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { BuildRecord } from '../../../src/history/build-record.ts';
import { packBuilds, unpackBuilds } from '../../../src/history/packed-builds.ts';

/** References as they are, and whatever else may stand in their place. */
const reference = fc.oneof(
  fc.constantFrom('harbor.example.com:5000/team/app:1', 'team/app', 'team/app@sha256:1', 'a:b@c', ':', '@', ''),
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

describe('packed Builds', () => {
  it('are what they were, whatever their texts', () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 4 }), (builds) => {
        assert.deepEqual(unpackBuilds(packBuilds(builds)), builds);
      }),
      { numRuns: 500 },
    );
  });

  it('have what they share once', () => {
    const previous = {
      name: 'app-1',
      number: 1,
      image: 'harbor.example.com/team/app@sha256:1',
      chainDepth: 0,
      chainStarted: 0,
      chainFullSeconds: undefined,
      originFrom: 'ImageStreamTag/python:3.12',
      source: 'https://git.example.com/app.git ',
      envNames: ['PIP_INDEX_URL'],
    };
    const build = { uid: 'uid-of-app', isFinished: true, reference: 'harbor.example.com/team/app:1' };
    const builds = ['app-1', 'app-2', 'app-3'].map((name) => ({ ...build, name, previous: { ...previous, name } }));
    assert.equal(
      packBuilds(builds),
      JSON.stringify([
        [
          'uid-of-app',
          'harbor.example.com/team/app',
          'ImageStreamTag/python:3.12',
          'https://git.example.com/app.git ',
          'PIP_INDEX_URL',
        ],
        builds.map(({ name }) => [name, 0, true, [1, ':1'], [[1, '@sha256:1'], 1, 0, 0, null, 2, 3, [4]]]),
      ]),
    );
  });
});
