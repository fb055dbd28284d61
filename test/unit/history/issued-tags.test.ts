import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { IssuedTags } from '../../../src/history/issued-tags.ts';

const hours = 3_600_000;
const start = Date.UTC(2026, 0, 31);

function issue(tags: IssuedTags, series: string, position: number, now: number): void {
  tags.record({ tag: `${series}-${position}`, series, position }, now);
}

const upTo = (tags: IssuedTags, all: string, now: number) => all.split('').map((series) => tags.upTo(series, now));

describe('IssuedTags', () => {
  it('returns the last position of each series', () => {
    const tags = new IssuedTags();
    assert.deepEqual(upTo(tags, 'a', start), [undefined]);
    issue(tags, 'a', 1, start);
    issue(tags, 'b', 7, start);
    issue(tags, 'a', 2, start);
    assert.deepEqual(upTo(tags, 'abc', start), [2, 7, undefined]);
  });

  it('keeps a series for two hours', () => {
    const tags = new IssuedTags();
    issue(tags, 'a', 1, start);
    issue(tags, 'b', 1, start + hours);
    assert.deepEqual(upTo(tags, 'ab', start + 2 * hours - 1), [1, 1]);
    assert.deepEqual(upTo(tags, 'ab', start + 2 * hours), [undefined, 1]);
    issue(tags, 'c', 1, start + 2 * hours);
    assert.deepEqual(upTo(tags, 'abc', start + 2 * hours), [undefined, 1, 1]);
  });

  it('keeps a series that is still in use', () => {
    const tags = new IssuedTags();
    for (let hour = 0; hour <= 12; hour += 1) {
      issue(tags, 'a', hour, start + hour * hours);
      assert.deepEqual(upTo(tags, 'a', start + hour * hours), [hour]);
    }
  });

  it('forgets nothing if the clock is set back a little', () => {
    const tags = new IssuedTags();
    issue(tags, 'a', 1, start);
    issue(tags, 'b', 1, start - hours);
    assert.deepEqual(upTo(tags, 'ab', start - hours), [1, 1]);
  });

  it('ignores tags from a clock that had jumped ahead', () => {
    const tags = new IssuedTags();
    const ahead = start + 87_600 * hours;
    issue(tags, 'a', 1, start);
    issue(tags, 'a', 900, ahead);
    issue(tags, 'b', 900, ahead);
    assert.deepEqual(upTo(tags, 'ab', ahead), [900, 900]);
    assert.deepEqual(upTo(tags, 'ab', start + hours), [undefined, undefined]);
    issue(tags, 'a', 2, start + hours);
    assert.deepEqual(upTo(tags, 'ab', start + hours), [2, undefined]);
  });

  it('forgets the oldest series beyond its limit', () => {
    const tags = new IssuedTags(3);
    for (const [index, series] of ['a', 'b', 'c', 'a', 'd'].entries()) issue(tags, series, index, start + index);
    assert.deepEqual(upTo(tags, 'abcd', start + 9), [3, undefined, 2, 4]);
  });
});
