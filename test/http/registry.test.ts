/** Reviews while a registry does not answer. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openRegistry } from '../../src/cli/open-registry.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { type JsonObject, stringAt } from '../../src/openshift/json.ts';
import { applyPatch } from '../../src/admission/patch.ts';
import type { Admission } from '../../src/admission/admit.ts';
import { exampleBuild, merge, reviewOf } from '../helpers/fixtures.ts';
import { startOddRegistry } from '../helpers/registry-server.ts';
import { patchIn, startTestWebhook } from '../helpers/webhook.ts';

const digest = `sha256:${'a'.repeat(64)}`;

describe('POST /mutate with a registry that never answers', () => {
  it('loses the facts of the registry, not the review', async (t) => {
    const { host, requests } = await startOddRegistry(t, () => undefined);
    const config = `{registry: {check: true, resolveBase: true, plainHttp: ["${host}"]}, server: {requestBudget: 300ms}}`;
    const from = { kind: 'DockerImage', name: `${host}/python:3` };
    const build = (number: number) =>
      exampleBuild({
        metadata: {
          name: `api-${number}`,
          annotations: { 'openshift.io/build.number': String(number) },
          labels: { 's2i-incremental.io/assemble-wrapper': 'false' },
        },
        spec: {
          strategy: { sourceStrategy: { from } },
          output: { to: { kind: 'DockerImage', name: `${host}/team/app:latest` } },
        },
      });
    const objects: JsonObject[] = [];
    const admissions: Admission[] = [];
    const webhook = await startTestWebhook(t, {
      config,
      objects: () => objects,
      onAdmission: (admission) => admissions.push(admission),
      moreFactSources: await openRegistry(
        parseConfig(config, {}),
        () => undefined,
        () => 0,
      ),
    });
    const admit = async (number: number) =>
      applyPatch(build(number), patchIn((await webhook.post(reviewOf(build(number)))).text));

    const first = await admit(1);
    objects.push(
      merge(first, { status: { phase: 'Complete', output: { to: { imageDigest: digest } } } }) as JsonObject,
    );
    const second = await admit(2);
    const recorded = (key: string) => stringAt(second, 'metadata', 'annotations', `s2i-incremental.io/${key}`);
    assert.deepEqual(
      [recorded('reason'), recorded('origin-from'), recorded('previous-build')],
      ['continued', `DockerImage/${host}/python:3`, 'api-1'],
    );
    assert.deepEqual(
      admissions.map(({ failures = [] }) => failures.map(({ source }) => source)),
      [['baseDigest'], ['previousImage', 'baseDigest']],
    );
    assert.deepEqual(
      requests.map(({ line }) => line),
      ['HEAD /v2/python/manifests/3', `HEAD /v2/team/app/manifests/${digest}`],
    );
  });
});
