import type { Config } from '../config/config.ts';
import type { JsonObject } from '../openshift/json.ts';
import { announceBuild } from '../policy/announce-build.ts';
import type { AdmissionRequest } from '../policy/eligibility.ts';
import type { BuildConfigHistory, NamespaceFacts } from '../policy/facts.ts';
import { labels } from '../openshift/keys.ts';
import type { SkipReason } from '../policy/reasons.ts';
import type { Admission, Clock } from './admit.ts';

/** A BuildConfig as far as it is kept, and the past of its Builds. */
export interface RecalledBuildConfig {
  readonly buildConfig: JsonObject;
  readonly history: BuildConfigHistory;
  readonly namespaceLabels: NamespaceFacts['labels'];
  /** Whether the cluster's BuildDefaults give every build pod a proxy for the address that the wrapper comes from. */
  readonly isProxied: boolean;
}

/** Returns what is known of a BuildConfig without asking anybody; undefined where that is not enough at this moment. */
export type Recall = (namespace: string, name: string) => RecalledBuildConfig | undefined;

export interface StartBuildDependencies {
  readonly config: Config;
  /** Undefined: no user is told. */
  readonly recall?: Recall;
  readonly scriptsVersion: string;
  readonly clock: Clock;
}

/**
 * Answers the request of `oc start-build`, a CREATE of `buildconfigs/instantiate`, with a warning that tells what the
 * Build will be. Nothing is changed, nobody is asked, and a failure of ours tells nothing.
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
