import { type JsonObject, arrayAt, at, stringAt } from '../openshift/json.ts';
import { canonicalName } from './dns-names.ts';

/** What a MutatingWebhookConfiguration says about the certificate of the webhook it calls. */
export interface WebhookConfiguration {
  readonly resourceVersion: string;
  /** The hosts and addresses its webhooks are called by, each once. */
  readonly names: readonly string[];
  /** The `caBundle` of each of its webhooks, PEM; empty where it has none. */
  readonly caBundles: readonly string[];
}

/** Reads a MutatingWebhookConfiguration as the API server gives it. */
export function decodeWebhookConfiguration(object: unknown): WebhookConfiguration {
  const webhooks = arrayAt(object, 'webhooks') ?? [];
  return {
    resourceVersion: stringAt(object, 'metadata', 'resourceVersion') ?? '',
    names: [...new Set(webhooks.flatMap((webhook) => namesOf(at(webhook, 'clientConfig'))))],
    caBundles: webhooks.map((webhook) =>
      Buffer.from(stringAt(webhook, 'clientConfig', 'caBundle') ?? '', 'base64').toString(),
    ),
  };
}

/** The API server calls a service by `NAME.NAMESPACE.svc`; the longer form is for people who try. */
function namesOf(clientConfig: unknown): readonly string[] {
  const [name, namespace] = [stringAt(clientConfig, 'service', 'name'), stringAt(clientConfig, 'service', 'namespace')];
  if (name !== undefined && namespace !== undefined) {
    return [`${name}.${namespace}.svc`, `${name}.${namespace}.svc.cluster.local`];
  }
  const url = stringAt(clientConfig, 'url');
  if (url === undefined || !URL.canParse(url)) return [];
  return [canonicalName(new URL(url).hostname.replace(/^\[(.*)\]$/, '$1'))];
}

/**
 * A JSON patch that gives every webhook the bundle, and fails where the configuration has changed since it was read.
 */
export function createBundlePatch(
  { resourceVersion, caBundles }: WebhookConfiguration,
  bundle: string,
): readonly JsonObject[] {
  const value = Buffer.from(bundle).toString('base64');
  return [
    { op: 'test', path: '/metadata/resourceVersion', value: resourceVersion },
    ...caBundles.flatMap((present, index) =>
      present === bundle ? [] : [{ op: 'add', path: `/webhooks/${index}/clientConfig/caBundle`, value }],
    ),
  ];
}
