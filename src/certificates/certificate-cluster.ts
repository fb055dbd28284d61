import { messageOf } from '../config/message-of.ts';
import { ClusterError } from '../kubernetes/cluster-error.ts';
import type { Kubernetes } from '../kubernetes/connection.ts';
import { type JsonObject, isObject, objectAt, stringAt } from '../openshift/json.ts';
import { CertificateError } from './certificate-source.ts';
import { type SecretData, secretKeys } from './stored-certificates.ts';
import { type WebhookConfiguration, createBundlePatch, decodeWebhookConfiguration } from './webhook-configuration.ts';

/** Describes the Secret as read. */
export type SecretState =
  /** The Secret does not exist or has no data: it can be written. */
  | { readonly kind: 'absent'; readonly object: JsonObject | undefined }
  /** Replicas of this webhook wrote the Secret. */
  | { readonly kind: 'ours'; readonly object: JsonObject; readonly data: SecretData }
  /** Something else wrote the Secret: it is never overwritten. */
  | { readonly kind: 'foreign'; readonly reason: string };

/** Another replica wrote first, so everything must be read again. */
export class ConflictError extends Error {
  readonly code = 'conflict';
}

/**
 * Accesses the two objects through which the replicas agree. Every method rejects with the API server's or the
 * network's error.
 */
export interface CertificateCluster {
  /** The configuration's name in messages. */
  readonly configuration: string;
  /** Resolves with the webhook configuration; undefined if it does not exist. */
  readConfiguration(signal: AbortSignal): Promise<WebhookConfiguration | undefined>;
  readSecret(signal: AbortSignal): Promise<SecretState>;
  /** Fills the Secret that was read, or creates it. @throws ConflictError */
  writeSecret(data: SecretData, read: SecretState, signal: AbortSignal): Promise<void>;
  /**
   * Writes the bundle into the `caBundle` of every webhook in the configuration that was read. @throws ConflictError
   */
  publish(bundle: string, configuration: WebhookConfiguration, signal: AbortSignal): Promise<void>;
}

/** Holds the options of `createCertificateCluster`. */
export interface CertificateClusterOptions {
  readonly kubernetes: Kubernetes;
  readonly secret: { readonly namespace: string; readonly name: string };
  /** The name of the MutatingWebhookConfiguration. */
  readonly webhookConfiguration: string;
}

/** Milliseconds that an answer may take, like the API server's own limits for requests to others. */
const timeout = 10_000;

/** Accesses the Secret and the webhook configuration of these names on the API server. */
export function createCertificateCluster(options: CertificateClusterOptions): CertificateCluster {
  const { kubernetes, secret, webhookConfiguration } = options;
  const secrets = `/api/v1/namespaces/${encodeURIComponent(secret.namespace)}/secrets`;
  const secretPath = `${secrets}/${encodeURIComponent(secret.name)}`;
  const configurationPath =
    '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/' + encodeURIComponent(webhookConfiguration);

  const request = (parts: Parameters<Kubernetes['request']>[0], signal: AbortSignal) =>
    kubernetes.request(parts, AbortSignal.any([signal, AbortSignal.timeout(timeout)]));
  const read = async (path: string, signal: AbortSignal): Promise<JsonObject | undefined> => {
    try {
      const found = await request({ method: 'GET', path }, signal);
      return isObject(found) ? found : undefined;
    } catch (error) {
      if (hasStatus(error, 404)) return undefined;
      throw error;
    }
  };

  return {
    configuration: webhookConfiguration,
    async readConfiguration(signal) {
      const object = await read(configurationPath, signal);
      return object === undefined ? undefined : decodeWebhookConfiguration(object);
    },

    async readSecret(signal) {
      return classify(await read(secretPath, signal), `${secret.namespace}/${secret.name}`);
    },

    async writeSecret(data, found, signal) {
      if (found.kind === 'foreign') throw new CertificateError(found.reason);
      const encoded = Object.fromEntries(
        Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString('base64')]),
      );
      // Its labels and annotations are kept, and its resourceVersion prevents overwriting another writer's change.
      const body = {
        ...(found.object ?? { apiVersion: 'v1', kind: 'Secret', metadata: { ...secret }, type: 'Opaque' }),
        data: encoded,
      };
      try {
        await (found.object === undefined
          ? request({ method: 'POST', path: secrets, body }, signal)
          : request({ method: 'PUT', path: secretPath, body }, signal));
      } catch (error) {
        // It may have been deleted since it was read.
        if (hasStatus(error, 409) || (found.object !== undefined && hasStatus(error, 404))) {
          throw new ConflictError('the Secret was written by another', { cause: error });
        }
        if (found.object === undefined && hasStatus(error, 403)) {
          throw new CertificateError(
            `Secret ${secret.namespace}/${secret.name} does not exist and may not be created; ` +
              `install the chart again: ${messageOf(error)}`,
            { cause: error },
          );
        }
        throw error;
      }
    },

    async publish(bundle, configuration, signal) {
      const body = createBundlePatch(configuration, bundle);
      const contentType = 'application/json-patch+json';
      try {
        await request({ method: 'PATCH', path: configurationPath, body, contentType }, signal);
      } catch (error) {
        // 422 is the answer to a failed `test` of a JSON patch.
        if (hasStatus(error, 409) || hasStatus(error, 422)) {
          throw new ConflictError(`the caBundle cannot be written: ${messageOf(error)}`, { cause: error });
        }
        throw error;
      }
    },
  };
}

/** Returns the state of a Secret. It is ours if it has our keys and no others. */
function classify(object: JsonObject | undefined, name: string): SecretState {
  const encoded = objectAt(object, 'data') ?? {};
  const keys = Object.keys(encoded);
  if (object === undefined) return { kind: 'absent', object };
  const known: readonly string[] = Object.values(secretKeys);
  const isOurs =
    keys.length === 0 || (keys.includes(secretKeys.authorityKeys) && keys.every((key) => known.includes(key)));
  if (stringAt(object, 'type') !== 'Opaque' || !isOurs) {
    const reason =
      `Secret ${name} has content that this webhook did not create (type ${String(object['type'])}, ` +
      `keys ${keys.join(', ')}) and is not changed; set another one in certificate.secret, or delete it`;
    return { kind: 'foreign', reason };
  }
  if (keys.length === 0) return { kind: 'absent', object };
  const data = Object.fromEntries(keys.map((key) => [key, Buffer.from(String(encoded[key]), 'base64').toString()]));
  return { kind: 'ours', object, data };
}

function hasStatus(error: unknown, status: number): boolean {
  return error instanceof ClusterError && error.code === status;
}
