import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JsonObject } from '../../../src/openshift/json.ts';
import { createStatus } from '../../../src/status/build-config-status.ts';
import { summarizeBuild } from '../../../src/status/build-summary.ts';
import { digest, ourAnnotations } from '../history/example-builds.ts';
import { admittedBuild, exampleBuildConfig } from './example-builds.ts';

const statusOf = (builds: readonly JsonObject[], limit?: number) =>
  createStatus(exampleBuildConfig(), builds.map(summarizeBuild), limit);

describe('createStatus', () => {
  it('returns nothing known and nothing saved without Builds', () => {
    assert.deepEqual(statusOf([]), {
      namespace: 'test',
      name: 'app',
      last: null,
      chain: null,
      previous: null,
      lastFull: null,
      lastIncremental: null,
      medianSeconds: { full: null, incremental: null },
      savesNothing: false,
      savedSeconds: 0,
    });
  });

  it('returns the newest Build, and the newest complete one of each kind', () => {
    const builds = [
      admittedBuild(10, 'incremental', 0, { status: { phase: 'Running' } }),
      admittedBuild(9, 'incremental', 40),
      admittedBuild(8, 'full', 200),
      admittedBuild(7, 'full', 120),
    ];
    const expected = {
      namespace: 'test',
      name: 'app',
      last: {
        build: 'app-10',
        phase: 'Running',
        decision: 'incremental',
        reason: 'continued',
        from: 'harbor.example.com/team/app:0',
      },
      chain: { depth: 1, limit: 20, started: '2026-01-29T08:00:00Z' },
      previous: { build: 'app-9', image: `harbor.example.com/team/app@${digest}` },
      lastFull: { build: 'app-8', seconds: 200 },
      lastIncremental: { build: 'app-9', seconds: 40 },
      medianSeconds: { full: 120, incremental: 40 },
      savesNothing: false,
      savedSeconds: 160,
    };
    assert.deepEqual(statusOf(builds, 20), expected);
    assert.deepEqual(statusOf(builds.toReversed(), 20), expected);
  });

  it('takes the last created Build as the newest, because numbers restart after a replace', () => {
    const at = (time: string) => ({ metadata: { creationTimestamp: time } });
    const { last, previous } = statusOf([
      admittedBuild(9, 'full', 60, at('2026-01-30T08:00:00Z')),
      admittedBuild(1, 'full', 60, at('2026-01-30T09:00:00Z')),
    ]);
    assert.deepEqual([last?.build, previous?.build], ['app-1', 'app-1']);
  });

  it('returns a newest Build that was not admitted, without a place in a chain', () => {
    const { last, chain, previous } = statusOf([
      admittedBuild(2, 'full', 60, ourAnnotations({ 'admitted-as': null })),
      admittedBuild(1, 'full', 60),
    ]);
    assert.deepEqual(last, {
      build: 'app-2',
      phase: 'Complete',
      decision: null,
      reason: null,
      from: 'harbor.example.com/team/app:0',
    });
    assert.equal(chain, null);
    // The webhook continues from it because it has an image.
    assert.equal(previous?.build, 'app-2');
  });
});

describe('createStatus, savedSeconds', () => {
  const recorded = (seconds: number) => ourAnnotations({ 'chain-full-seconds': String(seconds) });
  const failed = { status: { phase: 'Failed' } };
  const full = (number: number, seconds: number, patch?: JsonObject) => admittedBuild(number, 'full', seconds, patch);
  const next = (number: number, seconds: number, patch?: JsonObject) =>
    admittedBuild(number, 'incremental', seconds, patch);
  const rows: readonly [name: string, builds: readonly JsonObject[], saved: number | null][] = [
    ['full Builds alone', [full(1, 100)], 0],
    ['the full Build before it', [full(1, 100), next(2, 30)], 70],
    ['the newest full one before it, not a later one', [full(1, 100), full(2, 80), next(3, 30), full(4, 500)], 50],
    ['its recorded time, if there is one', [full(1, 100), next(2, 30, recorded(300))], 270],
    ['its recorded time if the full Build was deleted', [next(5, 30, recorded(90))], 60],
    ['neither a recorded time nor a full Build', [next(5, 30)], null],
    ['one known saving among unknown ones', [next(5, 30), next(6, 30, recorded(90))], 60],
    ['one that took longer, which is not subtracted', [full(1, 100), next(2, 30), next(3, 400)], 70],
    ['a full Build that failed, which is not compared', [full(1, 100), full(2, 900, failed), next(3, 30)], 70],
    ['an incremental one that failed', [full(1, 100), next(2, 30, failed)], 0],
  ];
  for (const [name, builds, saved] of rows) {
    it(`is ${saved ?? 'unknown'} for ${name}`, () => {
      assert.equal(statusOf(builds).savedSeconds, saved);
      assert.equal(statusOf(builds.toReversed()).savedSeconds, saved);
    });
  }
});

describe('createStatus, medianSeconds', () => {
  const recorded = ourAnnotations({ 'chain-full-seconds': '40' });
  const full = (...all: readonly number[]) => all.map((seconds, at) => admittedBuild(at + 1, 'full', seconds));
  const next = (...all: readonly number[]) =>
    all.map((seconds, at) => admittedBuild(at + 20, 'incremental', seconds, recorded));
  const rows: readonly [title: string, builds: readonly JsonObject[], medians: object, savesNothing: boolean][] = [
    [
      'of full and incremental Builds',
      [...full(90, 30, 50), ...next(20, 10, 12)],
      { full: 50, incremental: 12 },
      false,
    ],
    ['if the full Builds were deleted', next(20, 10, 12), { full: 40, incremental: 12 }, false],
    ['if incremental Builds take longer', [...full(40), ...next(41, 30, 50)], { full: 40, incremental: 41 }, true],
    ['if incremental Builds take as long', [...full(40), ...next(40, 40, 40)], { full: 40, incremental: 40 }, true],
    [
      'if too few Builds show that nothing is saved',
      [...full(40), ...next(41, 50)],
      { full: 40, incremental: 41 },
      false,
    ],
  ];
  for (const [title, builds, medians, savesNothing] of rows) {
    it(title, () => {
      const status = statusOf(builds);
      assert.deepEqual([status.medianSeconds, status.savesNothing], [medians, savesNothing]);
    });
  }
});
