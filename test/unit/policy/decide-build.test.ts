import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decideBuild } from '../../../src/policy/decide-build.ts';
import type { DecisionRequest } from '../../../src/policy/full-build-rules.ts';
import type { BuildConfigFacts, BuildConfigHistory, PreviousBuild } from '../../../src/policy/facts.ts';

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
  hadWrapper: true,
  inputs: '',
  isTooLarge: false,
  originFrom: 'DockerImage/python@sha256:1',
  source: 'https://git.example.com/app.git ',
  envNames: ['A', 'B'],
};
const buildConfig: BuildConfigFacts = {
  optedIn: true,
  outputRepository: undefined,
  pullSecret: undefined,
  incremental: true,
};
const nothing = { outcomes: [], hasNumber: () => false, scriptsFailedAt: () => undefined };
const complete: BuildConfigHistory = { buildConfig, hasBuilds: true, previous, references: new Set(), ...nothing };
const incomplete: BuildConfigHistory = { ...complete, previous: undefined };
const empty: BuildConfigHistory = { ...incomplete, hasBuilds: false };
const ownFalse: BuildConfigHistory = { ...complete, buildConfig: { ...buildConfig, incremental: false } };
const gone: BuildConfigHistory = { ...complete, buildConfig: undefined };

const request: DecisionRequest = {
  mode: 'chain',
  incremental: true,
  wrapperUnavailable: false,
  originFrom: 'DockerImage/python@sha256:1',
  baseDigest: undefined,
  source: 'https://git.example.com/app.git ',
  envNames: ['B', 'A', 'C'],
  limits: { maxDepth: 3, maxAge },
  now,
  history: complete,
  previousImage: 'unchecked',
};

/** A history whose previous Build differs. */
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
  const rows: readonly [title: string, changes: Partial<DecisionRequest>, expected: object][] = [
    ['mode false', { mode: 'off' }, full('incremental_off')],
    [
      'mode false goes before all else',
      { mode: 'off', incremental: false, wrapperUnavailable: true, history: undefined },
      full('incremental_off'),
    ],
    ["the BuildConfig's own false", { incremental: false, history: ownFalse }, full('incremental_off')],
    ['false by oc start-build', { incremental: false }, full('clean_build_requested')],
    ['false, and the BuildConfig is gone', { incremental: false, history: gone }, full('clean_build_requested')],
    [
      'false, and the history is not read',
      { incremental: false, history: 'unavailable' },
      full('clean_build_requested'),
    ],
    ['false without a BuildConfig', { incremental: false, history: undefined }, full('clean_build_requested')],
    ['false goes before the wrapper', { incremental: false, wrapperUnavailable: true }, full('clean_build_requested')],
    ['no BuildConfig', { history: undefined }, full('no_build_config')],
    [
      'no BuildConfig goes before the wrapper',
      { history: undefined, wrapperUnavailable: true },
      full('no_build_config'),
    ],
    ['no wrapper', { wrapperUnavailable: true }, full('wrapper_unavailable')],
    [
      'no wrapper goes before the history',
      { wrapperUnavailable: true, history: 'unavailable' },
      full('wrapper_unavailable'),
    ],
    ['the history is not read', { history: 'unavailable' }, full('history_unavailable')],
    ['no earlier Build', { history: empty }, full('first_build')],
    ['no complete Build', { history: incomplete }, full('no_previous_image')],
    ['another base', { originFrom: 'DockerImage/python@sha256:2' }, full('base_image_changed')],
    ['no base', { originFrom: '' }, full('base_image_changed')],
    ['another base goes before another source', { originFrom: '', source: '' }, full('base_image_changed')],
    [
      'the tag of the base means another image',
      {
        ...after({ originFrom: 'DockerImage/python:3@sha256:1' }),
        originFrom: 'DockerImage/python:3',
        baseDigest: 'sha256:2',
      },
      full('base_image_changed'),
    ],
    [
      'the tag of the base means the same image',
      {
        ...after({ originFrom: 'DockerImage/python:3@sha256:1' }),
        originFrom: 'DockerImage/python:3',
        baseDigest: 'sha256:1',
      },
      continuedAfter({ originFrom: 'DockerImage/python:3@sha256:1' }),
    ],
    ['another source', { source: 'https://git.example.com/app.git sub' }, full('source_changed')],
    ['another source goes before the env', { source: '', envNames: [] }, full('source_changed')],
    ['a variable is gone', { envNames: ['A', 'C'] }, full('env_removed')],
    ['every variable is gone', { envNames: [] }, full('env_removed')],
    [
      'the env goes before the depth',
      { envNames: [], limits: { maxDepth: 1, maxAge }, ...after({ chainDepth: 1 }) },
      full('env_removed'),
    ],
    ['the chain is one short of its depth', after({ chainDepth: 2 }), continuedAfter({ chainDepth: 2 })],
    ['the chain is as deep as it may be', after({ chainDepth: 3 }), full('chain_depth_reached')],
    ['the chain is deeper than it may be', after({ chainDepth: 4 }), full('chain_depth_reached')],
    ['the depth goes before the age', after({ chainDepth: 3, chainStarted: 0 }), full('chain_depth_reached')],
    ['the chain is as old as it may be', after({ chainStarted: now - maxAge }), full('chain_age_reached')],
    ['the chain is older than it may be', after({ chainStarted: 0 }), full('chain_age_reached')],
    ['a chain of unknown age', after({ chainStarted: undefined }), continuedAfter({ chainStarted: undefined })],
    ['a chain from the future', after({ chainStarted: now + 1 }), continuedAfter({ chainStarted: now + 1 })],
    ['the previous image is gone', { previousImage: 'missing' }, full('previous_image_missing')],
    [
      'the age goes before the previous image',
      { previousImage: 'missing', ...after({ chainStarted: 0 }) },
      full('chain_age_reached'),
    ],
    [
      'the previous image is gone, and there is none',
      { previousImage: 'missing', history: empty },
      full('first_build'),
    ],
    ['the previous image is there', { previousImage: 'present' }, continued],
    ['no variables before', after({ envNames: [] }), continuedAfter({ envNames: [] })],
    ['a complete Build', {}, continued],
    ['a complete Build, the BuildConfig is gone', { history: gone }, continued],
    ["the Build's own true before the BuildConfig's false", { history: ownFalse }, continued],
    ['no incremental at all', { incremental: undefined }, continued],
    ['an incremental of null', { incremental: null }, continued],
    ['an incremental that is no boolean', { incremental: 'false' }, continued],
  ];
  for (const [title, changes, expected] of rows) {
    it(title, () => {
      assert.deepEqual(decideBuild({ ...request, ...changes }), expected);
    });
  }
});
