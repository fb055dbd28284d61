import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseDuration } from '../../../src/config/duration.ts';

describe('parseDuration', () => {
  const rows: readonly [text: string, milliseconds: number | undefined][] = [
    ['0', 0],
    ['0s', 0],
    ['500ms', 500],
    ['5s', 5_000],
    ['10m', 600_000],
    ['168h', 604_800_000],
    ['1h30m', 5_400_000],
    ['1h1m1s1ms', 3_661_001],
    ['1.5h', 5_400_000],
    ['2.25s', 2_250],
    ['0.4ms', 0],
    ['0.5ms', 1],
    ['1m1m', 120_000],
    ['', undefined],
    ['5', undefined],
    ['00', undefined],
    ['s', undefined],
    ['-5s', undefined],
    ['+5s', undefined],
    ['5S', undefined],
    ['5d', undefined],
    ['5 s', undefined],
    [' 5s', undefined],
    ['5s\n', undefined],
    ['5s3', undefined],
    ['.5s', undefined],
    ['5.s', undefined],
    ['1.2.3s', undefined],
    ['1e3s', undefined],
    [`${'9'.repeat(30)}h`, undefined],
    [`${'9'.repeat(400)}h`, undefined],
  ];
  for (const [text, milliseconds] of rows) {
    it(`${JSON.stringify(text.slice(0, 20))}: ${String(milliseconds)}`, () => {
      assert.equal(parseDuration(text), milliseconds);
    });
  }
});
