import type { Config } from '../config/config.ts';
import type { JsonObject } from '../openshift/json.ts';
import { announceBuild } from '../policy/announce-build.ts';
import type { AdmissionRequest } from '../policy/eligibility.ts';
import type { BuildConfigHistory, NamespaceFacts } from '../policy/facts.ts';
import { labels } from '../openshift/keys.ts';
import type { SkipReason } from '../policy/reasons.ts';
import type { Admission, Clock } from './admit.ts';

/** Holds what the watches keep of a BuildConfig and its namespace, and the history of its Builds. */
export interface RecalledBuildConfig {
  readonly buildConfig: JsonObject;
  readonly history: BuildConfigHistory;
  readonly namespaceLabels: NamespaceFacts['labels'];
  /** Whether the cluster's BuildDefaults give every build pod a proxy for the address of the wrapper. */
  readonly isProxied: boolean;
}

/** Returns what the watches keep of a BuildConfig, without I/O; undefined if that is not enough for a decision. */
export type Recall = (namespace: string, name: string) => RecalledBuildConfig | undefined;

/** Holds what `admitStartBuild` needs besides the request. */
export interface StartBuildDependencies {
  readonly config: Config;
  /** Undefined: no start of a Build is announced. */
  readonly recall?: Recall;
  readonly scriptsVersion: string;
  readonly clock: Clock;
}

/**
 * Answers the request of `oc start-build`, a CREATE of `buildconfigs/instantiate`, with a warning that says what the
 * Build will be. It does no I/O and changes nothing; if it fails, there is no warning.
 */
export function admitStartBuild(
  request: AdmissionRequest,
  { config, recall, scriptsVersion, clock }: StartBuildDependencies,
): Admission {
  const { resource, subResource, operation, namespace, name } = request;
  if (resource.resource !== 'buildconfigs' || subResource !== 'instantiate') return skip('resource_unsupported');
  if (operation !== 'CREATE') return skip('nothing_to_do');
  try {
    const recalled = recall?.(namespace, name);
    if (recalled === undefined) return skip('build_unknown');
    const { namespaceLabels, ...known } = recalled;
    const optedIn = namespaceLabels[labels.enabled] === 'true';
    const plan = announceBuild({
      ...known,
      buildRequest: request.object,
      namespace: { name: namespace, optedIn, labels: namespaceLabels },
      config,
      scriptsVersion,
      now: clock(),
    });
    return { plan, patch: [] };
  } catch (error) {
    return { ...skip('internal_error'), error };
  }
}

function skip(reason: SkipReason): Admission {
  return { plan: { kind: 'skip', reason, warnings: [] }, patch: [] };
}
