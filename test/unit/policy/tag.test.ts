import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type TagRequest, nextTag } from '../../../src/policy/tag.ts';

const repository = 'harbor.example.com/team/app';

function requestOf(changes: Partial<TagRequest> = {}): TagRequest {
  return {
    repository,
    format: '{timestamp}',
    timezone: 'UTC',
    buildNumber: 7,
    now: Date.parse('2026-01-31T12:00:00Z'),
    issuedUpTo: () => undefined,
    isUsed: () => false,
    ...changes,
  };
}

function tagAt(time: string, timezone: string): string {
  return nextTag(requestOf({ now: Date.parse(time), timezone })).tag;
}

describe('nextTag, timestamp', () => {
  const rows: readonly [time: string, timezone: string, tag: string][] = [
    ['2026-01-31T12:00:00Z', 'UTC', '20260131120000'],
    ['2026-01-31T12:00:00.999Z', 'UTC', '20260131120000'],
    ['2026-12-31T23:59:59Z', 'UTC', '20261231235959'],
    ['2028-02-29T00:00:00Z', 'UTC', '20280229000000'],
    ['2026-01-31T12:00:00.999Z', 'Europe/Berlin', '20260131130000'],
    ['2026-07-31T12:00:00Z', 'Europe/Berlin', '20260731140000'],
    // Midnight is hour 00 of its day.
    ['2026-01-31T23:00:00Z', 'Europe/Berlin', '20260201000000'],
    ['2026-01-01T00:00:00Z', 'America/New_York', '20251231190000'],
    ['2026-01-31T12:00:00Z', 'Asia/Kolkata', '20260131173000'],
    ['2026-01-31T12:00:00Z', 'Asia/Kathmandu', '20260131174500'],
    ['2026-01-31T12:00:00Z', 'Pacific/Kiritimati', '20260201020000'],
    // The hour that is skipped in spring and the one that is repeated in autumn.
    ['2026-03-29T00:59:59Z', 'Europe/Berlin', '20260329015959'],
    ['2026-03-29T01:00:00Z', 'Europe/Berlin', '20260329030000'],
    ['2026-10-25T00:30:00Z', 'Europe/Berlin', '20261025023000'],
    ['2026-10-25T01:30:00Z', 'Europe/Berlin', '20261025023000'],
    ['2026-10-25T02:00:00Z', 'Europe/Berlin', '20261025030000'],
    // Its clocks are set back by half an hour.
    ['2026-04-04T14:59:59Z', 'Australia/Lord_Howe', '20260405015959'],
    ['2026-04-04T15:00:00Z', 'Australia/Lord_Howe', '20260405013000'],
    // Another calendar and other digits.
    ['2026-01-31T12:00:00Z', 'Asia/Tehran', '20260131153000'],
  ];
  for (const [time, timezone, tag] of rows) {
    it(`is ${tag} at ${time} in ${timezone}`, () => {
      assert.equal(tagAt(time, timezone), tag);
    });
  }
});

describe('nextTag', () => {
  const second = Date.parse('2026-01-31T12:00:00Z') / 1000;

  it('returns the series and the position of the tag', () => {
    assert.deepEqual(nextTag(requestOf()), {
      tag: '20260131120000',
      series: `${repository}:{timestamp}`,
      position: second,
    });
    assert.deepEqual(nextTag(requestOf({ format: 'b{buildNumber}_{timestamp}-{buildNumber}' })), {
      tag: 'b7_20260131120000-7',
      series: `${repository}:b7_{timestamp}-7`,
      position: second,
    });
    assert.deepEqual(nextTag(requestOf({ format: 'v{buildNumber}' })), {
      tag: 'v7',
      series: `${repository}:v7`,
      position: 1,
    });
  });

  it('skips issued tags and those in use', () => {
    const used = new Set([`${repository}:20260131120002`, `${repository}:20260131120003`, 'other/app:20260131120004']);
    const asked: string[] = [];
    const issued = nextTag(
      requestOf({
        issuedUpTo: (series) => (series === `${repository}:{timestamp}` ? second + 1 : undefined),
        isUsed: (reference) => {
          asked.push(reference);
          return used.has(reference);
        },
      }),
    );
    assert.deepEqual(issued, { tag: '20260131120004', series: `${repository}:{timestamp}`, position: second + 4 });
    assert.deepEqual(
      asked,
      ['02', '03', '04'].map((last) => `${repository}:202601311200${last}`),
    );
  });

  it('uses the current time if issued tags are older', () => {
    assert.equal(nextTag(requestOf({ issuedUpTo: () => second - 1 })).tag, '20260131120000');
    assert.equal(nextTag(requestOf({ issuedUpTo: () => second })).tag, '20260131120001');
  });

  it('advances into the next minute, day and year', () => {
    const now = Date.parse('2026-12-31T23:59:59Z');
    assert.equal(nextTag(requestOf({ now, issuedUpTo: () => now / 1000 })).tag, '20270101000000');
  });

  it('issues no tag twice in an hour that the clocks repeat', () => {
    const times = ['2026-10-25T00:59:59Z', '2026-10-25T01:00:00Z', '2026-10-25T01:30:00Z', '2026-10-25T02:00:00Z'];
    let last: number | undefined;
    const tags = times.map((time) => {
      const issued = nextTag(requestOf({ now: Date.parse(time), timezone: 'Europe/Berlin', issuedUpTo: () => last }));
      last = issued.position;
      return issued.tag;
    });
    assert.deepEqual(tags, ['20261025025959', '20261025030000', '20261025030001', '20261025030002']);
  });

  it('appends numbers from 2 without a timestamp', () => {
    const format = '{buildNumber}';
    const tagOf = (changes: Partial<TagRequest>) => nextTag(requestOf({ format, ...changes }));
    assert.deepEqual(tagOf({ issuedUpTo: () => 1 }), { tag: '7-2', series: `${repository}:7`, position: 2 });
    assert.deepEqual(tagOf({ issuedUpTo: () => 4 }), { tag: '7-5', series: `${repository}:7`, position: 5 });
    const used = [`${repository}:7`, `${repository}:7-2`];
    assert.deepEqual(tagOf({ isUsed: (reference) => used.includes(reference) }), {
      tag: '7-3',
      series: `${repository}:7`,
      position: 3,
    });
  });

  it('replaces every occurrence of each placeholder', () => {
    assert.equal(
      nextTag(requestOf({ format: '{timestamp}.{buildNumber}.{timestamp}.{buildNumber}' })).tag,
      '20260131120000.7.20260131120000.7',
    );
  });
});
