import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { objectAt, stringAt } from '../../../src/openshift/json.ts';
import { type Manifest, installMode, release, renderedObjects, theOnly } from '../helm.ts';
import type { ChartBed } from './chart-bed.ts';

const { namespace } = release;

/** Sends every object to the API server in a dry run. */
export function describeAcceptance({ api }: ChartBed): void {
  describe('chart, every object is accepted under Pod Security restricted', () => {
    for (const mode of [
      'self-signed',
      'cert-manager',
      'cert-manager-issuer',
      'openshift',
      'existing',
      'standalone',
      'everything',
      'monitoring',
    ]) {
      it(mode, async () => {
        const objects = await renderedObjects(installMode(mode));
        const answers = [];
        for (const object of [...objects, podOf(theOnly('Deployment', objects))]) {
          const placed = { ...object, metadata: { namespace, ...object.metadata } };
          const { status, body, warnings } = await api.create(placed, true);
          if (status !== 201 || warnings !== '') answers.push([object.kind, stringAt(body, 'message'), warnings]);
        }
        assert.deepEqual(answers, []);
        assert.ok(objects.length >= 6);
      });
    }

    it('and an unrestricted pod is rejected', async () => {
      const objects = await renderedObjects(installMode('self-signed'), '--set', 'securityContext=null');
      const { status, body } = await api.create(podOf(theOnly('Deployment', objects)), true);
      assert.equal(status, 403);
      assert.match(
        stringAt(body, 'message') ?? '',
        /violates PodSecurity "restricted:latest": allowPrivilegeEscalation/,
      );
    });
  });
}

/** Returns the pod of the Deployment. */
function podOf(deployment: Manifest): Manifest {
  const { metadata, spec } = objectAt(deployment, 'spec', 'template') ?? {};
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...(metadata as object), name: 'from-deployment', namespace },
    spec,
  };
}
