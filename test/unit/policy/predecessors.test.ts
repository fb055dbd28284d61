import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Facts } from '../../../src/policy/facts.ts';
import { arePredecessorsKnown } from '../../../src/policy/predecessors.ts';

const now = 1_000_000;
const old = now - 26_001;
const recent = now - 26_000;

type Numbers = readonly (readonly [number: number, createdAt: number | undefined])[];

function historyOf(numbers: Numbers): Facts['history'] {
  return {
    buildConfig: undefined,
    hasBuilds: numbers.length > 0,
    previous: undefined,
    outcomes: [],
    numbers: numbers.map(([number, createdAt]) => ({ number, createdAt })),
    references: new Set(),
    scriptsFailedAt: () => undefined,
  };
}

describe('arePredecessorsKnown', () => {
  const rows: readonly [
    title: string,
    number: number | undefined,
    numbers: Numbers | 'unavailable' | undefined,
    known: boolean,
  ][] = [
    ['no BuildConfig', 7, undefined, true],
    ['no number', undefined, [], true],
    ['the first Build', 1, [], true],
    ['the history is not read', 7, 'unavailable', false],
    ['the history of the first Build is not read', 1, 'unavailable', true],
    ['the second Build, the first is unknown', 2, [], false],
    ['the second Build, the first is known', 2, [[1, recent]], true],
    [
      'all are known',
      4,
      [
        [3, recent],
        [1, recent],
        [2, recent],
      ],
      true,
    ],
    [
      'the one before is unknown',
      4,
      [
        [2, recent],
        [1, recent],
      ],
      false,
    ],
    [
      'one is known, one between is not',
      4,
      [
        [3, recent],
        [1, recent],
      ],
      false,
    ],
    ['one is known that was stored long ago', 8, [[7, old]], true],
    [
      'one is known that was stored long ago, and all since',
      8,
      [
        [5, old],
        [7, recent],
        [6, recent],
      ],
      true,
    ],
    [
      'one is known that was stored long ago, and not all since',
      8,
      [
        [5, old],
        [7, recent],
      ],
      false,
    ],
    ['one is known that does not say when it was stored', 8, [[7, undefined]], true],
    [
      'a gap before one that was stored long ago',
      8,
      [
        [3, old],
        [7, old],
      ],
      true,
    ],
    [
      'one with a higher number',
      4,
      [
        [5, old],
        [3, recent],
        [2, recent],
        [1, recent],
      ],
      true,
    ],
    ['one with a higher number alone', 4, [[5, old]], false],
    [
      'two of one number',
      3,
      [
        [1, recent],
        [1, recent],
      ],
      false,
    ],
  ];
  for (const [title, number, numbers, known] of rows) {
    it(`returns ${String(known)} for: ${title}`, () => {
      const history = numbers === undefined || numbers === 'unavailable' ? numbers : historyOf(numbers);
      assert.equal(arePredecessorsKnown(history, number, now), known);
    });
  }
});
