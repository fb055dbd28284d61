import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type JsonObject, withValue, withoutValue } from '../../src/openshift/json.ts';
import { labels } from '../../src/openshift/keys.ts';
import { labelOf } from '../../src/openshift/metadata.ts';
import { type AnswerPatch, startApiServer } from '../helpers/api-server.ts';
import { enabled, exampleBuildConfig, merge } from '../helpers/fixtures.ts';
import { runCommand } from '../helpers/terminal.ts';

const originPath = ['metadata', 'annotations', 's2i-incremental.io/origin'] as const;
const record =
  '{"version":1,"strategy":"Source","from":null,"incremental":null,"scripts":null,"output":null,"env":[],"applied":{}}';
const optedOut = withoutValue(exampleBuildConfig(), ['metadata', 'labels']);
const optedIn = withValue(withValue(optedOut, ['metadata', 'labels'], enabled), originPath, record);
const withOrigin = (text: string) => withValue(optedIn, originPath, text);

/** Answers like an API server without admission. */
const store: AnswerPatch = (stored, patch) => ({ object: merge(stored, patch) as JsonObject });

/** Answers like an API server with a webhook that records and restores. */
const admit: AnswerPatch = (stored, patch) => {
  const { object } = store(stored, patch);
  const isOptedIn = labelOf(object, labels.enabled) === 'true';
  return {
    object: isOptedIn ? withValue(object, originPath, record) : withoutValue(object, originPath),
    warnings: ['about it'],
  };
};

const check = 'To find the cause: s2i-incremental check -n test.';
const warned = 'Warning: buildconfig/api: about it\n';

describe('enable and disable', () => {
  const rows: readonly [
    title: string,
    command: string,
    stored: JsonObject,
    answer: AnswerPatch,
    stdout: string,
    stderr: string,
  ][] = [
    ['opt in', 'enable', optedOut, admit, 'buildconfig/api enabled\n', warned],
    ['opt out', 'disable', optedIn, admit, 'buildconfig/api disabled\n', warned],
    ['do nothing if the label is set already', 'enable', optedIn, admit, 'buildconfig/api is enabled already\n', ''],
    [
      'report that the webhook did not record',
      'enable',
      optedOut,
      store,
      'buildconfig/api enabled\n',
      `buildconfig/api: the label is set, but the webhook did not act: no annotation s2i-incremental.io/origin was written. ${check} If its configuration has buildConfig.mutate: false, all is well: it then changes only Builds.\n`,
    ],
    [
      'report that the webhook did not restore',
      'disable',
      optedIn,
      store,
      'buildconfig/api disabled\n',
      `buildconfig/api: the label is removed, so its next Builds are unmodified. But the webhook did not act: the annotation s2i-incremental.io/origin and what the webhook had changed are still there. ${check} When the webhook works again, enable and disable the BuildConfig once more.\n`,
    ],
    [
      'do not mention an unreadable record, which the webhook keeps',
      'disable',
      withOrigin('{"version":2}'),
      store,
      'buildconfig/api disabled\n',
      '',
    ],
  ];
  for (const [title, command, stored, answer, stdout, stderr] of rows) {
    it(title, async (t) => {
      const { kubeconfig } = await startApiServer(t, [stored], answer);
      const finished = await runCommand([command, 'api', '--kubeconfig', kubeconfig]);
      assert.deepEqual(finished, { status: 0, stdout, stderr });
    });
  }

  it('show changes in a dry run, without values of variables', async (t) => {
    const { kubeconfig } = await startApiServer(t, [optedOut], (stored) => {
      const secret = [{ name: 'TOKEN', value: 'secret' }];
      return {
        object: withValue(
          withValue(stored, ['metadata', 'labels'], enabled),
          ['spec', 'strategy', 'sourceStrategy', 'env'],
          secret,
        ),
      };
    });
    const { stdout } = await runCommand(['enable', 'bc/api', '--dry-run', '--kubeconfig', kubeconfig]);
    assert.match(stdout, /^buildconfig\/api would be enabled; nothing was stored \(dry run\):\n/);
    assert.match(stdout, /^ {2}metadata\.labels\.s2i-incremental\.io\/enabled +\+ true$/m);
    assert.doesNotMatch(stdout, /secret/);
  });

  it('try each name, and exit with 1 if one failed', async (t) => {
    const { kubeconfig } = await startApiServer(t, [optedOut], admit);
    assert.deepEqual(await runCommand(['enable', 'none', 'api', '--kubeconfig', kubeconfig]), {
      status: 1,
      stdout: 'buildconfig/api enabled\n',
      stderr: `s2i-incremental: buildconfig/none: there is none in namespace test; oc get bc -n test lists them\n${warned}`,
    });
  });
});
