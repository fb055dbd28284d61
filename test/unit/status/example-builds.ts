import type { JsonObject } from '../../../src/openshift/json.ts';
import { merge } from '../../helpers/fixtures.ts';
import { completeBuild, ourAnnotations } from '../history/example-builds.ts';

/** A Build of `app` as admitted, Complete after so many seconds, with a merge patch laid over it. */
export function admittedBuild(
  number: number,
  decision: 'full' | 'incremental',
  seconds: number,
  patch: JsonObject = {},
): JsonObject {
  const recorded = {
    decision,
    reason: decision === 'full' ? 'first_build' : 'continued',
    'chain-depth': decision === 'full' ? '0' : '1',
    ...(decision === 'incremental' && { 'previous-build': `app-${number - 1}` }),
  };
  const finished = { status: { duration: seconds * 1e9 } };
  const layers = [ourAnnotations(recorded), finished, patch];
  return layers.reduce((build, layer) => merge(build, layer) as JsonObject, completeBuild(number));
}

/** The opted-in BuildConfig of these Builds, with a merge patch laid over it. */
export function exampleBuildConfig(patch: JsonObject = {}): JsonObject {
  const buildConfig = {
    kind: 'BuildConfig',
    metadata: {
      name: 'app',
      namespace: 'test',
      uid: 'uid-of-app',
      labels: { 's2i-incremental.io/enabled': 'true' },
    },
    spec: { strategy: { sourceStrategy: { from: { kind: 'ImageStreamTag', name: 'python:3.12' } } } },
  };
  return merge(buildConfig, patch) as JsonObject;
}
