import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { IssuedTags } from '../../../src/history/issued-tags.ts';

const hours = 3_600_000;
const start = Date.UTC(2026, 0, 31);

function issue(tags: IssuedTags, series: string, position: number, now: number): void {
  tags.record({ tag: `${series}-${position}`, series, position }, now);
}

describe('IssuedTags', () => {
  it('knows the last position of each series', () => {
    const tags = new IssuedTags();
    assert.equal(tags.upTo('a'), undefined);
    issue(tags, 'a', 1, start);
    issue(tags, 'b', 7, start);
    issue(tags, 'a', 2, start);
    assert.deepEqual(
      ['a', 'b', 'c'].map((series) => tags.upTo(series)),
      [2, 7, undefined],
    );
  });

  it('keeps a series for two hours at least and four at most', () => {
    const tags = new IssuedTags();
    const known = (): readonly boolean[] => ['a', 'b', 'c'].map((series) => tags.upTo(series) !== undefined);
    issue(tags, 'a', 1, start);
    issue(tags, 'b', 1, start + 2 * hours - 1);
    issue(tags, 'c', 1, start + 2 * hours);
    assert.deepEqual(known(), [true, true, true]);
    issue(tags, 'd', 1, start + 4 * hours - 1);
    assert.deepEqual(known(), [true, true, true]);
    issue(tags, 'd', 2, start + 4 * hours);
    assert.deepEqual(known(), [false, false, true]);
    issue(tags, 'd', 3, start + 6 * hours);
    assert.deepEqual(known(), [false, false, false]);
  });

  it('forgets nothing sooner when the clock is set back', () => {
    const tags = new IssuedTags();
    issue(tags, 'a', 1, start);
    issue(tags, 'b', 1, start - 3 * hours);
    assert.deepEqual([tags.upTo('a'), tags.upTo('b')], [1, 1]);
    issue(tags, 'c', 1, start - 2 * hours);
    assert.deepEqual([tags.upTo('a'), tags.upTo('b')], [1, 1]);
  });

  it('keeps a series that is still issued from', () => {
    const tags = new IssuedTags();
    for (let hour = 0; hour <= 12; hour += 1) {
      issue(tags, 'a', hour, start + hour * hours);
      assert.equal(tags.upTo('a'), hour);
    }
  });
});
