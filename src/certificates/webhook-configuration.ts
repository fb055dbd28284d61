import { type JsonObject, arrayAt, at, stringAt } from '../openshift/json.ts';
import { canonicalName } from './dns-names.ts';

/** Holds what a MutatingWebhookConfiguration says about the webhook's certificate. */
export interface WebhookConfiguration {
  readonly resourceVersion: string;
  /** The hosts and addresses of its webhooks, without duplicates. */
  readonly names: readonly string[];
  /** The `caBundle` of each of its webhooks, PEM; empty if it has none. */
  readonly caBundles: readonly string[];
}

/** Decodes a MutatingWebhookConfiguration. */
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

/** The API server calls a Service as `NAME.NAMESPACE.svc`; the longer form is for tests by hand. */
function namesOf(clientConfig: unknown): readonly string[] {
  const [name, namespace] = [stringAt(clientConfig, 'service', 'name'), stringAt(clientConfig, 'service', 'namespace')];
  if (name !== undefined && namespace !== undefined) {
    return [`${name}.${namespace}.svc`, `${name}.${namespace}.svc.cluster.local`];
  }
  const url = stringAt(clientConfig, 'url');
  if (url === undefined || !URL.canParse(url)) return [];
  return [canonicalName(new URL(url).hostname.replace(/^\[(.*)\]$/, '$1'))];
}

/** Returns a JSON patch that writes the bundle into every webhook, and fails if the configuration has changed. */
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
