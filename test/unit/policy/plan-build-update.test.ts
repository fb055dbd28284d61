import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { planBuildUpdate } from '../../../src/policy/plan-build-update.ts';

const ours = 's2i-incremental.io/';
const build = (annotations: Record<string, unknown> | null) => ({ metadata: { annotations } });
const before = { [`${ours}decision`]: 'full', [`${ours}chain-depth`]: '0', team: 'a' };
const nothing = { kind: 'skip', reason: 'nothing_to_do', warnings: [] };

function restored(annotations: Readonly<Record<string, string | null>>) {
  return {
    kind: 'restore',
    reason: 'annotations_restored',
    annotations,
    warnings: [`restored read-only annotations: ${Object.keys(annotations).join(', ')}`],
  };
}

describe('planBuildUpdate', () => {
  const rows: readonly [title: string, after: Record<string, unknown> | null, old: unknown, expected: unknown][] = [
    ['other annotations changed', { ...before, team: 'b', more: 'x' }, build(before), nothing],
    ['an annotation for users changed', { ...before, [`${ours}pull-secret`]: 'x' }, build(before), nothing],
    ['the Build has no record', null, build(null), nothing],
    [
      'one was changed',
      { ...before, [`${ours}decision`]: 'incremental' },
      build(before),
      restored({ [`${ours}decision`]: 'full' }),
    ],
    ['one was dropped', { [`${ours}decision`]: 'full' }, build(before), restored({ [`${ours}chain-depth`]: '0' })],
    ['one was added', { ...before, [`${ours}mode`]: 'chain' }, build(before), restored({ [`${ours}mode`]: null })],
    [
      'one is no longer a string',
      { ...before, [`${ours}decision`]: 1 },
      build(before),
      restored({ [`${ours}decision`]: 'full' }),
    ],
    ['all were dropped', null, build(before), restored({ [`${ours}decision`]: 'full', [`${ours}chain-depth`]: '0' })],
    ['the old object is unknown', { [`${ours}mode`]: 'chain' }, null, restored({ [`${ours}mode`]: null })],
  ];
  for (const [title, after, old, expected] of rows) {
    it(`${expected !== nothing ? 'restores annotations if' : 'skips an update if'} ${title}`, () => {
      assert.deepEqual(planBuildUpdate(build(after), old), expected);
    });
  }
});
