import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { IssuedTags } from '../../../src/history/issued-tags.ts';

const hours = 3_600_000;

function issue(tags: IssuedTags, series: string, position: number, now: number): void {
  tags.record({ tag: `${series}-${position}`, series, position }, now);
}

describe('IssuedTags', () => {
  it('knows the last position of each series', () => {
    const tags = new IssuedTags();
    assert.equal(tags.upTo('a'), undefined);
    issue(tags, 'a', 1, 0);
    issue(tags, 'b', 7, 0);
    issue(tags, 'a', 2, 0);
    assert.deepEqual(
      ['a', 'b', 'c'].map((series) => tags.upTo(series)),
      [2, 7, undefined],
    );
  });

  it('forgets a series after two hours and no sooner, looking every ten minutes', () => {
    const tags = new IssuedTags();
    issue(tags, 'a', 1, 0);
    issue(tags, 'b', 1, hours / 6);
    issue(tags, 'c', 1, 2 * hours);
    assert.deepEqual(
      ['a', 'b', 'c'].map((series) => tags.upTo(series)),
      [1, 1, 1],
    );
    issue(tags, 'c', 2, 2 * hours + 1);
    assert.equal(tags.upTo('a'), 1);
    issue(tags, 'c', 2, 2 * hours + hours / 6);
    assert.deepEqual(
      ['a', 'b', 'c'].map((series) => tags.upTo(series)),
      [undefined, 1, 2],
    );
    issue(tags, 'd', 1, 5 * hours);
    assert.deepEqual(
      ['a', 'b', 'c', 'd'].map((series) => tags.upTo(series)),
      [undefined, undefined, undefined, 1],
    );
  });

  it('keeps a series that is still issued from', () => {
    const tags = new IssuedTags();
    issue(tags, 'a', 1, 0);
    issue(tags, 'b', 1, 0);
    issue(tags, 'a', 2, 2 * hours);
    issue(tags, 'c', 1, 3 * hours);
    assert.deepEqual(
      ['a', 'b', 'c'].map((series) => tags.upTo(series)),
      [2, undefined, 1],
    );
  });
});
