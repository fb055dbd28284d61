import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { finishedBuildOf } from '../../../src/history/finished-build.ts';
import type { JsonObject } from '../../../src/openshift/json.ts';
import { merge } from '../../helpers/fixtures.ts';
import { completeBuild, ourAnnotations } from './example-builds.ts';

/** Returns an incremental Build of 30 seconds, in a chain with a full build of 90. */
function build(patch: JsonObject = {}): JsonObject {
  const record = ourAnnotations({ decision: 'incremental', 'chain-full-seconds': '90' });
  return completeBuild(7, merge(merge(record, { status: { duration: 30_400_000_000 } }), patch) as JsonObject);
}

describe('finishedBuildOf', () => {
  const saved = { decision: 'incremental', phase: 'Complete', failure: undefined, seconds: 30, savedSeconds: 60 };
  const rows: readonly [title: string, patch: JsonObject, expected: unknown][] = [
    ['an incremental one', {}, saved],
    ['an incremental one that took longer', { status: { duration: 99e9 } }, { ...saved, seconds: 99, savedSeconds: 0 }],
    ['a full one', ourAnnotations({ decision: 'full' }), { ...saved, decision: 'full', savedSeconds: 0 }],
    [
      'one that failed',
      { status: { phase: 'Failed' } },
      { ...saved, phase: 'Failed', failure: 'other', savedSeconds: 0 },
    ],
    [
      'one that was cancelled before it started',
      { status: { phase: 'Cancelled', duration: null } },
      { ...saved, phase: 'Cancelled', seconds: 0, savedSeconds: 0 },
    ],
    [
      'an incremental one without a recorded full build',
      ourAnnotations({ 'chain-full-seconds': null }),
      { ...saved, savedSeconds: 0 },
    ],
    [
      'an incremental one with an impossible recorded time',
      ourAnnotations({ 'chain-full-seconds': '9e9' }),
      { ...saved, savedSeconds: 0 },
    ],
    [
      'one without a recorded decision',
      ourAnnotations({ decision: null }),
      { ...saved, decision: 'unrecorded', savedSeconds: 0 },
    ],
    [
      'one with an unknown decision',
      ourAnnotations({ decision: 'x' }),
      { ...saved, decision: 'unrecorded', savedSeconds: 0 },
    ],
    [
      'a clone that was not admitted',
      ourAnnotations({ 'admitted-as': 'app-6' }),
      { ...saved, decision: 'unrecorded', savedSeconds: 0 },
    ],
    [
      'one with times instead of a duration',
      {
        status: { duration: null, startTimestamp: '2026-01-30T09:00:00Z', completionTimestamp: '2026-01-30T09:00:30Z' },
      },
      saved,
    ],
    [
      'one that ended before it started',
      { status: { duration: -1, startTimestamp: '2026-01-30T09:00:30Z', completionTimestamp: '2026-01-30T09:00:00Z' } },
      { ...saved, seconds: 0, savedSeconds: 0 },
    ],
    ...['New', 'Pending', 'Running', 'complete', ''].map((phase): [string, JsonObject, unknown] => [
      `nothing in phase "${phase}"`,
      { status: { phase } },
      undefined,
    ]),
  ];
  for (const [title, patch, expected] of rows) {
    it(`describes ${title}`, () => {
      assert.deepEqual(finishedBuildOf(build(patch)), expected);
    });
  }
});
