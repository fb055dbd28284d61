import type { CheckFacts, Fact } from '../check/facts.ts';
import type { Config } from '../config/config.ts';
import { loadConfig, parseConfig } from '../config/load-config.ts';
import { parseImageReference, registryOf } from '../openshift/image-reference.ts';
import { type JsonObject, arrayAt, at, isObject, objectAt, parseJson, stringAt } from '../openshift/json.ts';
import { labels } from '../openshift/keys.ts';
import { nameOf } from '../openshift/metadata.ts';
import { authorizationFor } from '../registry/docker-config.ts';
import { chain, find } from './find.ts';
import type { OpenCluster } from './open-cluster.ts';
import { probe, readCertificate } from './probe.ts';
import { readBuildConfigCheck } from './read-build-config-check.ts';
import type { Terminal } from './terminal.ts';

/** Says what to check. */
export interface CheckTarget {
  readonly namespace: string;
  readonly buildConfig: string | undefined;
  /** The webhook's configuration file; undefined: the chart's ConfigMap is read. */
  readonly configFile: string | undefined;
}

/** Reads the facts of all checks; what cannot be read is recorded as unknown. */
export async function readCheckFacts(
  open: OpenCluster,
  { namespace, buildConfig: name, configFile }: CheckTarget,
  { environment, clock }: Pick<Terminal, 'environment' | 'clock'>,
): Promise<CheckFacts> {
  const get = (path: string, query: Readonly<Record<string, string>> = {}) =>
    find(() => open.request({ method: 'GET', path, query }));
  const builds = '/apis/build.openshift.io/v1';
  const [apiGroup, configurations, defaults, dryRun] = await Promise.all([
    get(builds),
    get('/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations'),
    get('/apis/config.openshift.io/v1/builds/cluster'),
    find(() =>
      open.request({
        method: 'POST',
        path: `${builds}/namespaces/${namespace}/buildconfigs`,
        query: { dryRun: 'All' },
        body: sampleOf(namespace),
      }),
    ),
  ]);
  const webhookConfiguration = chain(configurations, ours);
  const clientConfig =
    webhookConfiguration.kind === 'found'
      ? objectAt(firstEntryOf(webhookConfiguration.value), 'clientConfig')
      : undefined;
  const service = objectAt(clientConfig, 'service');
  const servicePath = `/api/v1/namespaces/${stringAt(service, 'namespace') ?? ''}`;
  const noService: Fact<never> = { kind: 'unknown', why: 'the MutatingWebhookConfiguration names no Service' };
  const serviceName = stringAt(service, 'name') ?? '';
  const selector =
    service === undefined ? noService : chain(await get(`${servicePath}/services/${serviceName}`), selectorOf);
  const pods =
    selector.kind === 'found'
      ? chain(await get(`${servicePath}/pods`, { labelSelector: selector.value }), podsIn)
      : selector;
  const config: Fact<Config> =
    configFile !== undefined
      ? { kind: 'found', value: loadConfig(configFile, environment) }
      : service === undefined
        ? noService
        : chain(await get(`${servicePath}/configmaps/${serviceName}`), configIn);
  const settings = config.kind === 'found' ? config.value.assemble : undefined;
  const readSecret = (secret: string, image: string) =>
    get(`/api/v1/namespaces/${namespace}/secrets/${secret}`).then((found) =>
      chain(found, (value) => coversIn(value, image)),
    );
  const isFetched = settings !== undefined && settings.wrapper && settings.image === '' && settings.baseUrl !== '';
  const buildConfig =
    name === undefined
      ? undefined
      : await readBuildConfigCheck(open, { namespace, name, config, readSecret, now: clock() });
  const hosts =
    buildConfig?.kind === 'found'
      ? buildConfig.value.hosts
      : config.kind === 'found'
        ? config.value.output.registries
        : [];
  return {
    namespace,
    now: clock(),
    isInCluster: environment['KUBERNETES_SERVICE_HOST'] !== undefined,
    apiGroup: chain(apiGroup, () => true),
    webhookConfiguration,
    certificate:
      webhookConfiguration.kind !== 'found'
        ? { kind: 'unknown', why: 'there is no caBundle to verify it by' }
        : await readCertificate(clientConfig),
    dryRun: chain(dryRun, (value) => (isObject(value) ? value : undefined)),
    pods,
    settings: chain(config, ({ assemble, output }) => ({ ...assemble, registries: output.registries })),
    scripts: isFetched ? await probe(`${settings.baseUrl}/000000000000/default/assemble`) : undefined,
    imageSecret:
      settings === undefined || settings.image === '' || settings.imagePullSecret === ''
        ? undefined
        : await readSecret(settings.imagePullSecret, settings.image),
    defaultEnv: chain(defaults, (value) => arrayAt(value, 'spec', 'buildDefaults', 'env') ?? []),
    registries: await Promise.all(hosts.map(async (host) => ({ host, result: await probe(`https://${host}/v2/`) }))),
    buildConfig,
  };
}

/** Returns an opted-in BuildConfig for a dry run. */
function sampleOf(namespace: string): JsonObject {
  return {
    apiVersion: 'build.openshift.io/v1',
    kind: 'BuildConfig',
    metadata: { name: 's2i-incremental-check', namespace, labels: { [labels.enabled]: 'true' } },
    spec: {
      source: { type: 'Git', git: { uri: 'https://git.example.com/check.git' } },
      strategy: { type: 'Source', sourceStrategy: { from: { kind: 'DockerImage', name: 'example.com/python:3.12' } } },
    },
  };
}

function ours(list: unknown): JsonObject | undefined {
  return (arrayAt(list, 'items') ?? []).filter(isObject).find((item) => firstEntryOf(item) !== undefined);
}

function firstEntryOf(configuration: JsonObject): JsonObject | undefined {
  const webhooks = (arrayAt(configuration, 'webhooks') ?? []).filter(isObject);
  return webhooks.find((webhook) => webhook['name'] === 'mutate.s2i-incremental.io');
}

function selectorOf(service: unknown): string {
  return Object.entries(objectAt(service, 'spec', 'selector') ?? {})
    .map(([key, value]) => `${key}=${String(value)}`)
    .join(',');
}

function podsIn(list: unknown) {
  const pods = (arrayAt(list, 'items') ?? []).filter(isObject).map((pod) => ({
    name: nameOf(pod),
    isReady: (arrayAt(pod, 'status', 'conditions') ?? []).some(
      (condition) => at(condition, 'type') === 'Ready' && at(condition, 'status') === 'True',
    ),
    image: stringAt(arrayAt(pod, 'spec', 'containers')?.[0], 'image') ?? '',
  }));
  return pods.length === 0 ? undefined : pods;
}

function configIn(configMap: unknown): Config | undefined {
  const text = stringAt(configMap, 'data', 'config.yaml');
  return text === undefined ? undefined : parseConfig(text, {});
}

/** Returns whether a Secret has a login for the registry and path of an image. */
function coversIn(secret: unknown, image: string): boolean {
  const reference = parseImageReference(image);
  const decode = (key: string) => Buffer.from(stringAt(secret, 'data', key) ?? '', 'base64').toString();
  const old = parseJson(decode('.dockercfg'));
  const text = old === undefined ? decode('.dockerconfigjson') : JSON.stringify({ auths: old });
  if (reference === undefined || parseJson(text) === undefined) return false;
  return authorizationFor(text, registryOf(reference), reference.path) !== undefined;
}
