import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JsonObject } from '../../../src/openshift/json.ts';
import { explainNextBuild } from '../../../src/status/next-build.ts';
import { exampleBuildConfig } from './example-builds.ts';

const labelled = (key: string, value: string | null) =>
  exampleBuildConfig({ metadata: { labels: { [`s2i-incremental.io/${key}`]: value } } });
const restarts =
  ' It is full instead if the base image changes, if another repository or folder is built, if a Secret, ConfigMap or ' +
  'image of the source is added, removed or moved, if a variable is removed, if the chain reaches ' +
  'incremental.maxDepth or incremental.maxAge, or if it is started with --incremental=false.';
const later = (why: string) =>
  `The next Build cannot continue from it, because ${why}. It continues from the newest Complete Build, if one still exists (successfulBuildsHistoryLimit says how many are kept).`;

describe('explainNextBuild', () => {
  type Row = readonly [
    reason: string,
    phase: string,
    hasImage: boolean,
    buildConfig: JsonObject | undefined,
    text: string | RegExp,
  ];
  const rows: readonly Row[] = [
    ['continued', 'Complete', true, labelled('enabled', null), /^Its BuildConfig has opted out since/],
    ['continued', 'Complete', true, labelled('enabled', 'false'), /^Its BuildConfig has opted out since/],
    [
      'continued',
      'Complete',
      true,
      labelled('incremental', 'false'),
      /^The next Build is full: .*incremental=false\.$/,
    ],
    [
      'continued',
      'Complete',
      true,
      exampleBuildConfig({ spec: { strategy: { sourceStrategy: { incremental: false } } } }),
      'The next Build is full: the BuildConfig says incremental: false.',
    ],
    [
      'incremental_off',
      'Complete',
      true,
      exampleBuildConfig({ status: { lastVersion: 4 } }),
      'Newer Builds were started since: explain the last one, build/app-4, to see what the next Build will be.',
    ],
    [
      'continued',
      'Complete',
      true,
      exampleBuildConfig({ status: { lastVersion: 3 } }),
      /^The next Build continues from its/,
    ],
    ['incremental_off', 'Complete', true, exampleBuildConfig(), /^The next Build is full too, until the label /],
    [
      'wrapper_unavailable',
      'Failed',
      false,
      undefined,
      /^The next Build is full too, until the wrapper can be delivered/,
    ],
    [
      'history_unavailable',
      'Running',
      false,
      undefined,
      /^The next Build is full too, until the webhook can read Builds/,
    ],
    ['no_build_config', 'Complete', true, undefined, /^No Build continues from it/],
    ['first_build', 'New', false, undefined, /^A Build that is started once this one is Complete continues from its/],
    ['first_build', 'Pending', false, exampleBuildConfig(), /^A Build that is started once this one is Complete/],
    ['continued', 'Complete', true, exampleBuildConfig(), `The next Build continues from its image.${restarts}`],
    ['of_tomorrow', 'Complete', true, exampleBuildConfig(), `The next Build continues from its image.${restarts}`],
    ['continued', 'Complete', false, undefined, later('no image of it is recorded')],
    ['continued', 'Failed', false, undefined, /^The next Build is full, because an incremental build failed\./],
    ['continued', 'Error', false, undefined, /^The next Build is full, because an incremental build failed\./],
    ['continued', 'Cancelled', false, undefined, later('it is Cancelled')],
    ['previous_failed', 'Complete', true, exampleBuildConfig(), `The next Build continues from its image.${restarts}`],
    ['previous_failed', 'Failed', false, undefined, later('it is Failed')],
    ['continuing_fails', 'Complete', true, exampleBuildConfig(), /^The next Builds are full until incremental.maxAge/],
    ['wrapper_unreachable', 'Complete', true, exampleBuildConfig(), /^The next Build is full too, for 24 hours/],
  ];
  for (const [reason, phase, hasImage, buildConfig, text] of rows) {
    it(`after ${reason}, ${phase}: ${String(text)}`, () => {
      const decision = reason === 'continued' ? 'incremental' : 'full';
      const told = explainNextBuild({ number: 3, reason, decision, phase, hasImage, byNamespace: false, buildConfig });
      if (typeof text === 'string') assert.equal(told, text);
      else assert.match(told, text);
    });
  }

  it('follows the namespace unless the BuildConfig has a label', () => {
    const tell = (labels: Record<string, string>) =>
      explainNextBuild({
        number: 3,
        reason: 'continued',
        decision: 'incremental',
        phase: 'Complete',
        hasImage: true,
        byNamespace: true,
        buildConfig: exampleBuildConfig({ metadata: { labels: { 's2i-incremental.io/enabled': null, ...labels } } }),
      });
    assert.match(tell({}), /^The next Build continues from its image\./);
    assert.equal(
      tell({ 's2i-incremental.io/enabled': 'false' }),
      'Its BuildConfig has opted out since: the next Build is unmodified.',
    );
  });
});
