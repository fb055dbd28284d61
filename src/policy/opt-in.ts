import { sourceStrategyOf } from '../openshift/build.ts';
import type { JsonObject } from '../openshift/json.ts';
import { labels } from '../openshift/keys.ts';
import { labelOf } from '../openshift/metadata.ts';
import type { NamespaceFacts } from './facts.ts';
import { quote, warning } from './warnings.ts';

/** Selects the objects for which `hasOptInLabel` is true. */
export const optInSelector = `${labels.enabled}=true`;

/** Returns whether an object has the label that opts in; `checkOptIn` decides whether that is enough. */
export function hasOptInLabel(object: JsonObject): boolean {
  return labelOf(object, labels.enabled) === 'true';
}

/** Returns what the object's label says about opting in; undefined without the label, then the namespace decides. */
export function ownOptIn(object: JsonObject): boolean | undefined {
  const enabled = labelOf(object, labels.enabled);
  return enabled === undefined ? undefined : enabled === 'true';
}

/** Returns the labels of a namespace that are defaults for its BuildConfigs; none without the opt-in label. */
export function namespaceDefaultsOf(namespace: JsonObject | undefined): NamespaceFacts['labels'] {
  if (namespace === undefined || ownOptIn(namespace) === undefined) return {};
  return Object.fromEntries(Object.values(labels).map((key) => [key, labelOf(namespace, key)]));
}

/** Says whether an object opted in, and if not, why. */
export type OptIn =
  | { readonly optedIn: true }
  | {
      readonly optedIn: false;
      readonly reason: 'not_opted_in' | 'strategy_unsupported';
      readonly warnings: readonly string[];
    };

/**
 * Decides whether an object opted in.
 *
 * | `…/enabled` | its namespace opted in | Source strategy | opted in                           |
 * | ----------- | ---------------------- | --------------- | ---------------------------------- |
 * | false       | any                    | any             | no, `not_opted_in`                 |
 * | unsupported | any                    | any             | no, `not_opted_in`, warns          |
 * | true        | any                    | no              | no, `strategy_unsupported`, warns  |
 * | true        | any                    | yes             | yes                                |
 * | absent      | no                     | any             | no, `not_opted_in`                 |
 * | absent      | yes                    | no              | no, `strategy_unsupported`         |
 * | absent      | yes                    | yes             | yes                                |
 */
export function checkOptIn(object: JsonObject, namespaceOptedIn: boolean): OptIn {
  const enabled = labelOf(object, labels.enabled);
  if (enabled === 'false' || (enabled === undefined && !namespaceOptedIn))
    return { optedIn: false, reason: 'not_opted_in', warnings: [] };
  if (enabled === undefined) {
    return sourceStrategyOf(object) === undefined
      ? { optedIn: false, reason: 'strategy_unsupported', warnings: [] }
      : { optedIn: true };
  }
  if (enabled !== 'true') {
    const text = `label ${labels.enabled}: unsupported value ${quote(enabled)}, not opted in; allowed: true, false`;
    return { optedIn: false, reason: 'not_opted_in', warnings: [warning(text)] };
  }
  if (sourceStrategyOf(object) === undefined) {
    const text = `label ${labels.enabled} has no effect: only Builds with Source strategy can be incremental`;
    return { optedIn: false, reason: 'strategy_unsupported', warnings: [warning(text)] };
  }
  return { optedIn: true };
}
