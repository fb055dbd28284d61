import { labels } from '../openshift/keys.ts';
import { formatSeconds } from '../status/words.ts';
import type { BuildConfigCheck, CheckFacts } from './facts.ts';
import { type Finding, fails, missingFinding, ok, warns } from './finding.ts';
import { secretFinding } from './secret-finding.ts';

/** Returns the findings about a BuildConfig; none if it was not named. */
export function buildConfigFindings({ buildConfig, namespace, now }: CheckFacts): readonly Finding[] {
  if (buildConfig === undefined) return [];
  if (buildConfig.kind !== 'found') {
    const missing = {
      absent: () =>
        fails(
          'buildConfig',
          `there is no such BuildConfig in namespace ${namespace}`,
          `oc get bc -n ${namespace} lists them`,
        ),
      remedy: 'ask for the role view in its namespace',
    };
    return [missingFinding('buildConfig', buildConfig, missing)];
  }
  const { secrets, previous } = buildConfig.value;
  return [
    optInFinding(buildConfig.value, namespace),
    ...secrets.map((secret) => secretFinding(secret, namespace)),
    previousFinding(previous, now),
    nextFinding(buildConfig.value),
  ];
}

function optInFinding({ name, optedIn }: BuildConfigCheck, namespace: string): Finding {
  return optedIn
    ? ok('buildConfig', `buildconfig/${name} has opted in`)
    : warns(
        'buildConfig',
        `buildconfig/${name} has not opted in`,
        `oc label bc/${name} -n ${namespace} ${labels.enabled}=true`,
      );
}

function previousFinding(previous: BuildConfigCheck['previous'], now: number): Finding {
  if (previous === undefined) return ok('previous', 'there is no Build to continue from yet');
  const age =
    previous.createdAt === undefined ? '' : `, ${formatSeconds(Math.max(0, now - previous.createdAt) / 1000)} old`;
  return ok('previous', `the previous image is that of build/${previous.build}${age}`);
}

function nextFinding({ next, isCertain }: BuildConfigCheck): Finding {
  return isCertain
    ? ok('next', next)
    : warns(
        'next',
        `${next}, if the webhook has its default configuration and delivers the wrapper`,
        'name its configuration with --config, or ask for the right to read its ConfigMap',
      );
}
