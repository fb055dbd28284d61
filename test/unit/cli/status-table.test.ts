import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { renderStatusTable } from '../../../src/cli/status-table.ts';
import { renderText } from '../../../src/cli/terminal.ts';
import type { BuildConfigStatus } from '../../../src/status/build-config-status.ts';

const image = `harbor.example.com/web/shop@sha256:${'8d52e7b6'.repeat(8)}`;
const rows: readonly BuildConfigStatus[] = [
  {
    namespace: 'web',
    name: 'shop',
    last: { build: 'shop-12', phase: 'Complete', decision: 'incremental', reason: 'continued', from: image },
    chain: { depth: 3, limit: 20, started: '2026-01-29T08:00:00Z' },
    previous: { build: 'shop-12', image },
    lastFull: { build: 'shop-9', seconds: 125 },
    lastIncremental: { build: 'shop-12', seconds: 31 },
    medianSeconds: { full: 125, incremental: 31 },
    savesNothing: false,
    savedSeconds: 4_000,
  },
  {
    namespace: 'web',
    name: 'api',
    last: { build: 'api-1', phase: 'Failed', decision: 'full', reason: 'first_build', from: null },
    chain: { depth: 0, limit: null, started: null },
    previous: null,
    lastFull: null,
    lastIncremental: null,
    medianSeconds: { full: null, incremental: null },
    savesNothing: false,
    savedSeconds: 0,
  },
  {
    namespace: 'team',
    name: 'odd',
    last: { build: 'odd-2', phase: 'Complete', decision: null, reason: null, from: null },
    chain: null,
    previous: null,
    lastFull: null,
    lastIncremental: { build: 'odd-1', seconds: 5 },
    medianSeconds: { full: null, incremental: 5 },
    savesNothing: false,
    savedSeconds: null,
  },
  {
    namespace: 'team',
    name: 'new',
    last: null,
    chain: null,
    previous: null,
    lastFull: null,
    lastIncremental: null,
    medianSeconds: { full: null, incremental: null },
    savesNothing: false,
    savedSeconds: 0,
  },
];
const render = (width: number, withNamespace = false, hasColour = false) =>
  renderStatusTable(rows, { width, withNamespace })
    .map((line) => `${renderText(line, hasColour).trimEnd()}\n`)
    .join('');

describe('renderStatusTable', () => {
  it('prints full values into a pipe', () => {
    const blank = ' '.repeat(image.length - 14);
    assert.equal(
      render(Number.POSITIVE_INFINITY),
      `NAME   LAST             DECISION      REASON        CHAIN   PREVIOUS IMAGE${blank}   FULL    INCREMENTAL   SAVED
shop   shop-12          incremental   continued     3/20    ${image}   2m05s   31s           1h06m
api    api-1 (Failed)   full          first_build   0       -${blank}                -       -             0s
odd    odd-2            unmodified    -             -       -${blank}                -       5s            -
new    -                -             -             -       -${blank}                -       -             0s
`,
    );
  });

  it('shortens digests on a terminal, and adds the namespace if requested', () => {
    assert.equal(
      render(200, true),
      `NAMESPACE   NAME   LAST             DECISION      REASON        CHAIN   PREVIOUS IMAGE                                 FULL    INCREMENTAL   SAVED
web         shop   shop-12          incremental   continued     3/20    harbor.example.com/web/shop@sha256:8d52e7b6…   2m05s   31s           1h06m
web         api    api-1 (Failed)   full          first_build   0       -                                              -       -             0s
team        odd    odd-2            unmodified    -             -       -                                              -       5s            -
team        new    -                -             -             -       -                                              -       -             0s
`,
    );
  });

  it('shortens the image first, then drops columns from the last', () => {
    const tables = [128, 100, 70].map((width) => render(width).split('\n').slice(0, 3));
    assert.deepEqual(tables, [
      [
        'NAME   LAST             DECISION      REASON        CHAIN   PREVIOUS IMAGE                           FULL    INCREMENTAL   SAVED',
        'shop   shop-12          incremental   continued     3/20    harbor.example.com/…p@sha256:8d52e7b6…   2m05s   31s           1h06m',
        'api    api-1 (Failed)   full          first_build   0       -                                        -       -             0s',
      ],
      [
        'NAME   LAST             DECISION      REASON        CHAIN   PREVIOUS IMAGE                     SAVED',
        'shop   shop-12          incremental   continued     3/20    harbor.example.c…ha256:8d52e7b6…   1h06m',
        'api    api-1 (Failed)   full          first_build   0       -                                  0s',
      ],
      [
        'NAME   LAST             DECISION      REASON        CHAIN   SAVED',
        'shop   shop-12          incremental   continued     3/20    1h06m',
        'api    api-1 (Failed)   full          first_build   0       0s',
      ],
    ]);
  });

  it('fits any terminal, and cuts long names in the middle', () => {
    const name = `${'a-long-name-'.repeat(10)}end`;
    const long: BuildConfigStatus = {
      ...(rows[0] as BuildConfigStatus),
      namespace: 'team-with-a-name-of-thirty-characters',
      name,
      last: { build: `${name}-1`, phase: 'Failed', decision: 'incremental', reason: 'chain_depth_reached', from: null },
    };
    const linesOf = (width: number) =>
      renderStatusTable([long, ...rows], { width, withNamespace: true }).map((line) => renderText(line, false));
    for (let width = 60; width < 500; width += 1) {
      for (const line of linesOf(width)) assert.ok(line.length <= width, `${width}: ${line}`);
    }
    assert.deepEqual(linesOf(100).slice(0, 2), [
      'NAMESPACE          NAME                LAST                DECISION      REASON                SAVED',
      'team-wit…racters   a-long-n…name-end   a-long-n…(Failed)   incremental   chain_depth_reached   1h06m',
    ]);
  });

  it('marks incremental builds that save nothing', () => {
    const slow = {
      ...(rows[0] as BuildConfigStatus),
      medianSeconds: { full: 40, incremental: 41 },
      savesNothing: true,
    };
    const [, line] = renderStatusTable([slow], { withNamespace: false, width: 100 }).map((text) =>
      renderText(text, false),
    );
    assert.equal(line, 'shop   shop-12   incremental   continued   3/20    saves nothing: 41s instead of 40s');
  });

  it('colours titles, decisions and failures', () => {
    const lines = render(200, false, true).replaceAll('\u001b[', '<').split('\n');
    assert.equal(lines[0]?.slice(0, 33), '<1mNAME<22m   <1mLAST<22m        ');
    assert.match(lines[1] ?? '', /^shop {3}shop-12 +<32mincremental<39m +continued/);
    assert.match(lines[2] ?? '', /^api {4}<31mapi-1 \(Failed\)<39m {3}<33mfull<39m +first_build/);
    assert.match(lines[3] ?? '', /^odd +odd-2 +<31munmodified<39m +-/);
  });
});
