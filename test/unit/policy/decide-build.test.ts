import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decideBuild } from '../../../src/policy/decide-build.ts';
import type { DecisionRequest } from '../../../src/policy/full-build-rules.ts';
import type { BuildConfigFacts, BuildConfigHistory, BuildOutcome, PreviousBuild } from '../../../src/policy/facts.ts';

const now = Date.parse('2026-01-31T12:00:00Z');
const maxAge = 3_600_000;
const previous: PreviousBuild = {
  name: 'app-1',
  number: 1,
  image: 'harbor.example.com/team/app:1',
  chainDepth: 0,
  chainStarted: now - maxAge + 1,
  chainFullSeconds: 90,
  createdAt: undefined,
  savedNothing: false,
  hadWrapper: true,
  inputs: '',
  isTooLarge: false,
  baseImage: 'DockerImage/python@sha256:1',
  source: 'https://git.example.com/app.git ',
  envNames: ['A', 'B'],
};
const buildConfig: BuildConfigFacts = {
  optedIn: true,
  outputRepository: undefined,
  pullSecret: undefined,
  incremental: true,
};
const nothing = { outcomes: [], numbers: [], scriptsFailedAt: () => undefined };
const complete: BuildConfigHistory = { buildConfig, hasBuilds: true, previous, references: new Set(), ...nothing };
const incomplete: BuildConfigHistory = { ...complete, previous: undefined };
const empty: BuildConfigHistory = { ...incomplete, hasBuilds: false };
const ownFalse: BuildConfigHistory = { ...complete, buildConfig: { ...buildConfig, incremental: false } };
const gone: BuildConfigHistory = { ...complete, buildConfig: undefined };

const request: DecisionRequest = {
  mode: 'chain',
  incremental: true,
  wrapper: 'not_wanted',
  baseImage: 'DockerImage/python@sha256:1',
  baseDigest: undefined,
  source: 'https://git.example.com/app.git ',
  inputs: '',
  envNames: ['B', 'A', 'C'],
  limits: { maxDepth: 3, maxAge, minSaving: 0 },
  now,
  history: complete,
  previousImage: 'unchecked',
};

/** Returns a history with a changed previous Build. */
function after(changes: Partial<PreviousBuild>): { history: BuildConfigHistory } {
  return { history: { ...complete, previous: { ...previous, ...changes } } };
}

function continuedAfter(changes: Partial<PreviousBuild>) {
  return { ...continued, previous: { ...previous, ...changes } };
}
const continued = { decision: 'incremental', reason: 'continued', previous };

function full(reason: string) {
  return { decision: 'full', reason, previous: undefined };
}

describe('decideBuild', () => {
  const rows: readonly [title: string, changes: Partial<DecisionRequest>, expected: { reason: string }][] = [
    ['mode off', { mode: 'off' }, full('incremental_off')],
    [
      'mode off takes precedence over all other rules',
      { mode: 'off', incremental: false, wrapper: 'unavailable', history: undefined },
      full('incremental_off'),
    ],
    [
      'incremental: false in the Build and its BuildConfig',
      { incremental: false, history: ownFalse },
      full('incremental_off'),
    ],
    [
      'incremental: false in the Build alone, from oc start-build',
      { incremental: false },
      full('clean_build_requested'),
    ],
    [
      'incremental: false, and the BuildConfig was deleted',
      { incremental: false, history: gone },
      full('clean_build_requested'),
    ],
    [
      'incremental: false, and the history is unavailable',
      { incremental: false, history: 'unavailable' },
      full('clean_build_requested'),
    ],
    [
      'incremental: false without a BuildConfig',
      { incremental: false, history: undefined },
      full('clean_build_requested'),
    ],
    [
      'incremental: false takes precedence over an unavailable wrapper',
      { incremental: false, wrapper: 'unavailable' },
      full('clean_build_requested'),
    ],
    ['no BuildConfig', { history: undefined }, full('no_build_config')],
    [
      'no BuildConfig takes precedence over an unavailable wrapper',
      { history: undefined, wrapper: 'unavailable' },
      full('no_build_config'),
    ],
    ['an unavailable wrapper', { wrapper: 'unavailable' }, full('wrapper_unavailable')],
    [
      'an unavailable wrapper takes precedence over an unavailable history',
      { wrapper: 'unavailable', history: 'unavailable' },
      full('wrapper_unavailable'),
    ],
    ['an unavailable history', { history: 'unavailable' }, full('history_unavailable')],
    ['no earlier Build', { history: empty }, full('first_build')],
    ['no complete Build', { history: incomplete }, full('no_previous_image')],
    ['another base image', { baseImage: 'DockerImage/python@sha256:2' }, full('base_image_changed')],
    ['no base image', { baseImage: '' }, full('base_image_changed')],
    [
      'another base image takes precedence over another source',
      { baseImage: '', source: '' },
      full('base_image_changed'),
    ],
    [
      'another digest of the tag of the base image',
      {
        ...after({ baseImage: 'DockerImage/python:3@sha256:1' }),
        baseImage: 'DockerImage/python:3',
        baseDigest: 'sha256:2',
      },
      full('base_image_changed'),
    ],
    [
      'the same digest of the tag of the base image',
      {
        ...after({ baseImage: 'DockerImage/python:3@sha256:1' }),
        baseImage: 'DockerImage/python:3',
        baseDigest: 'sha256:1',
      },
      continuedAfter({ baseImage: 'DockerImage/python:3@sha256:1' }),
    ],
    ['another source', { source: 'https://git.example.com/app.git sub' }, full('source_changed')],
    ['another source takes precedence over a removed variable', { source: '', envNames: [] }, full('source_changed')],
    ['a removed variable', { envNames: ['A', 'C'] }, full('env_removed')],
    ['only removed variables', { envNames: [] }, full('env_removed')],
    [
      'a removed variable takes precedence over maxDepth',
      { envNames: [], limits: { maxDepth: 1, maxAge, minSaving: 0 }, ...after({ chainDepth: 1 }) },
      full('env_removed'),
    ],
    ['a chain one below maxDepth', after({ chainDepth: 2 }), continuedAfter({ chainDepth: 2 })],
    ['a chain at maxDepth', after({ chainDepth: 3 }), full('chain_depth_reached')],
    ['a chain above maxDepth', after({ chainDepth: 4 }), full('chain_depth_reached')],
    ['maxDepth takes precedence over maxAge', after({ chainDepth: 3, chainStarted: 0 }), full('chain_depth_reached')],
    ['a chain at maxAge', after({ chainStarted: now - maxAge }), full('chain_age_reached')],
    ['a chain above maxAge', after({ chainStarted: 0 }), full('chain_age_reached')],
    ['a chain of unknown age', after({ chainStarted: undefined }), continuedAfter({ chainStarted: undefined })],
    ['a chain from the future', after({ chainStarted: now + 1 }), continuedAfter({ chainStarted: now + 1 })],
    ['a missing previous image', { previousImage: 'missing' }, full('previous_image_missing')],
    [
      'maxAge takes precedence over a missing previous image',
      { previousImage: 'missing', ...after({ chainStarted: 0 }) },
      full('chain_age_reached'),
    ],
    ['a missing image without a previous Build', { previousImage: 'missing', history: empty }, full('first_build')],
    ['a present previous image', { previousImage: 'present' }, continued],
    ['no variables in the previous Build', after({ envNames: [] }), continuedAfter({ envNames: [] })],
    ['another input', { inputs: '[x]' }, full('build_inputs_changed')],
    ['another source takes precedence over another input', { source: '', inputs: '[x]' }, full('source_changed')],
    [
      'another input takes precedence over a removed variable',
      { inputs: '[x]', envNames: [] },
      full('build_inputs_changed'),
    ],
    ['an unreachable wrapper', { wrapper: 'unreachable' }, full('wrapper_unreachable')],
    [
      'an unreachable wrapper takes precedence over an unavailable history',
      { wrapper: 'unreachable', history: 'unavailable' },
      full('wrapper_unreachable'),
    ],
    ['too large settings of the previous Build', after({ isTooLarge: true }), full('previous_too_large')],
    [
      'a previous Build without the wrapper',
      { wrapper: 'delivered', ...after({ hadWrapper: false }) },
      full('previous_without_wrapper'),
    ],
    [
      'a previous Build without the wrapper, which is not wanted now',
      { wrapper: 'not_wanted', ...after({ hadWrapper: false }) },
      continuedAfter({ hadWrapper: false }),
    ],
    [
      'a previous Build with the wrapper',
      { wrapper: 'delivered', ...after({ hadWrapper: true }) },
      continuedAfter({ hadWrapper: true }),
    ],
    ['a complete previous Build', {}, continued],
    ['a complete previous Build of a deleted BuildConfig', { history: gone }, continued],
    ['incremental: true in the Build, false in its BuildConfig', { history: ownFalse }, continued],
    ['no incremental at all', { incremental: undefined }, continued],
    ['an incremental of null', { incremental: null }, continued],
    ['an incremental that is no boolean', { incremental: 'false' }, continued],
  ];
  for (const [title, changes, expected] of rows) {
    it(`returns ${expected.reason} for ${title}`, () => {
      assert.deepEqual(decideBuild({ ...request, ...changes }), expected);
    });
  }
});

describe('decideBuild, failed Builds', () => {
  /**
   * Returns outcomes from text, newest first: c or f for incremental or full, + or - for the result; o: older than
   * maxAge.
   */
  function outcomesFrom(text: string): readonly BuildOutcome[] {
    return (text.match(/[cf][+-]o?/g) ?? []).map((word, index) => ({
      name: `app-${index}`,
      continued: word.startsWith('c'),
      succeeded: word[1] === '+',
      failedAt: word.endsWith('o') ? now - maxAge : now - 1,
      seconds: undefined,
      chainFullSeconds: undefined,
    }));
  }

  const rows: readonly [outcomes: string, reason: string][] = [
    ['', 'continued'],
    ['c+', 'continued'],
    ['f+ c-', 'continued'],
    ['f-', 'continued'],
    ['c-', 'previous_failed'],
    ['c- c+ c-', 'previous_failed'],
    ['c- f+ c+', 'previous_failed'],
    // The full build failed too, so the chain was not the cause.
    ['f- c-', 'continued'],
    ['f- f- c-', 'continued'],
    ['c- c-', 'continuing_fails'],
    ['c- f- c-', 'continuing_fails'],
    ['c- f+ c-', 'continuing_fails'],
    ['f+ c- f+ c-', 'continuing_fails'],
    ['f+ f+ f+ c- f+ c- c+', 'continuing_fails'],
    ['f+ c- c+ c-', 'continued'],
    ['c+ c- c-', 'continued'],
    ['c- f+ c-o', 'previous_failed'],
    ['f+ c- f+ c-o', 'continued'],
    ['c-o c-o', 'previous_failed'],
  ];
  for (const [outcomes, reason] of rows) {
    it(`returns ${reason} after ${outcomes === '' ? 'no outcome' : outcomes}`, () => {
      const history = { ...complete, outcomes: outcomesFrom(outcomes) };
      assert.equal(decideBuild({ ...request, history }).reason, reason);
    });
  }

  it('counts an outcome without a time as new', () => {
    const outcomes = outcomesFrom('f+ c- f+ c-').map((outcome) => ({ ...outcome, failedAt: undefined }));
    assert.equal(decideBuild({ ...request, history: { ...complete, outcomes } }).reason, 'continuing_fails');
  });
});

describe('decideBuild, saves_nothing', () => {
  /**
   * Returns outcomes from text, newest first. `60/90` is an incremental Build of 60 s in a chain with a full build of
   * 90 s, `60/` one with an unknown full build, `90` a full one; with - before it, it failed.
   */
  function outcomesFrom(text: string): readonly BuildOutcome[] {
    return text.split(' ').map((word, index) => {
      const [, minus, own, slash, full] = /^(-?)([0-9]*)(\/?)([0-9]*)$/.exec(word) ?? [];
      const seconds = (digits = '') => (digits === '' ? undefined : Number(digits));
      return {
        name: `app-${index}`,
        continued: slash === '/',
        succeeded: minus === '',
        failedAt: now - 1,
        seconds: seconds(own),
        chainFullSeconds: seconds(full),
      };
    });
  }

  /**
   * | minSaving | previous Build    | newest three incremental Builds since the last full one  | reason        |
   * | --------- | ----------------- | -------------------------------------------------------- | ------------- |
   * | 0s        | any               | any                                                      | continued     |
   * | more      | had that reason   | any                                                      | saves_nothing |
   * | more      | any other         | fewer than three are known                               | continued     |
   * | more      | any other         | their median is less than minSaving below the full build | saves_nothing |
   * | more      | any other         | their median is at least minSaving below it              | continued     |
   */
  const rows: readonly [minSaving: number, savedNothing: boolean, outcomes: string, reason: string][] = [
    [0, true, '99/90 99/90 99/90 90', 'continued'],
    [10, true, '90', 'saves_nothing'],
    [10, true, '60/90 60/90 60/90 90', 'saves_nothing'],
    [10, false, '99/90 99/90 90', 'continued'],
    [10, false, '99/90 99/90 99/ 90', 'continued'],
    [10, false, '99/90 / 99/90 90', 'continued'],
    [10, false, '81/90 81/90 81/90 90', 'saves_nothing'],
    [10, false, '80/90 80/90 80/90 90', 'continued'],
    [10, false, '99/90 60/90 99/90 90', 'saves_nothing'],
    [10, false, '60/90 60/90 99/90 90', 'continued'],
    // Only the newest three count.
    [10, false, '60/90 60/90 60/90 99/90 99/90 99/90 90', 'continued'],
    [10, false, '99/90 99/90 99/90 60/90 60/90 60/90 90', 'saves_nothing'],
    // The full build was deleted; the incremental ones have its duration.
    [10, false, '99/90 99/90 99/90', 'saves_nothing'],
    // A new chain is measured again.
    [10, false, '90 99/90 99/90 99/90 90', 'continued'],
    [10, false, '99/90 90 99/90 99/90 99/90', 'continued'],
    [10, false, '60/90 60/90 60/90 90 99/90 99/90 99/90', 'continued'],
    // A failed full build starts no chain.
    [10, false, '-90 99/90 99/90 99/90 90', 'saves_nothing'],
    // A failed Build has no duration; two would be another reason.
    [10, false, '99/90 -/90 99/90 99/90 90', 'saves_nothing'],
    [10, false, '99/90 -/90 99/90 90', 'continued'],
  ];
  for (const [minSaving, savedNothing, outcomes, reason] of rows) {
    it(`returns ${reason} with minSaving ${minSaving}s after ${savedNothing ? 'saves_nothing and ' : ''}${outcomes}`, () => {
      const history = { ...complete, previous: { ...previous, savedNothing }, outcomes: outcomesFrom(outcomes) };
      const limits = { maxDepth: 90, maxAge, minSaving: minSaving * 1_000 };
      assert.equal(decideBuild({ ...request, limits, history }).reason, reason);
    });
  }

  it('tries incremental Builds again with another base image, and at maxAge', () => {
    const limits = { maxDepth: 90, maxAge, minSaving: 10_000 };
    const reasonAfter = (changes: Partial<PreviousBuild>) =>
      decideBuild({ ...request, limits, ...after({ ...changes, savedNothing: true }) }).reason;
    assert.equal(reasonAfter({ baseImage: 'DockerImage/python@sha256:2' }), 'base_image_changed');
    assert.equal(reasonAfter({ chainStarted: now - maxAge }), 'chain_age_reached');
  });
});
