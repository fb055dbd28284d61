import type { JsonObject } from '../../../src/openshift/json.ts';
import { merge } from '../../helpers/fixtures.ts';
import { completeBuild, ourAnnotations } from '../history/example-builds.ts';

/** Returns a Build of `app` as admitted, complete after a number of seconds, with a merge patch applied. */
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

/** Returns the opted-in BuildConfig of these Builds, with a merge patch applied. */
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
